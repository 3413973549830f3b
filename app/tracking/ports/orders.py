"""Orders and their links."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from app.domain.access import Actor
from app.domain.order import Status
from app.tracking.records import (
    NEWEST_FIRST,
    Link,
    NewLink,
    Once,
    Order,
    OrderChange,
    OrderDetails,
    OrderEvent,
    OrderFilter,
    OrderSort,
)

Then = Callable[[Any], None]


class Orders(Protocol):
    """Orders, their events and links."""

    async def create(
        self,
        order_id: str,
        details: OrderDetails,
        driver_id: str | None,
        link: NewLink,
        actor: Actor,
        now: int,
        *,
        once: Once | None,
        then: Callable[[OrderChange], None],
    ) -> OrderChange:
        """Make an order with its first link; ``already_exists``, or ``invalid_field`` driverId."""

    async def edit(
        self,
        order_id: str,
        changes: dict[str, Any],
        now: int,
        then: Callable[[OrderChange], None],
        seen: OrderDetails | None = None,
    ) -> OrderChange:
        """Set fields of `OrderDetails` by name; ``not_found``.

        With ``seen``, the details as they were read, what others changed since is kept;
        ``conflict`` where it is the same part of them, and nothing is set.
        """

    async def assign(
        self,
        order_id: str,
        driver_id: str | None,
        actor: Actor,
        now: int,
        *,
        seen_at: int | None = None,
        once: Once | None,
        then: Callable[[OrderChange], None],
    ) -> OrderChange:
        """Give to a driver or to none; ``not_found``, ``illegal_step``, ``invalid_field``.

        ``seen_at``: as for `set_status`; who has it already is given it again.
        """

    async def set_status(
        self,
        order_id: str,
        status: Status,
        note: str | None,
        actor: Actor,
        now: int,
        *,
        force: bool = False,
        message_id: str | None = None,
        metres: float | None = None,
        seen_seq: int | None = None,
        seen_at: int | None = None,
        once: Once | None = None,
        then: Callable[[OrderChange], None],
    ) -> OrderChange:
        """Change the status; the same again is done already (event None).

        A driver (``actor.kind``) may only change orders that are his now: ``unknown_order``.
        ``message_id`` seen before for this driver: nothing changes, event None. ``metres``: how far
        he is from the door, kept with the event. ``seen_seq``: the order's ``seq`` as it was when
        this was decided; ``conflict`` where it has another status by now. ``seen_at``: its
        ``updated_at`` as it was then; ``conflict`` where anything of it was changed since.
        """

    async def forget_customers(self, end: int, most: int) -> int:
        """Delete name, phone, email, destination and note of orders that were over before ``end``,
        and kept answers of before, which say them too, at most so many of each; how many."""

    async def get(self, order_id: str) -> Order:
        """One order; ``not_found``."""

    async def by_num(self, order_num: int) -> Order:
        """One order; ``not_found``."""

    async def open_orders(self) -> list[Order]:
        """All that are not final, or whose customer waits for an answer."""

    async def failed(self, since: int) -> list[tuple[Order, str | None]]:
        """Those that failed after ``since`` and are failed now, each with its reason."""

    async def of_driver(self, driver_num: int) -> list[Order]:
        """The open orders of one driver, oldest first."""

    async def page(
        self,
        wanted: OrderFilter,
        after: str | None,
        limit: int,
        sort: OrderSort = NEWEST_FIRST,
    ) -> tuple[list[Order], str | None]:
        """A page of orders, sorted, and the cursor of the next; ``invalid_field`` cursor."""

    async def count(self, wanted: OrderFilter, most: int) -> int:
        """How many orders fit; one more than ``most`` where they are more than that."""

    async def these(self, order_nums: Sequence[int]) -> list[Order]:
        """Those of these orders that there are, in this order."""

    async def existing(self, order_ids: Sequence[str]) -> set[str]:
        """Which of these orders there are."""

    async def events(self, order_num: int, after_seq: int, limit: int) -> list[OrderEvent]:
        """Events with a seq above ``after_seq``, in order."""

    async def links(self, order_num: int) -> list[Link]:
        """All links of an order, newest first."""

    async def add_link(self, order_id: str, link: NewLink, now: int, once: Once | None) -> Link:
        """Make another link; ``not_found``."""

    async def revoke_link(
        self, order_id: str, link_id: str, now: int, then: Callable[[Link], None]
    ) -> Link:
        """End a link; again is the same; ``not_found``."""

    async def find_link(self, token_hash: bytes) -> Link | None:
        """The link with this token, also an ended one."""
