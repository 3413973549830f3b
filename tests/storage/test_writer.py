"""One writer: order of answers, refusals alone, a full disk, what is waiting at the end."""

import asyncio
import os
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.domain.errors import OnthewayError
from app.domain.order import Status
from app.storage.opening import FILE_NAME
from app.storage.store import SqlStore, open_store
from app.storage.writer import MOST_WAITING
from app.tracking.records import Activity, Arrival, Outcome, StoredPosition
from tests.storage.town import (
    acting,
    arrive,
    book,
    hire,
    ids,
    moment,
    point,
    refused,
    send,
    step,
    taken,
    track,
)


@contextmanager
def full_disk(data_dir: Path, more: int) -> Iterator[None]:
    """The write-ahead log, and any other file, may grow by ``more`` bytes only."""
    size = (data_dir / f"{FILE_NAME}-wal").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + more, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_results_are_told_in_the_order_of_the_writes_before_they_return(
    store: SqlStore,
) -> None:
    ana = await hire(store)
    told: list[str] = []

    async def write(n: int) -> None:
        outcomes = await arrive(
            store, ana, [point(n)], at=n, then=lambda _: told.append(f"then {n}")
        )
        assert not taken(outcomes[0]).flags
        told.append(f"done {n}")

    await asyncio.gather(*map(write, range(300)))
    assert [line for line in told if line.startswith("then")] == [f"then {n}" for n in range(300)]
    assert all(told.index(f"then {n}") < told.index(f"done {n}") for n in range(300))


async def test_what_is_told_is_stored(store: SqlStore, data_dir: Path) -> None:
    ana = await hire(store)
    seen: list[tuple[int, bytes]] = []

    def then(_outcomes: list[Outcome]) -> None:
        with sqlite3.connect(f"file:{data_dir / FILE_NAME}?mode=ro", uri=True) as other:
            seen.extend(other.execute("SELECT num, positions FROM arrivals"))
        other.close()

    await arrive(store, ana, [point(1, "first"), point(2, "second")], at=3, then=then)
    [(_, kept)] = seen
    assert kept.index(b"i:first") < kept.index(b"i:second")


async def test_what_was_told_can_be_read(store: SqlStore) -> None:
    ana = await hire(store)
    for n in range(5):
        await send(store, ana, point(n, f"p{n}"), at=n)
        assert ids(await track(store, ana)) == [f"p{n}" for n in range(n + 1)]


async def test_a_refusal_in_a_group_refuses_only_itself(store: SqlStore) -> None:
    ana = await hire(store)
    await book(store, "A1", ana)
    results = await asyncio.gather(
        *(send(store, ana, point(1, "a"), at=1), hire(store, "ana"), book(store, "A1")),
        *(step(store, "A1", Status.CANCELLED, actor=acting(ana)), hire(store, "bea")),
        *(step(store, "A1", Status.PICKED_UP), send(store, ana, point(2, "b"), at=2)),
        return_exceptions=True,
    )
    codes = [one.code if isinstance(one, OnthewayError) else None for one in results]
    assert codes == [None, "conflict", "already_exists", "illegal_step", None, None, None]
    assert ids(await track(store, ana)) == ["a", "b"]
    assert (await store.orders.get("A1")).seq == 2
    assert len(await store.drivers.all()) == 2


async def test_a_write_that_breaks_off_is_undone_alone(store: SqlStore) -> None:
    ana = await hire(store)
    broken = asyncio.create_task(
        arrive(store, ana, [point(1, "x"), point(2, "\ud800")], at=2, then=lambda _: None)
    )
    good = await send(store, ana, point(3, "y"), point(1, "x"), at=4)
    with refused("unavailable"):
        await broken
    assert not any(taken(outcome).repeat for outcome in good)
    assert ids(await track(store, ana)) == ["x", "y"]


async def test_a_then_that_raises_takes_nothing_from_the_others(store: SqlStore) -> None:
    ana = await hire(store)
    told: list[list[Outcome]] = []

    def fail(_arrival: Arrival) -> None:
        raise RuntimeError("broken viewer")

    store.positions.record(Arrival(ana.num, [point(1, "a")], moment(1), fail))
    await arrive(store, ana, [point(2, "b")], at=2, then=told.append)
    assert len(told) == 1
    assert ids(await track(store, ana)) == ["a", "b"]


async def test_a_caller_who_gave_up_changes_nothing_for_the_viewers(store: SqlStore) -> None:
    ana = await hire(store)
    told = asyncio.Event()
    call = asyncio.create_task(arrive(store, ana, [point(1, "a")], at=1, then=lambda _: told.set()))
    await asyncio.sleep(0)
    call.cancel()
    await asyncio.wait_for(told.wait(), 5)
    assert ids(await track(store, ana)) == ["a"]


