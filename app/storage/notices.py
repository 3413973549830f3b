"""The port `Notices` on SQLite: browsers that are told of orders, and what each was told."""

from collections.abc import Callable, Collection
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import col, delete, func, or_, select

from app.domain.errors import OnthewayError
from app.domain.notice import LAST, MOST_BROWSERS, Event, reached
from app.domain.order import OPEN, Status
from app.domain.push import PushAddress
from app.domain.times import MINUTE
from app.storage.readers import Readers
from app.storage.rows import link_of, stored
from app.storage.tables import LinkRow, ListenerRow, OrderRow
from app.storage.transaction import Tx
from app.storage.writer import Writer
from app.tracking.records import Listener

OVER_FOR: Final = MINUTE
"""So long after the end of an order nobody is told of it any more, where that did not happen."""


class SqlNotices:
    """Who is told of what."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def add(
        self,
        link_id: str,
        address: PushAddress,
        locale: str,
        told: Collection[Event],
        then: Callable[[bool], None],
    ) -> bool:
        """Tell this browser too; ``illegal_step``, ``revoked``, ``conflict`` (see the port)."""
        return await self._writer.write(lambda tx: _add(tx, link_id, address, locale, told), then)

    async def has(self, link_id: str, name: str) -> bool:
        """Whether the browser of this name is told."""
        statement = select(ListenerRow.num).where(_is(link_id, name))
        return await self._readers.read(lambda session: session.exec(statement).first() is not None)

    async def remove(self, link_id: str, name: str) -> int | None:
        """Tell it no more; its row number."""

        def work(tx: Tx) -> int | None:
            row = tx.session.exec(select(ListenerRow).where(_is(link_id, name))).first()
            if row is None:
                return None
            tx.session.delete(row)
            return row.num

        return await self._writer.write(work)

    async def claim(self, order_num: int, event: Event, now: int) -> list[Listener]:
        """Those who are to be told of this now, and never again (see the port)."""
        return await self._writer.write(lambda tx: _claim(tx, order_num, event, now))

    async def drop(self, num: int) -> None:
        """Nobody is there any more."""
        gone = delete(ListenerRow).where(col(ListenerRow.num) == num)
        await self._writer.write(lambda tx: tx.session.exec(gone))

    async def forget(self, now: int, then: Callable[[set[int]], None]) -> set[int]:
        """Remove those whose link or order is over; the orders of the others."""
        over = (
            select(LinkRow.num)
            .join(OrderRow)
            .where(or_(_ended(now), col(OrderRow.ended_at) <= now - OVER_FOR))
            .where(col(LinkRow.num).in_(select(ListenerRow.link_num)))
        )
        orders = select(LinkRow.order_num).join(ListenerRow)

        def work(tx: Tx) -> set[int]:
            tx.session.exec(delete(ListenerRow).where(col(ListenerRow.link_num).in_(over)))
            return set(tx.session.exec(orders))

        return await self._writer.write(work, then)


def _add(tx: Tx, link_id: str, address: PushAddress, locale: str, told: Collection[Event]) -> bool:
    link = tx.session.exec(select(LinkRow).where(col(LinkRow.id) == link_id)).one()
    if link.revoked_at is not None:
        raise OnthewayError("revoked", "This link was ended.")
    status = Status(tx.session.get_one(OrderRow, link.order_num).status)
    if status not in OPEN:
        raise OnthewayError("illegal_step", "The order is over; there is nothing more to tell.")
    row = tx.session.exec(select(ListenerRow).where(_is(link_id, address.name))).first()
    if row is None:
        _require_room(tx, link.order_num)
    tx.session.merge(
        ListenerRow(
            num=row.num if row else None,
            link_num=stored(link.num),
            name=address.name,
            endpoint=address.endpoint,
            key=address.key,
            auth=address.auth,
            locale=locale,
            told=_words({*(row.told.split() if row else ()), *told, *reached(status)}),
        )
    )
    return row is None


def _require_room(tx: Tx, order_num: int) -> None:
    count = select(func.count()).select_from(ListenerRow).join(LinkRow)
    if tx.session.exec(count.where(col(LinkRow.order_num) == order_num)).one() >= MOST_BROWSERS:
        raise OnthewayError("conflict", f"At most {MOST_BROWSERS} browsers are told of an order.")


def _claim(tx: Tx, order_num: int, event: Event, now: int) -> list[Listener]:
    found = tx.session.exec(
        select(ListenerRow, LinkRow, OrderRow.id)
        .join(LinkRow, col(LinkRow.num) == col(ListenerRow.link_num))
        .join(OrderRow, col(OrderRow.num) == col(LinkRow.order_num))
        .where(col(LinkRow.order_num) == order_num)
        .order_by(col(ListenerRow.num))
    )
    listeners = []
    for row, link, order_id in found.all():
        told = row.told.split()
        ended = link.revoked_at is not None or (link.expires_at or now + 1) <= now
        if event not in told and not ended:
            listeners.append(_listener_of(row, link, order_id))
            row.told = _words({*told, event})
        if event in LAST:
            tx.session.delete(row)
    return listeners


def _words(events: Collection[str]) -> str:
    return " ".join(sorted(events))


def _listener_of(row: ListenerRow, link: LinkRow, order_id: str) -> Listener:
    return Listener(
        num=stored(row.num),
        link=link_of(link, order_id),
        address=PushAddress(row.endpoint, row.key, row.auth),
        locale=row.locale,
    )


def _is(link_id: str, name: str) -> ColumnElement[bool]:
    """The browser of this name, by this link."""
    link = select(LinkRow.num).where(col(LinkRow.id) == link_id).scalar_subquery()
    return (col(ListenerRow.link_num) == link) & (col(ListenerRow.name) == name)


def _ended(now: int) -> ColumnElement[bool]:
    return or_(col(LinkRow.revoked_at).is_not(None), col(LinkRow.expires_at) <= now)
