"""The whole fleet at a moment of the past, and around it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.storage.store import SqlStore
from app.storage.tracks import AT, FIRST, SAMPLED
from app.tracking.records import StoredPosition
from tests.storage.town import assign, book, hire, ids, ignore, moment, point, refused, send


def named(found: dict[int, StoredPosition]) -> set[str | None]:
    """The ids of positions."""
    return {position.id for position in found.values()}


async def test_the_fleet_at_a_moment_is_each_drivers_newest_of_then(store: SqlStore) -> None:
    ana, bea, _ = [await hire(store, name) for name in ("ana", "bea", "idle")]
    await send(store, ana, point(10, "a10"), point(20, "a20"), point(30, "a30"), at=40)
    await send(store, bea, point(5, "b5"), at=40)
    assert named(await store.tracks.at(moment(20), moment(0))) == {"a20", "b5"}
    assert named(await store.tracks.at(moment(19), moment(0))) == {"a10", "b5"}
    assert named(await store.tracks.at(moment(25), moment(6))) == {"a20"}
    assert await store.tracks.at(moment(4), moment(0)) == {}


async def test_what_says_nothing_true_is_passed_over(store: SqlStore) -> None:
    ana = await hire(store)
    await send(
        store,
        ana,
        *(point(10, "good"), point(12, "bad", accuracy=500), point(11, "far", lat=58.0)),
        at=20,
    )
    assert named(await store.tracks.at(moment(15), moment(0))) == {"good"}
    sampled = await store.tracks.sampled([ana.num], moment(0), moment(20), 1_000_000)
    assert ids(sampled[ana.num]) == ["good"]


async def test_the_fleets_work_begins_with_what_belongs_to_a_track(store: SqlStore) -> None:
    ana, bea, _ = [await hire(store, name) for name in ("ana", "bea", "idle")]
    await send(store, ana, point(10, "a10"), point(20, "bad", accuracy=500), point(40, "a"), at=50)
    await send(store, bea, point(30, "b30"), at=50)
    firsts = [await store.tracks.first(moment(since)) for since in (0, 10, 11, 31, 41)]
    assert firsts == [moment(10), moment(10), moment(30), moment(40), None]


async def test_what_came_late_has_its_place(store: SqlStore) -> None:
    ana = await hire(store)
    await send(store, ana, point(30, "new"), point(10, "late"), at=40)
    assert named(await store.tracks.at(moment(15), moment(0))) == {"late"}


async def test_of_each_step_the_first_is_sampled(store: SqlStore) -> None:
    ana, bea, idle = [await hire(store, name) for name in ("ana", "bea", "idle")]
    await send(store, ana, *(point(s, f"a{s}") for s in (1, 3, 12, 14, 19, 35, 41)), at=50)
    await send(store, bea, point(20, "b20"), at=50)
    nums = [ana.num, bea.num, idle.num]
    found = await store.tracks.sampled(nums, moment(0), moment(40), 10_000_000)
    assert {num: ids(samples) for num, samples in found.items()} == {
        ana.num: ["a1", "a12", "a35"],
        bea.num: ["b20"],
    }


async def test_a_removed_driver_keeps_his_past(store: SqlStore) -> None:
    ana = await hire(store)
    await send(store, ana, point(10, "a"), at=10)
    await store.drivers.remove("ana", moment(20), ignore)
    assert [driver.id for driver in await store.tracks.drivers()] == ["ana"]
    assert (await store.tracks.driver("ana")).deleted_at == moment(20)
    assert named(await store.tracks.at(moment(15), moment(0))) == {"a"}
    with refused("not_found"):
        await store.tracks.driver("nobody")


async def test_who_had_an_order_is_known_with_the_times(store: SqlStore) -> None:
    ana, bea = await hire(store), await hire(store, "bea")
    order, other = await book(store, driver=ana, at=1), await book(store, "A2", driver=bea)
    await assign(store, order.id, bea, at=5)
    await assign(store, order.id, ana, at=9)
    await assign(store, order.id, None, at=12)
    await store.drivers.remove("ana", moment(20), ignore)
    had = await store.tracks.of_order(order.num)
    assert [(at, driver.id) for at, driver in had] == [
        (moment(1), "ana"),
        (moment(5), "bea"),
        (moment(9), "ana"),
    ]
    assert [driver.id for _, driver in await store.tracks.of_order(other.num)] == ["bea"]
    assert await store.tracks.of_order(99) == []


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("query", [AT, FIRST, SAMPLED])
def test_no_query_reads_more_than_it_needs(data_dir: Path, query: str) -> None:
    values = {"since": 0, "moment": 1, "driver": 1, "begin": 0, "end": 1, "step": 1}
    with closing(sqlite3.connect(data_dir / "ontheway.db")) as connection:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {query}", values).fetchall()
    details = [row[3] for row in rows]
    assert any("ix_positions_driver_at (driver_num=? AND at>?" in one for one in details)
    assert not any(one.startswith("SCAN positions") for one in details)
