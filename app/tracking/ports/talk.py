"""What customers, drivers and staff write to each other."""

from collections.abc import Callable
from typing import Protocol

from app.domain.access import Actor
from app.domain.talk import Kind
from app.tracking.records import (
    Message,
    Once,
    OrderChange,
    Said,
)


class Talk(Protocol):
    """What people write about orders. Each write gives the order as it is then."""

    async def set_note(
        self, order_id: str, note: str | None, now: int, then: Callable[[OrderChange], None]
    ) -> OrderChange:
        """The customer's note in place of the one before, None for none; ``not_found``,
        ``illegal_step`` once the order is over."""

    async def add(
        self,
        order_id: str,
        message_id: str,
        kind: Kind,
        text: str,
        actor: Actor,
        now: int,
        *,
        once: Once | None,
        then: Callable[[Said], None],
    ) -> Said:
        """Keep a message: a question makes the order wait for an answer, which ends that.

        ``not_found``; ``conflict`` when the order has too many; ``illegal_step`` for a word that
        no driver would read.
        """

    async def settle(self, order_id: str, then: Callable[[OrderChange], None]) -> OrderChange:
        """The customer's question needs no answer any more; ``not_found``."""

    async def rate(
        self,
        order_id: str,
        stars: int,
        note: str | None,
        now: int,
        then: Callable[[OrderChange], None],
    ) -> OrderChange:
        """The customer's rating, or another within a day; ``not_found``, ``illegal_step``."""

    async def messages(self, order_num: int, *, for_customer: bool = False) -> list[Message]:
        """All of an order, oldest first; or those that its customer reads."""

    async def forget(self, end: int, most: int) -> int:
        """Delete the oldest of what was written before ``end`` about orders that were over by
        then, and kept answers of before, at most so many messages, so many orders' notes and so
        many answers; how many."""
