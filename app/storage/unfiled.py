"""Positions that are stored and acked, but not yet filed in their table and its indexes.

A group of positions is kept as one row of `arrivals`: one page or two to sync, where filing each
touches a page of every index. The writer holds them in memory too, files them when it is idle or
when they are many, and those of one driver as soon as somebody reads his history. They come back
from `arrivals` after a crash. Belongs to the writer's thread.
"""

import sqlite3
from itertools import islice
from typing import Final

import msgspec

Row = tuple[
    int,  # num
    int,  # driver_num
    int | None,  # order_num
    str | None,  # name
    float,  # lat
    float,  # lng
    int | None,  # fix_time
    int,  # at
    int,  # arrived_at
    float | None,  # accuracy
    float | None,  # speed
    float | None,  # heading
    float | None,  # altitude
    float | None,  # battery
    int,  # flags
]
"""A row of `positions`, its columns in their order there."""

MOST: Final = 65_536
"""So many may wait (about 30 MB of memory); more, and each group files some as well."""
SLICE: Final = 1_000
"""Filed in one transaction: some 20 milliseconds for which other writes wait."""

_ARRAY: Final = b"\xdd"
"""MessagePack's array 32: a length of four bytes follows, then the elements."""
_KEEP: Final = "INSERT INTO arrivals (num, positions) VALUES (?, ?)"
_FILE: Final = (
    "INSERT INTO positions (num, driver_num, order_num, name, lat, lng, fix_time, at, arrived_at, "
    "accuracy, speed, heading, altitude, battery, flags) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(list[Row])


class Unfiled:
    """The positions that wait, by driver and by what makes them unique among his."""

    __slots__ = (
        "_cleared",
        "_drivers",
        "_fresh",
        "_last",
        "_leaving",
        "_next",
        "_packed",
        "_round",
        "_until",
        "count",
    )

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        """Read what a stop, or a failed group, left; raises `sqlite3.DatabaseError` when it
        cannot be read."""
        self._drivers: dict[int, dict[str | int, Row]] = {}
        self._leaving: set[int] = set()
        self._fresh: list[Row] = []
        self._packed: list[bytes] = []
        self._round: list[int] = []
        self._until = self._last = self._cleared = 0
        self.count = 0
        (newest,) = cursor.execute("SELECT coalesce(max(num), 0) FROM positions").fetchone()
        self._next = int(newest) + 1
        for num, kept in cursor.execute("SELECT num, positions FROM arrivals ORDER BY num"):
            self._last = num
            for row in _read(kept):
                self._put(row)
                self._next = max(self._next, row[0] + 1)

    # what the recorder asks and adds

    def holds(self, driver_num: int) -> bool:
        """Whether positions of this driver wait, or were filed and are not yet committed.

        May be asked from any thread: whoever leaves the one is in the other before.
        """
        return driver_num in self._drivers or driver_num in self._leaving

    def find(self, driver_num: int, name: str) -> Row | None:
        """The position of this name, if it waits."""
        his = self._drivers.get(driver_num)
        return None if his is None else his.get(name)

    def of(self, driver_num: int) -> list[Row]:
        """All that wait of one driver."""
        return list(self._drivers.get(driver_num, {}).values())

    def next_num(self) -> int:
        """A number for one more."""
        num = self._next
        self._next += 1
        return num

    def add(self, row: Row) -> None:
        """One more of the group that is being written; one that cannot be kept raises here."""
        self._packed.append(_encoder.encode(row))
        self._fresh.append(row)
        self._put(row)

    def mark(self) -> int:
        """How much of the group there is: see `undo`."""
        return len(self._fresh)

    def undo(self, mark: int) -> None:
        """Take back what was added since ``mark``."""
        for row in self._fresh[mark:]:
            his = self._drivers.get(row[1], {})
            self.count -= his.pop(_key(row), None) is not None  # else filed: then it stays stored
            if not his:
                self._drivers.pop(row[1], None)
        del self._fresh[mark:], self._packed[mark:]

    # what the writer does with them

    def keep(self, cursor: sqlite3.Cursor) -> None:
        """Store the group: with the commit of the transaction it is safe."""
        if self._fresh:
            self._last = self._fresh[0][0]
            head = _ARRAY + len(self._fresh).to_bytes(4, "big")
            cursor.execute(_KEEP, (self._last, head + b"".join(self._packed)))
            self._fresh.clear()
            self._packed.clear()

    def file_driver(self, cursor: sqlite3.Cursor, driver_num: int) -> None:
        """File all of one driver."""
        self._leaving.add(driver_num)
        his = self._drivers.pop(driver_num, None)
        if his is not None:
            self._file(cursor, list(his.values()))

    def committed(self) -> None:
        """What was filed can be read."""
        self._leaving.clear()

    @property
    def pending(self) -> bool:
        """Whether there is anything to file, or filed and not yet cleared away."""
        return self._last > self._cleared

    def file_some(self, cursor: sqlite3.Cursor, most: int) -> None:
        """File up to ``most``, driver by driver: rows of one driver share pages.

        Rounds go over all drivers; at the end of one, what was kept before it is cleared away.
        """
        while most > 0 and self.count:
            if not self._round:
                self._round, self._until = list(self._drivers), self._last
            most -= self._file_next(cursor, most)
        if not self.count:
            self._round.clear()
            self._until = self._last
        if not self._round and self._until > self._cleared:
            cursor.execute("DELETE FROM arrivals WHERE num <= ?", (self._until,))
            self._cleared = self._until

    # within

    def _file_next(self, cursor: sqlite3.Cursor, most: int) -> int:
        driver_num = self._round[-1]
        self._leaving.add(driver_num)
        his = self._drivers.get(driver_num, {})
        rows = list(islice(his.values(), most))
        for row in rows:
            del his[_key(row)]
        if not his:
            self._drivers.pop(driver_num, None)
            self._round.pop()
        self._file(cursor, rows)
        return len(rows)

    def _put(self, row: Row) -> None:
        driver_num = row[1]
        his = self._drivers.get(driver_num)
        if his is None:
            his = self._drivers[driver_num] = {}
        key = _key(row)
        if key not in his:  # an id used again for a newer fix: the first counts, as in the table
            his[key] = row
            self.count += 1

    def _file(self, cursor: sqlite3.Cursor, rows: list[Row]) -> None:
        rows.sort(key=_by_time)
        cursor.executemany(_FILE, rows)
        self.count -= len(rows)


def _key(row: Row) -> str | int:
    """Points without a name have no repeat, and none looks for them."""
    name = row[3]
    return row[0] if name is None else name


def _by_time(row: Row) -> int:
    return row[7]


def _read(kept: bytes) -> list[Row]:
    try:
        return _decoder.decode(kept)
    except msgspec.MsgspecError as error:
        raise sqlite3.DatabaseError(f"a row of arrivals is damaged: {error}") from error
