"""The port `Orders` on SQLite: writes go to the writer, reads to the readers."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, text
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from app.domain.access import Actor
from app.domain.errors import not_found
from app.domain.order import OPEN, Status
from app.storage.once import forget_answers, only_once
from app.storage.order_list import count_some, known, known_ids, read_page, with_driver
from app.storage.order_writes import (
    add_link,
    assign_order,
    create_order,
    edit_order,
    get_order,
    revoke_link,
    set_order_status,
)
from app.storage.readers import Readers
from app.storage.rows import event_of, link_of, order_of, set_details
from app.storage.tables import DriverRow, LinkRow, OrderEventRow, OrderRow
from app.storage.tables.kinds import NAMED
from app.storage.transaction import Tx
from app.storage.writer import Writer
from app.tracking.order_parts import CUSTOMERLESS
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

# Built once: every viewer who connects asks, and building a query takes longer than running it.
_LINK_OF_TOKEN: Final = (
    select(LinkRow, OrderRow.id)
    .join(OrderRow)
    .where(col(LinkRow.token_hash) == bindparam("token_hash"))
)
_NAMED: Final = (
    select(OrderRow)
    .where(text(NAMED), col(OrderRow.ended_at) < bindparam("end"))
    .order_by(col(OrderRow.ended_at))
    .limit(bindparam("most"))
)


class SqlOrders:
    """Orders, their events and links."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

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
        return await self._writer.write(
            only_once(
                once,
                now,
                lambda tx: create_order(tx, order_id, details, driver_id, link, actor, now),
            ),
            then,
        )

    async def edit(
        self,
        order_id: str,
        changes: dict[str, Any],
        now: int,
        then: Callable[[OrderChange], None],
        seen: OrderDetails | None = None,
    ) -> OrderChange:
        """Set fields of `OrderDetails` by name; ``not_found``, ``conflict`` (see the port)."""
        return await self._writer.write(
            lambda tx: edit_order(tx, order_id, changes, now, seen), then
        )

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
        return await self._writer.write(
            only_once(
                once,
                now,
                lambda tx: assign_order(tx, order_id, driver_id, actor, now, seen_at),
            ),
            then,
        )

    async def forget_customers(self, end: int, most: int) -> int:
        """Delete who the customers of old orders were (see the port); how much it was."""

        def work(tx: Tx) -> int:
            rows = tx.session.exec(_NAMED, params={"end": end, "most": most}).all()
            for row in rows:
                set_details(row, dict(CUSTOMERLESS))
            return len(rows) + forget_answers(tx, end, most)

        return await self._writer.write(work)

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
        return await self._writer.write(
            only_once(
                once,
                now,
                lambda tx: set_order_status(
                    tx,
                    order_id,
                    status,
                    note,
                    actor,
                    now,
                    force=force,
                    message_id=message_id,
                    metres=metres,
                    seen_seq=seen_seq,
                    seen_at=seen_at,
                ),
            ),
            then,
        )

    async def get(self, order_id: str) -> Order:
        """One order; ``not_found``."""
        return await self._one(col(OrderRow.id) == order_id)

    async def by_num(self, order_num: int) -> Order:
        """One order; ``not_found``."""
        return await self._one(col(OrderRow.num) == order_num)

    async def _one(self, condition: ColumnElement[bool]) -> Order:
        found = await self._all(with_driver().where(condition))
        if not found:
            raise not_found("order")
        return found[0]

    async def _all(self, statement: Select[OrderRow, str]) -> list[Order]:
        def work(session: Session) -> list[Order]:
            return [order_of(row, driver_id) for row, driver_id in session.exec(statement)]

        return await self._readers.read(work)

    async def open_orders(self) -> list[Order]:
        """All that are not final, or whose customer waits for an answer."""
        wanted = _is_open() | col(OrderRow.asked_at).is_not(None)
        return await self._all(with_driver().where(wanted).order_by(col(OrderRow.num)))

    async def failed(self, since: int) -> list[tuple[Order, str | None]]:
        """Those that failed after ``since`` and are failed now, each with its reason."""
        lately = (col(OrderRow.status) == Status.FAILED.value) & (col(OrderRow.ended_at) > since)
        last = (col(OrderEventRow.order_num) == col(OrderRow.num)) & (
            col(OrderEventRow.seq) == col(OrderRow.seq)
        )
        statement = (
            select(OrderRow, DriverRow.id, OrderEventRow.note)
            .join(DriverRow, isouter=True)
            .join(OrderEventRow, last)
            .where(lately)
        )

        def work(session: Session) -> list[tuple[Order, str | None]]:
            found = session.exec(statement)
            return [(order_of(row, driver_id), note) for row, driver_id, note in found]

        return await self._readers.read(work)

    async def of_driver(self, driver_num: int) -> list[Order]:
        """The open orders of one driver, oldest first."""
        his = col(OrderRow.driver_num) == driver_num
        return await self._all(with_driver().where(his, _is_open()).order_by(col(OrderRow.num)))

    async def page(
        self,
        wanted: OrderFilter,
        after: str | None,
        limit: int,
        sort: OrderSort = NEWEST_FIRST,
    ) -> tuple[list[Order], str | None]:
        """A page of orders, sorted, and the cursor of the next; ``invalid_field`` cursor."""
        return await self._readers.read(
            lambda session: read_page(session, wanted, sort, after, limit)
        )

    async def count(self, wanted: OrderFilter, most: int) -> int:
        """How many orders fit; one more than ``most`` where they are more than that."""
        return await self._readers.read(lambda session: count_some(session, wanted, most))

    async def these(self, order_nums: Sequence[int]) -> list[Order]:
        """Those of these orders that there are, in this order."""
        return await self._readers.read(lambda session: known(session, order_nums))

    async def existing(self, order_ids: Sequence[str]) -> set[str]:
        """Which of these orders there are."""
        return await self._readers.read(lambda session: known_ids(session, order_ids))

    async def events(self, order_num: int, after_seq: int, limit: int) -> list[OrderEvent]:
        """Events with a seq above ``after_seq``, in order."""
        statement = (
            select(OrderEventRow)
            .where(col(OrderEventRow.order_num) == order_num, col(OrderEventRow.seq) > after_seq)
            .order_by(col(OrderEventRow.seq))
            .limit(limit)
        )
        return await self._readers.read(
            lambda session: [event_of(row) for row in session.exec(statement)]
        )

    async def links(self, order_num: int) -> list[Link]:
        """All links of an order, newest first."""
        statement = (
            select(LinkRow, OrderRow.id)
            .join(OrderRow)
            .where(col(LinkRow.order_num) == order_num)
            .order_by(col(LinkRow.num).desc())
        )
        return await self._readers.read(
            lambda session: [link_of(row, order_id) for row, order_id in session.exec(statement)]
        )

    async def add_link(self, order_id: str, link: NewLink, now: int, once: Once | None) -> Link:
        """Make another link; ``not_found``."""
        return await self._writer.write(
            only_once(once, now, lambda tx: add_link(tx, get_order(tx, order_id), link, now))
        )

    async def revoke_link(
        self, order_id: str, link_id: str, now: int, then: Callable[[Link], None]
    ) -> Link:
        """End a link; again is the same; ``not_found``."""
        return await self._writer.write(lambda tx: revoke_link(tx, order_id, link_id, now), then)

    async def find_link(self, token_hash: bytes) -> Link | None:
        """The link with this token, also an ended one."""

        def work(session: Session) -> Link | None:
            found = session.exec(_LINK_OF_TOKEN, params={"token_hash": token_hash}).first()
            return None if found is None else link_of(*found)

        return await self._readers.read(work)


def _is_open() -> ColumnElement[bool]:
    return col(OrderRow.status).in_(sorted(OPEN))
