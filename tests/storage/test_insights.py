"""Figures of the past: what is counted when, and ways that are added up exactly once."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from time import perf_counter

import pytest

from app.domain.days import QUARTER, quarter_of
from app.domain.eta import Window
from app.domain.figures import Deliveries
from app.domain.order import Status
from app.domain.times import DAY, HOUR
from app.storage import insights, travels, writer
from app.storage.opening import FILE_NAME
from app.storage.store import SqlStore
from app.tracking.records import Driver, DriverDay, OrderDetails
from tests.storage.town import (
    acting,
    book,
    hire,
    moment,
    point,
    refused,
    reopened,
    send,
    step,
)

BEGIN = quarter_of(moment(0)) + QUARTER
"""Of a quarter of an hour; positions and orders of these tests come after."""
AT = (BEGIN - moment(0)) / 1e6
"""The same in the seconds of the town."""
METRE = 1 / 111_195
"""Degrees of latitude."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Positions are filed soon."""
    monkeypatch.setattr(writer, "IDLE_SECONDS", 0.02)


async def drive(store: SqlStore, driver: Driver, *metres: float, at: float = AT) -> None:
    """Fixes 10 seconds and so many metres apart, one message each."""
    lat = 48.0
    for place, step_ in enumerate(metres):
        lat += step_ * METRE
        when = at + 10 * place
        await send(store, driver, point(when, f"{driver.id}-{when}", lat=lat), at=when)


async def add_up(store: SqlStore) -> None:
    """Everything that was sent, once it is filed."""
    assert await store.healthy()
    async with asyncio.timeout(10):
        while store._writer._unfiled is None or store._writer._unfiled.pending:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert await store.healthy()
    while await store.insights.add_up():
        pass


async def ways(store: SqlStore, since: int = BEGIN) -> dict[int, int]:
    """Metres by driver."""
    days = await store.insights.by_driver(since)
    return {num: round(day.metres) for num, day in days.items()}


async def deliver(
    store: SqlStore, order_id: str, made: float, ended: float, promised: float | None = None
) -> None:
    """An order that was delivered."""
    window = None if promised is None else Window(moment(made), moment(promised))
    await book(store, order_id, at=made, details=OrderDetails(window=window))
    await step(store, order_id, Status.DELIVERED, ended)


async def test_deliveries_are_counted_where_they_ended(store: SqlStore) -> None:
    await deliver(store, "A", 0, 1_800, promised=1_900)
    await deliver(store, "B", 60, 1_860, promised=1_850)
    await deliver(store, "C", 0, 2_000)
    await deliver(store, "D", 0, 9_000, promised=9_001)
    await book(store, "E", at=0)
    spans = [(moment(0), moment(2_000)), (moment(2_000), moment(9_000)), (moment(1), moment(2))]
    assert await store.insights.deliveries(spans) == [
        Deliveries(2, 2, 1, [30, 30]),
        Deliveries(1, 0, 0, [33]),
        Deliveries(0, 0, 0, []),
    ]


async def test_what_is_opened_again_was_not_delivered(store: SqlStore) -> None:
    await deliver(store, "A", 0, 100)
    span = [(moment(0), moment(1_000))]
    await step(store, "A", Status.IN_TRANSIT, 200, force=True)
    assert (await store.insights.deliveries(span))[0].delivered == 0
    await step(store, "A", Status.FAILED, 300)
    assert await store.insights.failures([*span, (moment(0), moment(300))]) == [1, 0]


@pytest.mark.parametrize(
    ("promised", "expected"), [(99, (1, 0)), (100, (1, 0)), (101, (1, 1)), (None, (0, 0))]
)
async def test_on_time_is_before_the_end_of_what_was_promised(
    store: SqlStore, promised: float | None, expected: tuple[int, int]
) -> None:
    await deliver(store, "A", 0, 100, promised)
    (found,) = await store.insights.deliveries([(moment(0), moment(1_000))])
    assert (found.promised, found.on_time) == expected


async def test_a_way_is_added_up_by_driver_and_quarter(store: SqlStore) -> None:
    ana, bob = await hire(store, "ana"), await hire(store, "bob")
    await drive(store, ana, 0, 100, 100, 100)
    await drive(store, bob, 0, 50)
    await drive(store, ana, 400, at=AT + 900)
    await add_up(store)
    assert await ways(store) == {ana.num: 400, bob.num: 50}
    assert await ways(store, BEGIN + QUARTER) == {ana.num: 100}
    found = await store.insights.quarters(BEGIN, BEGIN + HOUR)
    assert [(one.begin, round(one.metres)) for one in found] == [
        (BEGIN, 350),
        (BEGIN + QUARTER, 100),
    ]


