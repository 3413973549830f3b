"""Old positions are deleted by index, a little at a time, and nothing else is."""

import sqlite3
from contextlib import closing
from pathlib import Path

from app.storage.opening import FILE_NAME
from app.storage.positions import _DRIVERS_BEFORE, _FORGET
from app.storage.store import SqlStore
from tests.storage.town import book, hire, history, ids, moment, point, send, taken, track


async def test_the_oldest_of_a_driver_go_first_and_no_more_than_asked(store: SqlStore) -> None:
    ana, ben = await hire(store), await hire(store, "ben")
    order = await book(store, "A1", ana)
    await send(store, ana, *(point(n, f"p{n}", "A1") for n in range(10)), at=20)
    await send(store, ben, point(1, "b1"), point(9, "b9"), at=20)
    await track(store, ana), await track(store, ben)  # filed
    assert await store.positions.drivers_before(moment(0)) == []
    assert await store.positions.drivers_before(moment(1)) == [ana.num]
    assert await store.positions.drivers_before(moment(2)) == [ana.num, ben.num]
    assert await store.positions.forget(ana.num, moment(6), 4) == 4
    assert ids(await track(store, ana)) == [f"p{n}" for n in range(4, 10)]
    assert await store.positions.forget(ana.num, moment(6), 4) == 2
    assert await store.positions.forget(ana.num, moment(6), 4) == 0
    assert await history(store, order) == ["p6", "p7", "p8", "p9"]
    assert ids(await track(store, ben)) == ["b1", "b9"]


async def test_a_driver_of_whom_all_was_deleted_goes_on_as_before(store: SqlStore) -> None:
    ana = await hire(store)
    await send(store, ana, point(1, "p1"), point(2, "p2"), at=3)
    await track(store, ana)
    assert await store.positions.forget(ana.num, moment(100), 500) == 2
    (outcome,) = await send(store, ana, point(101, "p3"), at=102)
    assert taken(outcome).moves
    assert ids(await track(store, ana)) == ["p3"]
    await store.drivers.remove("ana", moment(103), lambda _: None)
    assert await store.positions.drivers_before(moment(200)) == [ana.num]


async def test_nothing_is_scanned_or_sorted(store: SqlStore, data_dir: Path) -> None:
    await hire(store)
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as raw:
        forgetting = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {_FORGET}", (1, 1, 1))]
        looking = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {_DRIVERS_BEFORE}", (1,))]
    for plan in (forgetting, looking):
        about = [line for line in plan if "positions" in line]
        assert about, plan
        assert all(line.startswith("SEARCH positions USING") for line in about), plan
        assert not any("B-TREE" in line for line in plan), plan
