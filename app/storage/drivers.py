"""The port `Drivers` on SQLite: drivers, their tokens, their duty."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from app.domain.errors import OnthewayError, not_found
from app.domain.order import OPEN
from app.storage.messages import keep_message, was_sent
from app.storage.once import only_once
from app.storage.readers import Readers
from app.storage.rows import driver_of, fold, stored
from app.storage.tables import DriverRow, DriverTokenRow, OffDutyRow, OrderRow
from app.storage.transaction import Tx
from app.storage.writer import Writer
from app.tracking.records import Driver, Once


class SqlDrivers:
    """Drivers and their tokens."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def create(
        self,
        driver_id: str,
        name: str,
        vehicle: str | None,
        phone: str | None,
        token_hash: bytes,
        now: int,
        *,
        once: Once | None,
        then: Callable[[Driver], None],
    ) -> Driver:
        """Make a driver with his token."""

        def work(tx: Tx) -> Driver:
            row = DriverRow(
                id=driver_id,
                name=name,
                folded=fold(name),
                vehicle=vehicle,
                phone=phone,
                created_at=now,
            )
            tx.session.add(row)
            tx.session.flush()
            _add_token(tx, row, token_hash, now)
            return driver_of(row)

        return await self._writer.write(only_once(once, now, work), then)

    async def edit(
        self, driver_id: str, changes: dict[str, Any], then: Callable[[Driver], None]
    ) -> Driver:
        """Set ``name``, ``vehicle``, ``phone`` by name; ``not_found``."""
        if not changes.keys() <= {"name", "vehicle", "phone"}:
            raise ValueError(f"fields that a driver has not: {sorted(changes)}")

        def work(tx: Tx) -> Driver:
            row = _get(tx.session, driver_id)
            for name, value in changes.items():
                setattr(row, name, value)
            row.folded = fold(row.name)
            return driver_of(row)

        return await self._writer.write(work, then)

    async def set_duty(
        self,
        driver_num: int,
        on: bool,
        now: int,
        message_id: str | None,
        then: Callable[[Driver], None],
    ) -> Driver:
        """On or off duty from ``now`` on; a ``message_id`` seen before changes nothing."""
        return await self._writer.write(
            lambda tx: _set_duty(tx, driver_num, on, now, message_id), then
        )

    async def remove(self, driver_id: str, now: int, then: Callable[[Driver], None]) -> Driver:
        """End his tokens, keep his history; ``not_found``; ``conflict`` with open orders."""

        def work(tx: Tx) -> Driver:
            row = _get(tx.session, driver_id)
            his_open = (col(OrderRow.driver_num) == row.num) & col(OrderRow.status).in_(
                sorted(OPEN)
            )
            count = tx.session.exec(select(func.count()).where(his_open)).one()
            if count:
                orders = "an open order" if count == 1 else f"{count:,} open orders"
                sentence = f"This driver still has {orders}: give or end what he has first."
                raise OnthewayError("conflict", sentence)
            row.deleted_at = now
            _end_tokens(tx, row, now)
            return driver_of(row)

        return await self._writer.write(work, then)

    async def restore(
        self,
        driver_id: str,
        token_hash: bytes,
        now: int,
        then: Callable[[Driver], None],
    ) -> Driver:
        """One who was removed is there again, with this token; ``not_found``."""

        def work(tx: Tx) -> Driver:
            wanted = select(DriverRow).where(
                col(DriverRow.id) == driver_id, col(DriverRow.deleted_at).is_not(None)
            )
            row = tx.session.exec(wanted).first()
            if row is None:
                raise not_found("driver")
            row.deleted_at = None
            _add_token(tx, row, token_hash, now)
            tx.known.forget(stored(row.num))
            return driver_of(row)

        return await self._writer.write(work, then)

    async def rotate_token(
        self,
        driver_id: str,
        token_hash: bytes,
        now: int,
        *,
        once: Once | None,
        then: Callable[[Driver], None],
    ) -> Driver:
        """End all his tokens and add this one; ``not_found``."""

        def work(tx: Tx) -> Driver:
            row = _get(tx.session, driver_id)
            _end_tokens(tx, row, now)
            _add_token(tx, row, token_hash, now)
            return driver_of(row)

        return await self._writer.write(only_once(once, now, work), then)

    async def get(self, driver_id: str) -> Driver:
        """One driver who is not removed; ``not_found``."""
        return await self._readers.read(lambda session: driver_of(_get(session, driver_id)))

    async def all(self) -> list[Driver]:
        """Every driver who is not removed, by name."""
        statement = (
            select(DriverRow)
            .where(col(DriverRow.deleted_at).is_(None))
            .order_by(col(DriverRow.folded), col(DriverRow.num))
        )
        return await self._readers.read(
            lambda session: [driver_of(row) for row in session.exec(statement)]
        )

    async def removed(self) -> list[Driver]:
        """Every driver who was removed, the last one first."""
        statement = (
            select(DriverRow)
            .where(col(DriverRow.deleted_at).is_not(None))
            .order_by(col(DriverRow.deleted_at).desc(), col(DriverRow.num))
        )
        return await self._readers.read(
            lambda session: [driver_of(row) for row in session.exec(statement)]
        )

    async def find_token(self, token_hash: bytes) -> tuple[Driver, bool] | None:
        """The driver of a token and whether it still holds; None: never was one."""
        statement = (
            select(DriverRow, DriverTokenRow)
            .join(DriverTokenRow)
            .where(col(DriverTokenRow.token_hash) == token_hash)
        )

        def work(session: Session) -> tuple[Driver, bool] | None:
            found = session.exec(statement).first()
            if found is None:
                return None
            row, token = found
            return driver_of(row), token.ended_at is None and row.deleted_at is None

        return await self._readers.read(work)


def _get(session: Session, driver_id: str) -> DriverRow:
    wanted = select(DriverRow).where(
        col(DriverRow.id) == driver_id, col(DriverRow.deleted_at).is_(None)
    )
    row = session.exec(wanted).first()
    if row is None:
        raise not_found("driver")
    return row


def _add_token(tx: Tx, driver: DriverRow, token_hash: bytes, now: int) -> None:
    token = DriverTokenRow(token_hash=token_hash, driver_num=stored(driver.num), created_at=now)
    tx.session.add(token)


def _end_tokens(tx: Tx, driver: DriverRow, now: int) -> None:
    his = (col(DriverTokenRow.driver_num) == driver.num) & col(DriverTokenRow.ended_at).is_(None)
    tx.session.exec(update(DriverTokenRow).where(his).values(ended_at=now))
    tx.known.forget(stored(driver.num))


def _set_duty(tx: Tx, driver_num: int, on: bool, now: int, message_id: str | None) -> Driver:
    row = tx.session.get(DriverRow, driver_num)
    if row is None or row.deleted_at is not None:
        raise not_found("driver")
    if message_id is not None:
        if was_sent(tx, driver_num, message_id):
            return driver_of(row)
        keep_message(tx, driver_num, message_id, None)
    if on == row.on_duty:
        return driver_of(row)
    row.on_duty = on
    if on:
        still_off = (col(OffDutyRow.driver_num) == driver_num) & col(OffDutyRow.to_at).is_(None)
        tx.session.exec(update(OffDutyRow).where(still_off).values(to_at=now))
    else:
        tx.session.add(OffDutyRow(driver_num=driver_num, from_at=now))
    tx.known.forget(driver_num)
    return driver_of(row)
