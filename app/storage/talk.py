"""The port `Talk` on SQLite: messages about orders, the customer's note and his rating."""

from collections.abc import Callable
from typing import Final

import msgspec
from sqlmodel import col, func, select

from app.domain.access import Actor
from app.domain.errors import OnthewayError
from app.domain.order import Status
from app.domain.talk import (
    FOR_CUSTOMERS,
    MOST_MESSAGES,
    MOST_WORDS,
    Kind,
    check_note,
    check_rating,
    check_word,
)
from app.storage.once import forget_answers, only_once
from app.storage.order_writes import changed, get_order
from app.storage.readers import Readers
from app.storage.rows import message_of, stored
from app.storage.tables import WRITTEN, MessageRow, OrderRow
from app.storage.transaction import Tx
from app.storage.writer import Writer
from app.tracking.records import Message, Once, OrderChange, Said

NO_MORE_QUESTIONS: Final = OnthewayError(
    "conflict", f"An order has at most {MOST_MESSAGES} questions."
)
NO_MORE_FROM_STAFF: Final = OnthewayError(
    "conflict", f"An order has at most {MOST_MESSAGES} messages of the staff."
)
_FORGET_MESSAGES: Final = (
    "DELETE FROM messages WHERE num IN (SELECT messages.num FROM messages "
    "JOIN orders ON orders.num = messages.order_num "
    "WHERE messages.at < ? AND orders.ended_at < ? ORDER BY messages.at LIMIT ?)"
)
_FORGET_NOTES: Final = (
    "UPDATE orders SET customer_note = NULL, customer_note_at = NULL, rating_note = NULL, "
    f"words = NULL WHERE num IN (SELECT num FROM orders WHERE ({WRITTEN}) "
    "AND ended_at < ? AND coalesce(rated_at, 0) < ? ORDER BY ended_at LIMIT ?)"
)


class SqlTalk:
    """What people write about orders."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def set_note(
        self, order_id: str, note: str | None, now: int, then: Callable[[OrderChange], None]
    ) -> OrderChange:
        """The customer's note in place of the one before; ``not_found``, ``illegal_step``."""

        def work(tx: Tx) -> OrderChange:
            row = get_order(tx, order_id)
            check_note(Status(row.status))
            row.customer_note, row.customer_note_at = note, None if note is None else now
            return changed(tx, row)

        return await self._writer.write(work, then)

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
        """Keep a message; ``not_found``, ``conflict``, ``illegal_step`` (see the port)."""
        return await self._writer.write(
            only_once(once, now, lambda tx: _add(tx, order_id, message_id, kind, text, actor, now)),
            then,
        )

    async def settle(self, order_id: str, then: Callable[[OrderChange], None]) -> OrderChange:
        """The customer's question needs no answer any more; ``not_found``."""

        def work(tx: Tx) -> OrderChange:
            row = get_order(tx, order_id)
            row.asked_at = None
            return changed(tx, row)

        return await self._writer.write(work, then)

    async def rate(
        self,
        order_id: str,
        stars: int,
        note: str | None,
        now: int,
        then: Callable[[OrderChange], None],
    ) -> OrderChange:
        """The customer's rating; ``not_found``, ``illegal_step``."""

        def work(tx: Tx) -> OrderChange:
            row = get_order(tx, order_id)
            check_rating(Status(row.status), row.rated_at, now)
            row.stars, row.rating_note = stars, note
            row.rated_at = now if row.rated_at is None else row.rated_at
            return changed(tx, row)

        return await self._writer.write(work, then)

    async def messages(self, order_num: int, *, for_customer: bool = False) -> list[Message]:
        """All of an order, oldest first; or those that its customer reads."""
        statement = select(MessageRow).where(col(MessageRow.order_num) == order_num)
        if for_customer:
            statement = statement.where(col(MessageRow.kind).in_(sorted(FOR_CUSTOMERS)))
        statement = statement.order_by(col(MessageRow.num))
        return await self._readers.read(
            lambda session: [message_of(row) for row in session.exec(statement)]
        )

    async def forget(self, end: int, most: int) -> int:
        """Delete what is old about orders that are over (see the port); how much it was."""

        def work(tx: Tx) -> int:
            statements = (_FORGET_MESSAGES, _FORGET_NOTES)
            deleted = sum(tx.cursor.execute(one, (end, end, most)).rowcount for one in statements)
            return deleted + forget_answers(tx, end, most)

        return await self._writer.write(work)


def _add(
    tx: Tx, order_id: str, message_id: str, kind: Kind, text: str, actor: Actor, now: int
) -> Said:
    order = get_order(tx, order_id)
    if kind is Kind.WORD:
        check_word(Status(order.status), has_driver=order.driver_num is not None)
    _require_room(tx, order, kind)
    row = MessageRow(
        order_num=stored(order.num),
        id=message_id,
        kind=kind.value,
        text=text,
        at=now,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
    )
    tx.session.add(row)
    _mark(order, row)
    return Said(message=message_of(row), change=changed(tx, order))


def _require_room(tx: Tx, order: OrderRow, kind: Kind) -> None:
    """However much a customer asks, the staff can answer."""
    asks = kind is Kind.QUESTION
    is_question = col(MessageRow.kind) == Kind.QUESTION.value
    alike = is_question if asks else ~is_question
    count = select(func.count()).where(col(MessageRow.order_num) == order.num, alike)
    if tx.session.exec(count).one() >= MOST_MESSAGES:
        raise NO_MORE_QUESTIONS if asks else NO_MORE_FROM_STAFF


def _mark(order: OrderRow, message: MessageRow) -> None:
    """What the order itself says of it: that a question waits, or the words to its driver."""
    if message.kind == Kind.QUESTION:
        order.asked_at = message.at if order.asked_at is None else order.asked_at
    elif message.kind == Kind.ANSWER:
        order.asked_at = None
    else:
        words = msgspec.json.decode(order.words) if order.words else []
        words.append([message.id, message.at, message.text])
        order.words = msgspec.json.encode(words[-MOST_WORDS:]).decode()