async def test_what_is_flagged_does_not_count(store: SqlStore) -> None:
    ana = await hire(store)
    await drive(store, ana, 0, 100)
    teleport = point(AT + 20, "t", lat=49.0)
    late = point(AT + 5, "l", lat=48.5)
    vague = point(AT + 25, "v", lat=48.0 + 300 * METRE, accuracy=400.0)
    again = point(AT + 10, "r", lat=48.0 + 100 * METRE)
    await send(store, ana, teleport, late, vague, again, at=AT + 30)
    await add_up(store)
    assert await ways(store) == {ana.num: 100}


async def test_each_position_is_added_up_once_however_small_the_slices(
    store: SqlStore, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insights, "SLICE", 2)
    ana, bob = await hire(store, "ana"), await hire(store, "bob")
    for n in range(5):
        await drive(store, ana, 20 * n * 10, at=AT + 10 * n)
        await drive(store, bob, 20 * n * 5, at=AT + 10 * n)
        await store.insights.add_up()
    async with reopened(store, data_dir) as again:
        await add_up(again)
        await add_up(again)
        assert await ways(again) == {ana.num: 800, bob.num: 400}


async def test_sums_that_could_not_be_kept_are_made_again(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await hire(store)
    await drive(store, ana, 0, 100)
    statement = travels._ADD_TO_FLEET
    monkeypatch.setattr(travels, "_ADD_TO_FLEET", "INSERT INTO nowhere VALUES (?, ?)")
    with refused("unavailable"):
        await add_up(store)
    assert await ways(store) == {}
    monkeypatch.setattr(travels, "_ADD_TO_FLEET", statement)
    await add_up(store)
    assert await ways(store) == {ana.num: 100}


async def test_the_same_sums_are_never_kept_twice(store: SqlStore, data_dir: Path) -> None:
    ana = await hire(store)
    await drive(store, ana, 0, 100)
    with closing(sqlite3.connect(data_dir / FILE_NAME, isolation_level=None)) as raw:
        while (sums := travels.add_up(raw)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await add_up(store)
        assert not sums.write(raw.cursor())
    assert await ways(store) == {ana.num: 100}


async def test_what_a_driver_did_today(store: SqlStore) -> None:
    ana = await hire(store)
    for order_id, status in (
        ("A", Status.DELIVERED),
        ("B", Status.DELIVERED),
        ("C", Status.FAILED),
    ):
        await book(store, order_id, ana, at=AT)
        await step(store, order_id, status, AT + 60, actor=acting(ana))
    assert await store.insights.by_driver(BEGIN) == {ana.num: DriverDay(2, 1, 0.0)}
    assert await store.insights.by_driver(BEGIN + QUARTER) == {}


async def test_the_most_of_a_quarter_is_kept_beside_its_way(store: SqlStore) -> None:
    ana = await hire(store)
    store.insights.note_peak(BEGIN, 3, 5)
    store.insights.note_peak(BEGIN, 4, 2)
    await drive(store, ana, 0, 100)
    await add_up(store)
    store.insights.note_peak(BEGIN, 1, 1)
    await store.healthy()
    (found,) = await store.insights.quarters(BEGIN, BEGIN + QUARTER)
    assert (found.drivers, found.viewers, round(found.metres)) == (4, 5, 100)


async def test_a_month_of_a_hundred_thousand_orders_is_read_by_the_index_alone(
    store: SqlStore, data_dir: Path
) -> None:
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as raw:
        raw.execute(
            "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 99999) "
            "INSERT INTO orders (id, status, seq, folded, created_at, updated_at, ended_at, "
            "window_end) SELECT 'o' || n, CASE n % 20 WHEN 0 THEN 'failed' ELSE 'delivered' END, "
            "3, '', :begin + n * 25000000 - n % 7000 * 1000000, 0, :begin + n * 25000000, "
            ":begin + n * 25000000 + n % 90 * 1000000 FROM n",
            {"begin": BEGIN},
        )
        raw.commit()
        for statement, values in (
            (insights.DELIVERED, ("[]",)),
            (insights._FAILED, (BEGIN, BEGIN + DAY)),
        ):
            plan = raw.execute("EXPLAIN QUERY PLAN " + statement, values).fetchall()
            (read,) = [row[3] for row in plan if "orders" in row[3]]
            index = "SEARCH orders USING COVERING INDEX ix_orders_ended (status=? AND ended_at>? "
            assert read.startswith(index), plan
    spans = [(BEGIN + n * HOUR, BEGIN + (n + 1) * HOUR) for n in range(30 * 24)]
    took = []
    for _ in range(3):
        start = perf_counter()
        found = await store.insights.deliveries(spans)
        took.append(perf_counter() - start)
    assert sum(one.delivered for one in found) > 90_000
    assert min(took) < 3  # a hundredth, on a machine that does nothing else