async def test_on_a_full_disk_nothing_is_acked_and_later_all_goes_on(
    store: SqlStore, data_dir: Path
) -> None:
    ana = await hire(store)
    await book(store, "A1", ana)
    acked: list[str | None] = []
    with full_disk(data_dir, more=300_000):
        for batch in range(100):
            points = [point(batch * 100 + n, f"{batch}.{n}") for n in range(100)]
            try:
                await send(store, ana, *points, at=20_000)
            except OnthewayError as error:
                assert error.code == "unavailable"
                break
            acked += [one.id for one in points]
        else:
            pytest.fail("the disk never was full")
        with refused("unavailable"):
            await send(store, ana, *points, at=20_000)
        with refused("unavailable"):  # better no history than one that lacks something
            await track(store, ana)
        assert await store.positions.newest_of_drivers([ana.num]) == {}  # viewers are let in
    outcomes = await send(store, ana, *points, at=20_000)
    assert not any(taken(outcome).repeat for outcome in outcomes)
    assert await store.healthy()
    assert (await step(store, "A1", Status.PICKED_UP)).order.seq == 2
    acked += [one.id for one in points]
    assert ids(await _all(store, ana.num)) == acked


async def _all(store: SqlStore, driver_num: int) -> list[StoredPosition]:
    page, _ = await store.positions.of_driver(driver_num, None, None, None, 100_000)
    return page


async def test_a_store_that_can_keep_nothing_says_so_and_keeps_its_log(
    store: SqlStore, data_dir: Path
) -> None:
    assert await store.healthy()
    with full_disk(data_dir, more=0):
        assert not await store.healthy()
        store.activity.note(
            Activity(at=1, kind="a.b", actor_kind="user", actor_id="eva", address=None)
        )
        with refused("unavailable"):
            await hire(store)
    assert await store.healthy()
    await hire(store)
    page, _ = await store.activity.page(None, 10)
    assert [line.at for line in page] == [1]


async def test_a_database_locked_by_others_is_unavailable_then_recovers(
    store: SqlStore, data_dir: Path
) -> None:
    other = sqlite3.connect(data_dir / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with refused("unavailable"):
        await hire(store)
    other.execute("ROLLBACK")
    other.close()
    assert (await hire(store)).id == "ana"


async def test_too_much_waiting_is_unavailable_at_once(store: SqlStore) -> None:
    ana = await hire(store)
    points = [point(n, f"p{n}") for n in range(500)]
    calls = [
        asyncio.create_task(send(store, ana, *points, at=500))
        for _ in range(MOST_WAITING // 500 + 5)
    ]
    results = await asyncio.gather(*calls, return_exceptions=True)
    refusals = [one for one in results if isinstance(one, OnthewayError)]
    assert refusals and len(refusals) < len(results)
    assert {error.code for error in refusals} == {"unavailable"}
    assert len(await _all(store, ana.num)) == 500


async def test_closing_finishes_what_waits_and_refuses_what_comes(data_dir: Path) -> None:
    store = await open_store(data_dir)
    ana = await hire(store)
    told: list[object] = []
    calls = [
        asyncio.create_task(arrive(store, ana, [point(n, f"p{n}")], at=n, then=told.append))
        for n in range(500)
    ]
    await asyncio.sleep(0)
    await store.close()
    assert len(told) == 500
    assert all(call.done() for call in calls)
    for attempt in (hire(store, "bea"), store.drivers.all()):
        with refused("unavailable"):
            await attempt
    assert os.listdir(data_dir) == [FILE_NAME]
    again = await open_store(data_dir)
    assert len(await track(again, ana)) == 500
    await again.close()


async def test_a_damaged_page_is_found_when_it_is_read(data_dir: Path) -> None:
    store = await open_store(data_dir)
    ana = await hire(store)
    for batch in range(40):
        points = [point(batch * 500 + n, f"{batch}.{n}") for n in range(500)]
        await send(store, ana, *points, at=30_000)
    with sqlite3.connect(data_dir / FILE_NAME) as other:
        (page,) = other.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'positions'"
        ).fetchone()
        (size,) = other.execute("PRAGMA page_size").fetchone()
    other.close()
    await store.close()
    store = await open_store(data_dir)
    try:
        with (data_dir / FILE_NAME).open("r+b") as file:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
        with suppress(OnthewayError):
            await store.positions.of_driver(ana.num, None, None, None, 100_000)
        assert not await store.healthy()
    finally:
        await store.close()
