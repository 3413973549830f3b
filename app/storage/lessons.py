"""The port `Lessons` on SQLite: delivered orders are learned from once each, beside the work.

One order at a time is read and gone through in a reading thread; its lesson, added to its hour's,
and how far orders were learned from are one small write.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlmodel import Session

from app.domain.eta import Calibration
from app.domain.geo import Place, near_distance
from app.domain.lessons import Lesson, Sample, learn, nothing, remember, samples
from app.domain.times import HOUR, MINUTE, SECOND
from app.storage.readers import Readers
from app.storage.tables import MOVES
from app.storage.transaction import Tx
from app.storage.writer import Writer

AT_FIRST: Final = 500
"""So many of the newest orders are learned from where nothing was learned before."""
LOOKED_AT: Final = 50
"""Orders that are looked at, at most, until one is found that teaches something."""
SHORTEST, LONGEST = 2 * MINUTE, 6 * HOUR
"""Ways that take less or more teach nothing: somebody pressed late, or forgot to."""
AT_THE_DOOR: Final = 500.0
"""Metres from the door within which an order must have been delivered."""
SILENT: Final = 10 * MINUTE
"""Without a fix for so long before the delivery nobody knows where it was."""
BEFORE: Final = 10 * MINUTE
"""Fixes before the way that tell how fast it was."""
CLOSEST: Final = 5 * SECOND
MOST_FIXES: Final = 1_500
EVERY: Final = 15 * SECOND
MOST_SAMPLES: Final = 60

_REACHED: Final = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'learned'"
_DELIVERED: Final = "FROM orders WHERE status = 'delivered' AND ended_at IS NOT NULL "
_NEWEST: Final = f"SELECT ended_at {_DELIVERED} ORDER BY ended_at DESC LIMIT 1 OFFSET ?"
_NEXT: Final = (
    "SELECT num, driver_num, destination_lat, destination_lng, ended_at "
    f"{_DELIVERED} AND ended_at > ? ORDER BY ended_at LIMIT ?"
)
_BEGIN: Final = (
    "SELECT max((SELECT min(at) FROM order_events WHERE order_num = :order "
    "AND status IN ('picked_up', 'in_transit', 'arriving')), "
    "(SELECT max(from_at) FROM assignments WHERE order_num = :order AND driver_num = :driver))"
)
# Beside min(), SQLite takes the other columns from the row that has it.
TRAIL: Final = (
    "SELECT lat, lng, min(at) FROM positions WHERE driver_num = :driver "
    f"AND at BETWEEN :begin AND :end AND {MOVES} GROUP BY (at - :begin) / :step ORDER BY at"
)
_ALL: Final = "SELECT hour, lesson FROM lessons"
_OF_HOUR: Final = "SELECT lesson FROM lessons WHERE hour = ?"
_KEEP: Final = (
    "INSERT INTO lessons (hour, lesson) VALUES (?, ?) "
    "ON CONFLICT (hour) DO UPDATE SET lesson = excluded.lesson"
)
_REACH: Final = (
    "INSERT INTO meta VALUES ('learned', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)

_lesson: Final = msgspec.json.Decoder(Lesson)


class _Ended(NamedTuple):
    """A delivered order that may teach something, or not."""

    num: int
    driver_num: int | None
    lat: float | None
    lng: float | None
    ended_at: int


class _Taught(NamedTuple):
    """What was found: up to the order that ended then, and the lesson of its hour, if any."""

    reached: int
    hour: int
    lesson: Lesson | None


class SqlLessons:
    """What delivered orders teach about arrivals."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def all(self) -> dict[int, Lesson]:
        """The lesson of each hour of the day of which something is known."""

        def work(session: Session) -> dict[int, Lesson]:
            rows = session.connection().exec_driver_sql(_ALL)
            return {hour: _lesson.decode(lesson) for hour, lesson in rows}

        return await self._readers.read(work)

    async def learn(self, hour_of: Callable[[int], int], known: Sequence[Calibration]) -> bool:
        """Learn from the next delivered order; whether there may be more of them. ``unavailable``.

        They go by the time of their end: what ends before one that was learned from (in the same
        microsecond, or because the clock was set back) is passed over.
        """
        ended = await self._readers.read(_next)
        if not ended:
            return False
        await self._writer.file({one.driver_num for one in ended if one.driver_num is not None})
        taught = await self._readers.read(lambda session: _teach(session, ended, hour_of, known))

        def write(tx: Tx) -> None:
            if taught.lesson is not None:
                row = tx.cursor.execute(_OF_HOUR, (taught.hour,)).fetchone()
                before = _lesson.decode(row[0]) if row else nothing()
                after = msgspec.json.encode(remember(before, taught.lesson)).decode()
                tx.cursor.execute(_KEEP, (taught.hour, after))
            tx.cursor.execute(_REACH, (str(taught.reached),))

        await self._writer.write(write)
        return True


def _next(session: Session) -> list[_Ended]:
    """The delivered orders that come next, oldest first."""
    execute = session.connection().exec_driver_sql
    reached = execute(_REACHED).scalar()
    if reached is None:
        reached = execute(_NEWEST, (AT_FIRST,)).scalar() or 0
    return [_Ended(*row) for row in execute(_NEXT, (reached, LOOKED_AT))]


def _teach(
    session: Session,
    ended: Sequence[_Ended],
    hour_of: Callable[[int], int],
    known: Sequence[Calibration],
) -> _Taught:
    """The lesson of the first of these orders that teaches something."""
    for order in ended:
        ways = _samples(session, order)
        if ways:
            hour = hour_of(ways[0].at)
            return _Taught(order.ended_at, hour, learn(ways, known[hour]))
    return _Taught(ended[-1].ended_at, 0, None)


def _samples(session: Session, order: _Ended) -> list[Sample]:
    if order.driver_num is None or order.lat is None or order.lng is None:
        return []
    execute = session.connection().exec_driver_sql
    whose = {"order": order.num, "driver": order.driver_num}
    begin, end = execute(_BEGIN, whose).scalar(), order.ended_at
    if begin is None or not SHORTEST <= end - begin <= LONGEST:
        return []
    step = max(CLOSEST, (end - begin + BEFORE) // MOST_FIXES)
    span = {"driver": order.driver_num, "begin": begin - BEFORE, "end": end, "step": step}
    trail = [(Place(lat, lng), at) for lat, lng, at in execute(TRAIL, span)]
    door = Place(order.lat, order.lng)
    if not trail or trail[-1][1] < end - SILENT or near_distance(trail[-1][0], door) > AT_THE_DOOR:
        return []
    return samples(trail, door, end, begin, max(EVERY, (end - begin) // MOST_SAMPLES))
