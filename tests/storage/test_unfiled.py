"""Positions wait for their table: nothing is lost, double or hidden, whatever happens meanwhile."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.storage import recorder, unfiled, writer
from app.storage.opening import FILE_NAME
from app.storage.store import SqlStore, open_store
from app.storage.unfiled import Row, Unfiled
from tests.storage.town import (
    assign,
    book,
    duty,
    hire,
    history,
    ids,
    point,
    reopened,
    send,
    taken,
    track,
)

SCHEMA = """
CREATE TABLE positions (num INTEGER PRIMARY KEY, driver_num, order_num, name, lat, lng, fix_time,
    at, arrived_at, accuracy, speed, heading, altitude, battery, flags, UNIQUE (driver_num, name));
CREATE TABLE arrivals (num INTEGER PRIMARY KEY, positions BLOB NOT NULL);
"""


@pytest.fixture
def cursor() -> Iterator[sqlite3.Cursor]:
    """The two tables."""
    raw = sqlite3.connect(":memory:", isolation_level=None)
    raw.executescript(SCHEMA)
    yield raw.cursor()
    raw.close()


def row(waiting: Unfiled, driver: int, name: str | None, at: int = 0) -> Row:
    """A position."""
    num = waiting.next_num()
    return (num, driver, None, name, 1.5, 2.5, at, at, at, None, None, None, None, None, 0)


def add(waiting: Unfiled, driver: int, name: str | None, at: int = 0) -> None:
    """One more."""
    waiting.add(row(waiting, driver, name, at))


def filed(cursor: sqlite3.Cursor) -> list[tuple[int, str | None]]:
    """What is in the table: driver and name."""
    return cursor.execute("SELECT driver_num, name FROM positions ORDER BY num").fetchall()


def groups(cursor: sqlite3.Cursor) -> int:
    """How many groups are kept."""
    return int(cursor.execute("SELECT count(*) FROM arrivals").fetchone()[0])


def test_a_group_is_one_row_and_comes_back(cursor: sqlite3.Cursor) -> None:
    waiting = Unfiled(cursor)
    for number in range(300):
        add(waiting, number % 7, f"n{number}", number)
    add(waiting, 1, None)
    waiting.keep(cursor)
    assert (groups(cursor), filed(cursor)) == (1, [])
    again = Unfiled(cursor)
    assert again.count == waiting.count == 301
    for driver in range(7):
        assert again.of(driver) == waiting.of(driver)
    assert again.next_num() == waiting.next_num()


def test_filing_one_driver_leaves_the_others(cursor: sqlite3.Cursor) -> None:
    waiting = Unfiled(cursor)
    add(waiting, 1, "b", 2)
    add(waiting, 2, "x")
    add(waiting, 1, "a", 1)
    waiting.keep(cursor)
    waiting.file_driver(cursor, 1)
    assert sorted(filed(cursor)) == [(1, "a"), (1, "b")]
    waiting.committed()
    assert not waiting.holds(1)
    assert waiting.holds(2)
    assert waiting.count == 1
    assert groups(cursor) == 1  # the other one is still in it


def test_a_round_clears_away_only_what_it_filed(cursor: sqlite3.Cursor) -> None:
    waiting = Unfiled(cursor)
    for number in range(10):
        add(waiting, number % 2, f"old{number}", number)
    waiting.keep(cursor)
    waiting.file_some(cursor, 4)  # a round begins
    add(waiting, 5, "new")
    waiting.keep(cursor)
    waiting.file_some(cursor, 6)
    assert groups(cursor) == 1
    assert ("new" in dict(filed(cursor)).values(), waiting.holds(5)) == (False, True)
    waiting.file_some(cursor, 100)
    assert (groups(cursor), waiting.count, waiting.pending) == (0, 0, False)
    assert len(filed(cursor)) == 11


def test_what_was_added_can_be_taken_back(cursor: sqlite3.Cursor) -> None:
    waiting = Unfiled(cursor)
    add(waiting, 1, "stays")
    mark = waiting.mark()
    add(waiting, 1, "goes")
    add(waiting, 2, "goes")
    waiting.undo(mark)
    waiting.keep(cursor)
    for found in (waiting, Unfiled(cursor)):
        assert [each[3] for each in found.of(1)] == ["stays"]
        assert (found.holds(2), found.count) == (False, 1)


def test_what_is_being_filed_waits_until_it_can_be_read(cursor: sqlite3.Cursor) -> None:
    waiting = Unfiled(cursor)
    for driver in (1, 2):
        add(waiting, driver, "a")
    waiting.keep(cursor)
    waiting.file_driver(cursor, 1)
    waiting.file_some(cursor, 10)
    assert waiting.holds(1)
    assert waiting.holds(2)
    waiting.committed()
    assert not waiting.holds(1)
    assert not waiting.holds(2)


def test_a_name_that_was_kept_twice_is_filed_once_and_all_is_done(cursor: sqlite3.Cursor) -> None:
    """As a crash leaves it where an id was used again for a newer fix once the first was filed."""
    before = Unfiled(cursor)
    add(before, 1, "a", at=1)
    before.keep(cursor)
    before.file_driver(cursor, 1)
    add(before, 1, "a", at=2)
    before.keep(cursor)
    cursor.execute("DELETE FROM positions")  # the filing was not committed
    waiting = Unfiled(cursor)
    assert waiting.count == 1
    waiting.file_some(cursor, 10)
    assert not waiting.pending
    assert groups(cursor) == 0
    assert cursor.execute("SELECT name, at FROM positions").fetchall() == [("a", 1)]


def test_damage_is_told(cursor: sqlite3.Cursor) -> None:
    cursor.execute("INSERT INTO arrivals VALUES (1, x'c1')")
    with pytest.raises(sqlite3.DatabaseError, match="damaged"):
        Unfiled(cursor)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 3)),
        st.tuples(st.just("keep"), st.just(0)),
        st.tuples(st.just("driver"), st.integers(0, 3)),
        st.tuples(st.just("some"), st.integers(1, 5)),
        st.tuples(st.just("crash"), st.just(0)),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(steps)
def test_every_position_that_was_kept_is_filed_in_the_end_once(
    steps: list[tuple[str, int]],
) -> None:
    """Groups are kept before they are filed, as the writer does; a crash loses what is not."""
    raw = sqlite3.connect(":memory:", isolation_level=None)
    raw.executescript(SCHEMA)
    cursor = raw.cursor()
    waiting = Unfiled(cursor)
    kept: list[tuple[int, str]] = []
    fresh: list[tuple[int, str]] = []
    for number, (step, value) in enumerate(steps):
        if step == "add":
            add(waiting, value, f"n{number}", number)
            fresh.append((value, f"n{number}"))
            continue
        if step == "crash":
            waiting, fresh = Unfiled(cursor), []
            continue
        waiting.keep(cursor)
        kept, fresh = kept + fresh, []
        if step == "driver":
            waiting.file_driver(cursor, value)
        elif step == "some":
            waiting.file_some(cursor, value)
    waiting = Unfiled(cursor)
    waiting.file_some(cursor, 1_000)
    assert sorted(filed(cursor)) == sorted(kept)
    assert (groups(cursor), waiting.pending) == (0, False)
    raw.close()


# through the store


async def test_repeats_are_known_while_the_first_waits_and_after_it_was_filed(
    store: SqlStore,
) -> None:
    ana = await hire(store)
    await send(store, ana, point(1, "p"), point(2), at=3)
    waits = await send(store, ana, point(1, "p"), point(2), at=4)
    assert ids(await track(store, ana)) == ["p", None]  # reading files them
    table = await send(store, ana, point(1, "p"), point(2), at=5)
    assert [taken(outcome).repeat for outcome in (*waits, *table)] == [True] * 4


async def test_another_fix_under_an_id_of_before_is_acked_and_not_in_the_history(
    store: SqlStore,
) -> None:
    ana = await hire(store)
    await send(store, ana, point(1, "p"), at=1)
    await track(store, ana)  # reading files it
    (outcome,) = await send(store, ana, point(9, "p", lat=50), at=9)
    assert taken(outcome)
    (kept,) = await track(store, ana)
    assert (kept.id, kept.lat) == ("p", 48)


async def test_history_of_an_order_holds_what_waits_of_every_driver_it_had(
    store: SqlStore,
) -> None:
    ana, bea = await hire(store, "ana"), await hire(store, "bea")
    order = await book(store, "A1", ana)
    await send(store, ana, point(1, "a"), at=1)
    await assign(store, "A1", bea, 2)
    await send(store, bea, point(3, "b"), at=3)
    await send(store, ana, point(1.5, "late", "A1"), at=4)
    assert await history(store, order) == ["a", "late", "b"]
    newest = await store.positions.newest_of_orders([order.num])
    assert newest[order.num].id == "b"


async def test_a_driver_is_judged_by_what_waits_after_he_changed(store: SqlStore) -> None:
    ana = await hire(store)
    await send(store, ana, point(10, "first"), at=10)
    await duty(store, ana, False, 20)
    await duty(store, ana, True, 30)
    (late,) = await send(store, ana, point(5, "late"), at=31)
    assert taken(late).moves is False


async def test_many_that_wait_are_filed_when_times_must_be_compared(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "LOOKED_THROUGH", 3)
    ana = await hire(store)
    await send(store, ana, *(point(n, f"p{n}") for n in range(10)), at=10)
    same, other = await send(store, ana, point(4, "again"), point(4, "else", lat=49), at=11)
    names = [flag.name for outcome in (same, other) for flag in taken(outcome).flags]
    assert names == ["LATE", "REPEATED", "LATE", "SAME_TIME"]


async def test_a_crash_while_they_wait_loses_nothing(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "IDLE_SECONDS", 60.0)
    store = await open_store(data_dir)
    ana = await hire(store)
    await send(store, ana, *(point(n, f"p{n}") for n in range(50)), at=60)
    copy = data_dir.parent / "copy"
    shutil.copytree(data_dir, copy)  # as a killed process leaves it
    await store.close()
    again = await open_store(copy)
    assert len(await track(again, ana)) == 50
    (repeat,) = await send(again, ana, point(7, "p7"), at=61)
    assert taken(repeat).repeat
    await again.close()


async def test_stopping_files_everything(store: SqlStore, data_dir: Path) -> None:
    ana = await hire(store)
    await send(store, ana, *(point(n, f"p{n}") for n in range(50)), at=60)
    async with reopened(store, data_dir):
        with sqlite3.connect(data_dir / FILE_NAME) as raw:
            counts = raw.execute("SELECT (SELECT count(*) FROM positions), count(*) FROM arrivals")
            assert counts.fetchone() == (50, 0)
        raw.close()


async def test_under_load_they_are_filed_as_fast_as_they_come(
    store: SqlStore, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("MOST", 100), ("SLICE", 50), ("IDLE_SECONDS", 60.0)):
        monkeypatch.setattr(writer, name, value)
    assert unfiled.MOST > 100
    ana = await hire(store)
    waits = []
    with sqlite3.connect(data_dir / FILE_NAME) as raw:
        for batch in range(40):
            points = [point(batch * 20 + n, f"{batch}.{n}") for n in range(20)]
            await send(store, ana, *points, at=1_000)
            (count,) = raw.execute("SELECT count(*) FROM positions").fetchone()
            waits.append((batch + 1) * 20 - count)
    raw.close()
    assert 100 <= max(waits) <= 200
    assert len(await track(store, ana)) == 800
