"""What the writer remembers of each driver, so that most positions need no question to the tables.

Belongs to the writer's thread. Everything here can be read again from the tables: forget a
driver whenever something else changes him, and everybody after a rollback.
"""

import sqlite3
from dataclasses import dataclass, field
from typing import Final

from app.domain.errors import OnthewayError
from app.domain.order import OPEN
from app.domain.position import Flag, Spot, Trail
from app.storage.tables import FUTURE, MOVES

FOREVER: Final = 2**63 - 1
MOST_DRIVERS: Final = 20_000
"""How many drivers are remembered; one takes a kilobyte or two."""

MOST_SINCE: Final = 1_000
"""Fixes since the newest good one that are looked at again."""
_FOUND_BEFORE: Final = int(Flag.FUTURE | Flag.REPEATED | Flag.SAME_TIME | Flag.INACCURATE)

_OPEN: Final = ", ".join(f"'{status}'" for status in sorted(OPEN))

Span = tuple[int, int]
"""From a time until before another, in microseconds."""


@dataclass(slots=True)
class Known:
    """One driver as the next position of his needs him.

    ``newest_fix`` is the highest live or fix time stored; ``open_orders`` holds his open orders
    and the spans in which each was his; ``orders`` the numbers of orders that were ever his, as
    far as they were asked for; ``messages`` the ids of his messages that were no positions.
    """

    trail: Trail
    newest_fix: int
    off_duty: list[Span]
    open_orders: dict[int, list[Span]]
    messages: frozenset[str]
    orders: dict[str, int] = field(default_factory=dict)

    def was_off_duty(self, at: int) -> bool:
        """Whether the driver was off duty at ``at``."""
        return any(begin <= at < end for begin, end in self.off_duty)

    def saw(self, at: int, fix_time: int | None) -> None:
        """A position with these times was stored."""
        if at > self.newest_fix:
            self.newest_fix = at
        if fix_time is not None and fix_time > self.newest_fix:
            self.newest_fix = fix_time


class KnownDrivers:
    """Drivers by number, read when first needed."""

    def __init__(self) -> None:
        self._drivers: dict[int, Known] = {}

    def get(self, driver_num: int) -> Known | None:
        """The driver, if he is remembered."""
        return self._drivers.get(driver_num)

    def load(self, cursor: sqlite3.Cursor, driver_num: int) -> Known:
        """Read and remember a driver, all of whose positions are filed; raises ``revoked`` for
        one who was removed or never was."""
        if len(self._drivers) >= MOST_DRIVERS:
            self._drivers.clear()
        known = self._drivers[driver_num] = _load(cursor, driver_num)
        return known

    def forget(self, driver_num: int) -> None:
        """He changed: read him again when needed."""
        self._drivers.pop(driver_num, None)

    def forget_all(self) -> None:
        """Something was undone: read everybody again."""
        self._drivers.clear()


def order_of_his(
    cursor: sqlite3.Cursor, known: Known, driver_num: int, order_id: str
) -> int | None:
    """The number of an order that is or was this driver's, or None."""
    num = known.orders.get(order_id)
    if num is None:
        row = cursor.execute(
            "SELECT orders.num FROM orders WHERE id = ? AND EXISTS (SELECT 1 FROM assignments "
            "WHERE driver_num = ? AND order_num = orders.num)",
            (order_id, driver_num),
        ).fetchone()
        if row is None:
            return None
        num = known.orders[order_id] = int(row[0])
    return num


def _load(cursor: sqlite3.Cursor, driver_num: int) -> Known:
    query = "SELECT 1 FROM drivers WHERE num = ? AND deleted_at IS NULL"
    if cursor.execute(query, (driver_num,)).fetchone() is None:
        raise OnthewayError("revoked", "This driver was removed.")
    newest = _first(cursor, _NEWEST, driver_num)
    return Known(
        trail=_load_trail(cursor, driver_num),
        newest_fix=max(newest, _first(cursor, _NEWEST_FUTURE, driver_num)),
        off_duty=_load_off_duty(cursor, driver_num),
        open_orders=_load_open_orders(cursor, driver_num),
        messages=_load_messages(cursor, driver_num),
    )


_NEWEST: Final = "SELECT at FROM positions WHERE driver_num = ? ORDER BY at DESC LIMIT 1"
_NEWEST_FUTURE: Final = (
    f"SELECT fix_time FROM positions WHERE driver_num = ? AND {FUTURE} "
    "ORDER BY fix_time DESC LIMIT 1"
)


def _first(cursor: sqlite3.Cursor, query: str, driver_num: int) -> int:
    row = cursor.execute(query, (driver_num,)).fetchone()
    return -FOREVER if row is None else int(row[0])


def _load_trail(cursor: sqlite3.Cursor, driver_num: int) -> Trail:
    """The trail after the newest good fix, judged again through what came since."""
    newest = cursor.execute(
        f"SELECT lat, lng, at, num FROM positions WHERE driver_num = ? AND {MOVES} "
        "ORDER BY at DESC, num DESC LIMIT 1",
        (driver_num,),
    ).fetchone()
    if newest is None:
        return Trail()
    trail = Trail(Spot(newest[0], newest[1], newest[2]))
    since = cursor.execute(
        "SELECT lat, lng, at, accuracy, flags FROM positions WHERE driver_num = ? AND at >= ? "
        "AND num > ? ORDER BY num DESC LIMIT ?",
        (driver_num, newest[2], newest[3], MOST_SINCE),
    ).fetchall()
    for lat, lng, at, accuracy, flags in reversed(since):
        trail.judge(lat, lng, at, accuracy, flags & _FOUND_BEFORE)
    return trail


def _load_off_duty(cursor: sqlite3.Cursor, driver_num: int) -> list[Span]:
    query = "SELECT from_at, to_at FROM off_duty WHERE driver_num = ?"
    return [_span(row) for row in cursor.execute(query, (driver_num,))]


def _load_open_orders(cursor: sqlite3.Cursor, driver_num: int) -> dict[int, list[Span]]:
    spans: dict[int, list[Span]] = {}
    query = (
        "SELECT from_at, to_at, order_num FROM assignments WHERE driver_num = ? AND order_num IN "
        f"(SELECT num FROM orders WHERE driver_num = ? AND status IN ({_OPEN})) ORDER BY num"
    )
    for row in cursor.execute(query, (driver_num, driver_num)):
        spans.setdefault(row[2], []).append(_span(row))
    return spans


def _span(row: tuple[int, int | None]) -> Span:
    begin, end = row[:2]
    return begin, FOREVER if end is None else end


def _load_messages(cursor: sqlite3.Cursor, driver_num: int) -> frozenset[str]:
    query = "SELECT id FROM driver_messages WHERE driver_num = ?"
    return frozenset(row[0] for row in cursor.execute(query, (driver_num,)))
