"""The port `Positions` on SQLite. An order's history is a union of index ranges, never a scan.

A position belongs to an order if the driver named the order, or if he named none and the order
was his at the position's live time.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any, Final

from sqlmodel import Session

from app.domain.errors import OnthewayError
from app.domain.position import Flag
from app.storage.cursors import decode_cursor, encode_cursor
from app.storage.known import FOREVER
from app.storage.readers import Readers
from app.storage.tables import MOVES
from app.storage.transaction import Tx
from app.storage.writer import Writer
from app.tracking.records import Arrival, StoredPosition

COLUMNS: Final = (
    "num, name, lat, lng, fix_time, at, arrived_at, accuracy, speed, heading, altitude, battery, "
    "flags"
)
"""What `position_of` reads."""
_SELECT: Final = f"SELECT {COLUMNS} FROM positions WHERE "
_OF_DRIVER: Final = "driver_num = :driver"
_NAMED: Final = "order_num = :order"
_UNNAMED: Final = "driver_num = :driver AND order_num IS NULL"
_PAGE: Final = (
    " AND at BETWEEN :begin AND :end AND (at > :at OR at = :at AND num > :num) "
    "ORDER BY at, num LIMIT :limit"
)
_LATEST: Final = (
    f" AND at BETWEEN :begin AND :end AND {MOVES} ORDER BY at DESC, num DESC LIMIT :limit"
)

_DRIVERS_BEFORE: Final = (
    "SELECT num FROM drivers WHERE EXISTS "
    "(SELECT 1 FROM positions WHERE driver_num = drivers.num AND at < ?)"
)
_FORGET: Final = (
    "DELETE FROM positions WHERE num IN (SELECT num FROM positions "
    "WHERE driver_num = ? AND at < ? ORDER BY at LIMIT ?)"
)

_by_time: Final = attrgetter("at", "num")


class SqlPositions:
    """The recorded positions."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def record(self, arrival: Arrival) -> None:
        """Judge and store points of one driver, each alone; ``arrival.done`` is told."""
        self._writer.record(arrival)

    async def of_order(
        self, order_num: int, since: int | None, until: int | None, after: str | None, limit: int
    ) -> tuple[list[StoredPosition], str | None]:
        """A page of an order's positions by live time, and the cursor of the next.

        ``since`` and ``until`` are both within. Raises ``invalid_field`` cursor.
        """
        window = _Window(since, until, after, limit)
        await self._file_orders([order_num])

        def work(session: Session) -> list[StoredPosition]:
            parts = [_rows(session, _NAMED + _PAGE, window.within(), order=order_num)]
            for driver, begin, end in _spans(session, order_num):
                bounds = window.within(begin, end - 1)
                parts.append(_rows(session, _UNNAMED + _PAGE, bounds, driver=driver))
            return _merge(parts, limit + 1)

        return _page(await self._readers.read(work), limit)

    async def of_driver(
        self, driver_num: int, since: int | None, until: int | None, after: str | None, limit: int
    ) -> tuple[list[StoredPosition], str | None]:
        """A page of a driver's positions by live time; as `of_order`."""
        bounds = _Window(since, until, after, limit).within()
        await self._writer.file([driver_num])
        found = await self._readers.read(
            lambda session: list(_rows(session, _OF_DRIVER + _PAGE, bounds, driver=driver_num))
        )
        return _page(found, limit)

    async def way_of_order(self, order_num: int, since: int, most: int) -> list[StoredPosition]:
        """The newest positions of an order since then that may move a marker, oldest first."""
        await self._file_orders([order_num])

        return await self._readers.read(
            lambda session: _latest_of_order(session, order_num, since, most)
        )

    async def newest_of_orders(self, order_nums: Sequence[int]) -> dict[int, StoredPosition]:
        """The newest position of each order that may move a marker."""
        with suppress(OnthewayError):  # see `newest_of_drivers`
            await self._file_orders(order_nums)

        def work(session: Session) -> dict[int, StoredPosition]:
            newest = {num: _newest_of_order(session, num) for num in order_nums}
            return {num: position for num, position in newest.items() if position}

        return await self._readers.read(work)

    async def newest_of_drivers(self, driver_nums: Sequence[int]) -> dict[int, StoredPosition]:
        """The newest position of each driver that may move a marker.

        Where nothing can be written, such as on a full disk, it is the newest that was filed:
        live markers are in memory, and viewers must be let in.
        """
        with suppress(OnthewayError):
            await self._writer.file(driver_nums)

        def work(session: Session) -> dict[int, StoredPosition]:
            found: dict[int, StoredPosition] = {}
            for num in driver_nums:
                for position in _rows(session, _OF_DRIVER + _LATEST, _NEWEST, driver=num):
                    found[num] = position
            return found

        return await self._readers.read(work)

    async def drivers_before(self, end: int) -> list[int]:
        """The drivers, removed ones too, of whom positions are older than ``end``."""

        def work(session: Session) -> list[int]:
            found = session.connection().exec_driver_sql(_DRIVERS_BEFORE, (end,))
            return [num for (num,) in found]

        return await self._readers.read(work)

    async def forget(self, driver_num: int, end: int, most: int) -> int:
        """Delete the oldest positions of a driver, older than ``end``, at most so many; how many
        were deleted. What waits to be filed is deleted once it is."""

        def work(tx: Tx) -> int:
            return tx.cursor.execute(_FORGET, (driver_num, end, most)).rowcount

        return await self._writer.write(work)

    async def _file_orders(self, order_nums: Sequence[int]) -> None:
        """See that the table holds what drivers sent who ever had one of these orders."""

        def work(session: Session) -> set[int]:
            spans = (_spans(session, num) for num in order_nums)
            return {driver for order in spans for driver, _, _ in order}

        await self._writer.file(await self._readers.read(work))


