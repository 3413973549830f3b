"""Histories: what belongs to an order, page by page; the newest that moves a marker."""

from pathlib import Path

import pytest

from app.domain.order import Status
from app.storage.store import SqlStore
from tests.storage.town import (
    assign,
    book,
    duty,
    hire,
    history,
    ids,
    moment,
    point,
    refused,
    reopened,
    send,
    step,
)


async def test_an_order_has_the_points_of_its_times_and_those_that_name_it(
    store: SqlStore,
) -> None:
    ana, bea = await hire(store, "ana"), await hire(store, "bea")
    order = await book(store, "A1", ana, at=10)
    await book(store, "B1", ana, at=10)
    await assign(store, "A1", bea, 20)
    await step(store, "A1", Status.DELIVERED, at=30)
    await send(
        store,
        ana,
        *(point(9, "early"), point(10, "from"), point(19, "in"), point(20, "gone")),
        *(point(12, "other", "B1"), point(5, "named early", "A1"), point(25, "named late", "A1")),
        at=40,
    )
    await send(
        store,
        bea,
        point(19, "not yet"),
        point(20, "hers"),
        point(29, "last"),
        point(30, "after"),
        at=40,
    )
    assert await history(store, order) == [
        *("named early", "from", "in", "hers", "named late", "last")
    ]


async def test_a_reopened_order_goes_on_with_a_new_time(store: SqlStore) -> None:
    ana = await hire(store)
    order = await book(store, "A1", ana, at=10)
    await step(store, "A1", Status.FAILED, at=20)
    await step(store, "A1", Status.IN_TRANSIT, at=30, force=True)
    await send(store, ana, *(point(s, f"p{s}") for s in (15, 25, 35)), at=40)
    assert await history(store, order) == ["p15", "p35"]


async def test_points_of_one_time_that_two_orders_share_are_in_both(store: SqlStore) -> None:
    ana = await hire(store)
    orders = [await book(store, name, ana) for name in ("A1", "A2")]
    await send(store, ana, point(5, "p"), at=5)
    assert [await history(store, order) for order in orders] == [["p"], ["p"]]


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
async def test_pages_hold_every_point_once_in_order_of_time(store: SqlStore, limit: int) -> None:
    ana = await hire(store)
    order = await book(store, "A1", ana)
    seconds = [7, 3, 3, 9, 1, 3, 8]
    await send(
        store,
        ana,
        *(point(s, f"p{n}", "A1" if n % 2 else None) for n, s in enumerate(seconds)),
        at=20,
    )
    expected = [f"p{n}" for n, _ in sorted(enumerate(seconds), key=lambda pair: pair[1])]
    for read, num in ((store.positions.of_order, order.num), (store.positions.of_driver, ana.num)):
        found: list[str | None] = []
        cursor = None
        while True:
            page, cursor = await read(num, None, None, cursor, limit)
            assert len(page) <= limit
            found += ids(page)
            if cursor is None:
                break
        assert found == expected


async def test_from_and_to_are_both_within(store: SqlStore) -> None:
    ana = await hire(store)
    order = await book(store, "A1", ana)
    await send(store, ana, *(point(s, f"p{s}") for s in range(6)), at=9)
    for read, num in ((store.positions.of_order, order.num), (store.positions.of_driver, ana.num)):
        page, cursor = await read(num, moment(2), moment(4), None, 2)
        assert ids(page) == ["p2", "p3"]
        page, cursor = await read(num, moment(2), moment(4), cursor, 2)
        assert (ids(page), cursor) == (["p4"], None)


@pytest.mark.parametrize(
    "cursor", ["", "x", "MQ", "MS4yLjM", "é", "MS4x" * 30, "====", "OTk5OTk5OTk5OTk5OTk5OTk5OTkuMQ"]
)
async def test_a_cursor_from_nowhere_is_refused_and_named(store: SqlStore, cursor: str) -> None:
    with refused("invalid_field", "cursor"):
        await store.positions.of_order(1, None, None, cursor, 10)
    with refused("invalid_field", "cursor"):
        await store.positions.of_driver(1, None, None, cursor, 10)


