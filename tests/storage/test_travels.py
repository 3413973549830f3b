"""Ways are added up exactly once, in whatever order positions are filed, and after a crash."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.times import SECOND
from app.storage.travels import add_up
from app.storage.unfiled import Unfiled

METRE = 1 / 111_195
"""Degrees of latitude."""
SCHEMA = """
CREATE TABLE positions (num INTEGER PRIMARY KEY, driver_num, order_num, name, lat, lng, fix_time,
    at, arrived_at, accuracy, speed, heading, altitude, battery, flags, UNIQUE (driver_num, name));
CREATE TABLE arrivals (num INTEGER PRIMARY KEY, positions BLOB NOT NULL);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE odometers (driver_num INTEGER PRIMARY KEY, lat, lng, at);
CREATE TABLE travels (begin, driver_num, metres, PRIMARY KEY (begin, driver_num));
CREATE TABLE quarters (begin INTEGER PRIMARY KEY, metres, drivers, viewers);
"""


class Yard:
    """Drivers who send positions, and what is done with these."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw
        self.cursor = raw.cursor()
        self.unfiled = Unfiled(self.cursor)
        self.places: dict[int, int] = {}
        self.expected: dict[int, int] = {}
        self.sent = 0

    def send(self, driver: int, metres: int) -> None:
        """One more position of a driver, so far from his last one; a group of its own."""
        self.sent += 1
        at = self.sent * SECOND
        if driver in self.places:
            self.expected[driver] = self.expected.get(driver, 0) + metres
        self.places[driver] = place = self.places.get(driver, 0) + metres
        num, lat = self.unfiled.next_num(), place * METRE
        head = (num, driver, None, f"n{num}", lat, 0.0, at, at, at)
        self.unfiled.add((*head, 5.0, None, None, None, None, 0))
        self.unfiled.keep(self.cursor)

    def crash(self) -> None:
        """What is in memory is lost."""
        self.unfiled = Unfiled(self.cursor)

    def add_up(self, most: int) -> bool:
        """Add up one slice; whether there was anything."""
        sums = add_up(self.raw, most)
        return sums is not None and sums.write(self.cursor)

    def finish(self) -> None:
        """File and add up all."""
        while self.unfiled.pending:
            self.unfiled.file_some(self.cursor, 100)
        while self.add_up(100):
            pass

    def added(self) -> dict[int, int]:
        """Metres by driver."""
        query = "SELECT driver_num, sum(metres) FROM travels GROUP BY driver_num"
        return {num: round(metres) for num, metres in self.raw.execute(query)}


@contextmanager
def yard() -> Iterator[Yard]:
    """A new one."""
    raw = sqlite3.connect(":memory:", isolation_level=None)
    raw.executescript(SCHEMA)
    yield Yard(raw)
    raw.close()


drivers = st.integers(1, 3)
deeds = st.one_of(
    st.tuples(st.just("send"), drivers, st.integers(20, 500)),
    st.tuples(st.just("file"), drivers, st.none()),
    st.tuples(st.just("file some"), st.integers(1, 4), st.none()),
    st.tuples(st.just("add up"), st.integers(1, 4), st.none()),
    st.tuples(st.just("crash"), st.none(), st.none()),
)


@given(st.lists(deeds, max_size=60))
def test_every_position_is_added_up_once(todo: list[tuple[str, int, int]]) -> None:
    with yard() as there:
        for deed, number, metres in todo:
            match deed:
                case "send":
                    there.send(number, metres)
                case "file":
                    there.unfiled.file_driver(there.cursor, number)
                case "file some":
                    there.unfiled.file_some(there.cursor, number)
                case "add up":
                    there.add_up(number)
                case _:
                    there.crash()
        there.finish()
        assert there.added() == there.expected
        (fleet,) = there.raw.execute("SELECT total(metres) FROM quarters").fetchone()
        assert fleet == pytest.approx(sum(there.expected.values()), abs=1.0)


def test_what_was_filed_early_waits_for_what_came_before_it() -> None:
    with yard() as there:
        there.send(1, 100)
        there.send(2, 100)
        there.send(2, 100)
        there.unfiled.file_driver(there.cursor, 2)
        assert not there.add_up(100)
        there.finish()
        assert there.added() == {2: 100}


def test_numbers_that_are_used_again_are_added_up_too() -> None:
    with yard() as there:
        for _ in range(5):
            there.send(1, 100)
        there.finish()
        there.raw.execute("DELETE FROM positions WHERE num > 1")
        there.crash()
        assert there.unfiled.next_num() == 2
        there.add_up(100)
        there.send(1, 100)
        there.finish()
        assert there.added() == {1: 500}
