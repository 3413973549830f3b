"""The port `Tracks` on SQLite: the whole fleet at a moment of the past, and around it.

Each driver costs a step down an index, however many positions there are.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from sqlmodel import Session

from app.domain.errors import OnthewayError, not_found
from app.domain.track import LEFT_OUT
from app.storage.positions import COLUMNS, position_of
from app.storage.readers import Readers
from app.storage.writer import Writer
from app.tracking.records import Driver, StoredPosition

_BELONGS: Final = f"flags & {int(LEFT_OUT)} = 0"
AT: Final = (
    f"SELECT driver_num, {COLUMNS} FROM positions WHERE num IN ("
    "SELECT (SELECT his.num FROM positions AS his WHERE his.driver_num = drivers.num "
    f"AND his.at BETWEEN :since AND :moment AND his.{_BELONGS} "
    "ORDER BY his.at DESC, his.num DESC LIMIT 1) FROM drivers)"
)
FIRST: Final = (
    "SELECT min((SELECT his.at FROM positions AS his WHERE his.driver_num = drivers.num "
    f"AND his.at >= :since AND his.{_BELONGS} ORDER BY his.at LIMIT 1)) FROM drivers"
)
SAMPLED: Final = (
    # Beside min(), SQLite takes the other columns from the row that has it.
    f"SELECT {COLUMNS}, min(at) FROM positions WHERE driver_num = :driver "
    f"AND at BETWEEN :begin AND :end AND {_BELONGS} GROUP BY (at - :begin) / :step ORDER BY at"
)

_DRIVERS: Final = (
    "SELECT num, id, name, vehicle, phone, on_duty, created_at, deleted_at FROM drivers "
)
_HAD: Final = "SELECT from_at, driver_num FROM assignments WHERE order_num = ? ORDER BY num"
_WHO_HAD: Final = "WHERE num IN (SELECT driver_num FROM assignments WHERE order_num = ?)"


class SqlTracks:
    """What is recorded of the whole fleet, and of drivers who were removed too."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def drivers(self) -> list[Driver]:
        """Every driver there ever was, by name."""
        return await self._readers.read(lambda session: _drivers(session, "ORDER BY folded, num"))

    async def driver(self, driver_id: str) -> Driver:
        """One driver; ``not_found``."""
        found = await self._readers.read(
            lambda session: _drivers(session, "WHERE id = ?", driver_id)
        )
        if not found:
            raise not_found("driver")
        return found[0]

    async def of_order(self, order_num: int) -> list[tuple[int, Driver]]:
        """Who had the order, each with the time from which on, one after the other."""

        def work(session: Session) -> list[tuple[int, Driver]]:
            rows = session.connection().exec_driver_sql(_HAD, (order_num,)).all()
            had = _drivers(session, _WHO_HAD, order_num)
            by_num = {driver.num: driver for driver in had}
            return [(begin, by_num[num]) for begin, num in rows]

        return await self._readers.read(work)

    async def at(self, moment: int, since: int) -> dict[int, StoredPosition]:
        """The newest position of each driver from ``since`` to ``moment`` that belongs to his
        track. Where nothing can be written, the newest of those that were filed."""
        await self._file_all()

        def work(session: Session) -> dict[int, StoredPosition]:
            bounds = {"since": since, "moment": moment}
            rows = session.connection().exec_driver_sql(AT, bounds)
            return {row[0]: position_of(row[1:]) for row in rows}

        return await self._readers.read(work)

    async def first(self, since: int) -> int | None:
        """When the first position from ``since`` on came that belongs to a driver's track."""
        await self._file_all()

        def work(session: Session) -> int | None:
            rows = session.connection().exec_driver_sql(FIRST, {"since": since})
            at: int | None = rows.scalar_one()
            return at

        return await self._readers.read(work)

    async def sampled(
        self, driver_nums: Sequence[int], begin: int, end: int, step: int
    ) -> dict[int, list[StoredPosition]]:
        """The first position of each ``step`` from ``begin`` to ``end`` that belongs to the track,
        for each of these drivers who has any, by live time."""
        with suppress(OnthewayError):
            await self._writer.file(driver_nums)
        bounds = {"begin": begin, "end": end, "step": step}

        def work(session: Session) -> dict[int, list[StoredPosition]]:
            connection = session.connection()
            found: dict[int, list[StoredPosition]] = {}
            for num in driver_nums:
                rows = connection.exec_driver_sql(SAMPLED, {**bounds, "driver": num})
                if samples := [position_of(row) for row in rows]:
                    found[num] = samples
            return found

        return await self._readers.read(work)

    async def _file_all(self) -> None:
        """File what waits of everybody, where something can be written."""
        everybody = await self._readers.read(_everybody)
        with suppress(OnthewayError):
            await self._writer.file(everybody)


def _drivers(session: Session, which: str, *values: str | int) -> list[Driver]:
    rows = session.connection().exec_driver_sql(_DRIVERS + which, values)
    return [
        Driver(
            num=num,
            id=driver_id,
            name=name,
            vehicle=vehicle,
            phone=phone,
            on_duty=bool(on_duty),
            created_at=created_at,
            deleted_at=deleted_at,
        )
        for num, driver_id, name, vehicle, phone, on_duty, created_at, deleted_at in rows
    ]


def _everybody(session: Session) -> list[int]:
    rows = session.connection().exec_driver_sql("SELECT num FROM drivers")
    return [num for (num,) in rows]