async def test_what_nobody_has_is_empty(store: SqlStore) -> None:
    assert await store.positions.of_order(99, None, None, None, 10) == ([], None)
    assert await store.positions.of_driver(99, None, None, None, 10) == ([], None)
    assert await store.positions.newest_of_orders([99]) == {}
    assert await store.positions.newest_of_drivers([99]) == {}


async def test_the_newest_is_the_newest_that_may_move_a_marker(
    store: SqlStore, data_dir: Path
) -> None:
    ana, bea = await hire(store, "ana"), await hire(store, "bea")
    order, empty = await book(store, "A1", ana, at=0), await book(store, "E", ana, at=90)
    await send(
        store,
        ana,
        point(1, "a"),
        point(5, "b"),
        point(3, "late"),
        point(6, "bad", accuracy=500),
        at=9,
    )
    await send(store, bea, point(8, "bea's"), at=9)
    async with reopened(store, data_dir) as again:
        orders = await again.positions.newest_of_orders([order.num, empty.num])
        drivers = await again.positions.newest_of_drivers([ana.num, bea.num])
        assert {num: kept.id for num, kept in orders.items()} == {order.num: "b"}
        assert {num: kept.id for num, kept in drivers.items()} == {
            ana.num: "b",
            bea.num: "bea's",
        }


async def test_the_newest_of_an_order_ends_when_it_leaves_the_driver(store: SqlStore) -> None:
    ana, bea = await hire(store, "ana"), await hire(store, "bea")
    order = await book(store, "A1", ana, at=0)
    await send(store, ana, point(5, "a", "A1"), at=5)
    await assign(store, "A1", bea, 10)
    await send(store, ana, point(12, "a2", "A1"), point(13, "a3"), at=13)
    newest = await store.positions.newest_of_orders([order.num])
    assert newest[order.num].id == "a"
    await send(store, bea, point(14, "b", "A1"), at=14)
    await step(store, "A1", Status.DELIVERED, at=20)
    await send(store, bea, point(25, "b2", "A1"), at=25)
    newest = await store.positions.newest_of_orders([order.num])
    assert newest[order.num].id == "b"
    assert ids(await store.positions.way_of_order(order.num, moment(0), 10)) == ["a", "b"]


async def test_a_long_day_of_duty_changes_keeps_the_track(store: SqlStore) -> None:
    ana = await hire(store)
    order = await book(store, "A1", ana, at=0)
    for hour in range(5):
        await duty(store, ana, False, 100 * hour + 50)
        await duty(store, ana, True, 100 * hour + 90)
    await send(store, ana, *(point(s, f"p{s}") for s in range(0, 500, 10)), at=600)
    expected = [f"p{s}" for s in range(0, 500, 10) if not 50 <= s % 100 < 90]
    assert await history(store, order) == expected


async def test_the_way_of_an_order_ends_with_the_newest_that_moved_the_marker(
    store: SqlStore,
) -> None:
    ana, bea = await hire(store, "ana"), await hire(store, "bea")
    order = await book(store, "A1", ana, at=10)
    await assign(store, "A1", bea, 20)
    await send(store, ana, *(point(s, f"a{s}") for s in (12, 14, 13, 16, 25)), at=40)
    await send(store, bea, point(21, "b21"), point(23, "b23", "A1"), at=40)
    whole = await store.positions.way_of_order(order.num, moment(11), 10)
    assert ids(whole) == ["a12", "a14", "a16", "b21", "b23"], "a13 came late"
    assert await store.positions.way_of_order(order.num, moment(13), 3) == whole[-3:]
    assert await store.positions.way_of_order(order.num, moment(30), 3) == []