_NEWEST: Final = {"begin": -FOREVER, "end": FOREVER, "limit": 1}


class _Window:
    """What one page may hold: times, where it begins, how many (one more tells of a next)."""

    def __init__(self, since: int | None, until: int | None, after: str | None, limit: int) -> None:
        self._since = -FOREVER if since is None else since
        self._until = FOREVER if until is None else until
        self._after = (-FOREVER, 0) if after is None else decode_cursor(after, 2)
        self._limit = limit + 1

    def within(self, begin: int = -FOREVER, end: int = FOREVER) -> dict[str, int]:
        """The parameters of a query that is also bounded by ``begin`` and ``end``."""
        at, num = self._after
        return {
            # The cursor's time bounds the range too, so that a page far on skips nothing.
            "begin": max(begin, self._since, at),
            "end": min(end, self._until),
            "at": at,
            "num": num,
            "limit": self._limit,
        }


def _rows(
    session: Session, conditions: str, bounds: dict[str, int], **values: int
) -> Iterator[StoredPosition]:
    connection = session.connection()
    found = connection.exec_driver_sql(_SELECT + conditions, {**bounds, **values})
    return map(position_of, found)


def position_of(row: Sequence[Any]) -> StoredPosition:
    """The record of a row that begins with `COLUMNS`."""
    name = row[1]
    return StoredPosition(
        num=row[0],
        id=name[2:] if name is not None and name.startswith("i:") else None,
        lat=row[2],
        lng=row[3],
        fix_time=row[4],
        at=row[5],
        arrived_at=row[6],
        accuracy=row[7],
        speed=row[8],
        heading=row[9],
        altitude=row[10],
        battery=row[11],
        flags=Flag(row[12]),
    )


def _spans(session: Session, order_num: int) -> list[tuple[int, int, int]]:
    """Whose the order was: driver, from, until before."""
    query = "SELECT driver_num, from_at, to_at FROM assignments WHERE order_num = ? ORDER BY num"
    rows = session.connection().exec_driver_sql(query, (order_num,))
    return [(driver, begin, FOREVER if end is None else end) for driver, begin, end in rows]


def _merge(parts: Iterable[Iterator[StoredPosition]], limit: int) -> list[StoredPosition]:
    """The first of all parts by time, each once (spans overlap when a clock was set back)."""
    merged: list[StoredPosition] = []
    for position in heapq.merge(*parts, key=_by_time):
        if merged and merged[-1].num == position.num:
            continue
        merged.append(position)
        if len(merged) == limit:
            break
    return merged


def _page(found: list[StoredPosition], limit: int) -> tuple[list[StoredPosition], str | None]:
    more = len(found) > limit
    found = found[:limit]
    return found, encode_cursor(found[-1].at, found[-1].num) if more and found else None


def _newest_of_order(session: Session, order_num: int) -> StoredPosition | None:
    return next(iter(_latest_of_order(session, order_num, -FOREVER, 1)), None)


def _latest_of_order(
    session: Session, order_num: int, since: int, most: int
) -> list[StoredPosition]:
    """The newest over all spans, oldest first: named ones count until the order left that
    driver."""
    found: dict[int, StoredPosition] = {}
    for driver, begin, end in _spans(session, order_num):
        bounds = {"begin": max(since, begin), "end": end - 1, "limit": most}
        rows = list(_rows(session, _UNNAMED + _LATEST, bounds, driver=driver))
        bounds = {"begin": since, "end": end - 1, "limit": most}
        query = f"{_NAMED} AND +{_OF_DRIVER}{_LATEST}"  # "+": by the order's index
        rows += _rows(session, query, bounds, order=order_num, driver=driver)
        found |= {position.num: position for position in rows}  # spans may overlap
    return sorted(found.values(), key=_by_time)[-most:]
