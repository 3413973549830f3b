"""Ways added up: each filed position once, whatever happens meanwhile.

A slice of new positions is read and added up in a reading thread; the sums and how far they reach
are then one small write. If that is lost, so is all of it, and the slice is read again.
"""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from app.domain.days import quarter_of
from app.domain.travel import Odometer, counts

SLICE: Final = 1_000
"""Positions added up at a time: some ten milliseconds of a reading thread."""

# One statement, one snapshot: what waits to be filed (see `unfiled`) and all after it comes later.
_NEW: Final = (
    "SELECT num, driver_num, lat, lng, at, accuracy, flags FROM positions "
    "WHERE num > ? AND num < coalesce((SELECT min(num) FROM arrivals), 9223372036854775807) "
    "ORDER BY num LIMIT ?"
)
_REACHED: Final = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'travelled'"
_NEWEST: Final = "SELECT coalesce(max(num), 0) FROM positions"
_ODOMETER: Final = "SELECT lat, lng, at FROM odometers WHERE driver_num = ?"

_REACH: Final = (
    "INSERT INTO meta VALUES ('travelled', ?) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE CAST(value AS INTEGER) = ?"
)
_SET: Final = (
    "INSERT INTO odometers (driver_num, lat, lng, at) VALUES (?, ?, ?, ?) ON CONFLICT (driver_num) "
    "DO UPDATE SET lat = excluded.lat, lng = excluded.lng, at = excluded.at"
)
_ADD_TO_DRIVER: Final = (
    "INSERT INTO travels (begin, driver_num, metres) VALUES (?, ?, ?) "
    "ON CONFLICT (begin, driver_num) DO UPDATE SET metres = metres + excluded.metres"
)
_ADD_TO_FLEET: Final = (
    "INSERT INTO quarters (begin, metres, drivers, viewers) VALUES (?, ?, 0, 0) "
    "ON CONFLICT (begin) DO UPDATE SET metres = metres + excluded.metres"
)


@dataclass(slots=True)
class Sums:
    """What one slice adds: metres by quarter of an hour and driver, from after the position
    ``reached`` to ``until``, and the odometers after it."""

    reached: int
    until: int
    metres: dict[tuple[int, int], float]
    odometers: dict[int, Odometer]
    full: bool

    def write(self, cursor: sqlite3.Cursor) -> bool:
        """Keep them, in the transaction of ``cursor``; False: they were kept before."""
        if cursor.execute(_REACH, (str(self.until), self.reached)).rowcount != 1:
            return False
        odometers = [(num, one.lat, one.lng, one.at) for num, one in self.odometers.items()]
        cursor.executemany(_SET, odometers)
        travels = [(begin, num, metres) for (begin, num), metres in self.metres.items()]
        cursor.executemany(_ADD_TO_DRIVER, travels)
        fleet: defaultdict[int, float] = defaultdict(float)
        for begin, _, metres in travels:
            fleet[begin] += metres
        cursor.executemany(_ADD_TO_FLEET, fleet.items())
        return True


def add_up(connection: sqlite3.Connection, most: int = SLICE) -> Sums | None:
    """Add up the next positions, up to ``most``; None: there is nothing new."""
    execute = connection.execute
    (reached,) = execute(_REACHED).fetchone() or (0,)
    # Old positions may have been deleted, and their numbers are then used again.
    after = min(reached, execute(_NEWEST).fetchone()[0])
    rows = execute(_NEW, (after, most)).fetchall()
    until = rows[-1][0] if rows else after
    if until == reached:
        return None
    sums = Sums(reached, until, {}, {}, len(rows) == most)
    for _, driver_num, lat, lng, at, accuracy, flags in rows:
        if counts(flags):
            _add(connection, sums, driver_num, Odometer(lat, lng, at), accuracy)
    return sums


def _add(
    connection: sqlite3.Connection,
    sums: Sums,
    driver_num: int,
    fix: Odometer,
    accuracy: float | None,
) -> None:
    odometer = sums.odometers.get(driver_num)
    if odometer is None:
        stored = connection.execute(_ODOMETER, (driver_num,)).fetchone()
        odometer = sums.odometers[driver_num] = Odometer(*stored) if stored else fix
    metres = odometer.add(fix.lat, fix.lng, fix.at, accuracy)
    if metres:
        key = quarter_of(fix.at), driver_num
        sums.metres[key] = sums.metres.get(key, 0.0) + metres
