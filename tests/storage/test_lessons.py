"""Delivered orders are learned from, each once, and only those that teach something."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.eta import DEFAULT
from app.domain.geo import Place
from app.domain.lessons import PAIRS, Lesson, calibrations
from app.domain.order import Status
from app.domain.times import HOUR
from app.storage import lessons
from app.storage.opening import FILE_NAME
from app.storage.store import SqlStore
from app.tracking.records import Driver, OrderDetails, Spotted
from tests.storage.town import assign, book, hire, moment, point, refused, reopened, send, step

METRE = 1 / 111_195
"""Degrees of latitude."""
KNOWN = [DEFAULT] * 24
SPEED = 8.0
DOOR = Place(48.0 + 600 * SPEED * METRE, 11.0)


def hour(at: int) -> int:
    """UTC."""
    return at // HOUR % 24


async def deliver(
    store: SqlStore,
    driver: Driver,
    order_id: str,
    at: float,
    *,
    took: float = 600,
    drove: float | None = None,
    seen_for: float | None = None,
    door: Place | None = DOOR,
    status: Status = Status.DELIVERED,
) -> None:
    """An order that is picked up at ``at`` and brought in so many seconds, straight north at an
    even pace while he drove, with a fix every ten seconds as long as the driver is seen."""
    details = OrderDetails(destination=None if door is None else Spotted(place=door))
    await book(store, order_id, driver, at=at - 60, details=details)
    await step(store, order_id, Status.PICKED_UP, at)
    passed = 0.0
    points = []
    while passed <= (took if seen_for is None else seen_for):
        lat = 48.0 + 600 * SPEED * METRE * min(1.0, passed / (drove or took))
        points.append(point(at + passed, f"{order_id}-{passed}", lat=lat))
        passed += 10
    await send(store, driver, *points, at=at + took)
    await step(store, order_id, status, at + took)


async def learn(store: SqlStore, hour_of: Callable[[int], int] = hour) -> dict[int, Lesson]:
    """Learn all there is; the lessons."""
    while await store.lessons.learn(hour_of, KNOWN):
        pass
    return await store.lessons.all()


async def test_delivered_order_is_learned_from_once(store: SqlStore, data_dir: Path) -> None:
    driver = await hire(store)
    assert await learn(store) == {}
    await deliver(store, driver, "A1", 100)
    found = await learn(store)
    assert list(found) == [hour(moment(100))]
    lesson = found[hour(moment(100))]
    assert lesson.orders == 1
    _detour, dwell = PAIRS[lesson.losses.index(min(lesson.losses))]
    assert dwell <= 90  # he drove up to the door, and nobody had to wait there
    assert await learn(store) == found
    async with reopened(store, data_dir) as again:
        assert await learn(again) == found


async def test_lessons_are_kept_by_hour_and_change_what_is_known(store: SqlStore) -> None:
    driver = await hire(store)
    for place in range(4):
        await deliver(store, driver, f"A{place}", 100 + 1_000 * place)
    found = await learn(store, lambda at: 8 if at < moment(2_000) else 9)
    assert {at: lesson.orders for at, lesson in found.items()} == {8: 2, 9: 2}
    before, after = calibrations({})[8], calibrations(found)[8]
    assert (after.detour, after.dwell) != (before.detour, before.dwell)
    assert after.high[1] < before.high[1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"door": None},
        {"door": Place(48.2, 11.0)},
        {"took": 100},
        {"took": 7 * 3600, "drove": 600},
        {"took": 3600, "drove": 600, "seen_for": 900},
        {"status": Status.FAILED},
    ],
    ids=["no door", "elsewhere", "too quick", "forgotten", "unseen", "failed"],
)
async def test_what_teaches_nothing_is_passed_over(
    store: SqlStore, wrong: dict[str, object]
) -> None:
    driver = await hire(store)
    await deliver(store, driver, "A1", 100, **wrong)  # type: ignore[arg-type]
    await deliver(store, driver, "A2", 40_000)
    assert [lesson.orders for lesson in (await learn(store)).values()] == [1]


async def test_order_that_changed_hands_counts_from_there(store: SqlStore) -> None:
    first, second = await hire(store), await hire(store, "ben")
    await book(store, "A1", first, at=0, details=OrderDetails(destination=Spotted(place=DOOR)))
    await step(store, "A1", Status.PICKED_UP, 100)
    await assign(store, "A1", second, 650)
    await send(store, second, point(660, "p", lat=DOOR.lat, lng=DOOR.lng), at=660)
    await step(store, "A1", Status.DELIVERED, 700)
    assert await learn(store) == {}


async def test_only_the_newest_are_learned_from_at_first(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lessons, "AT_FIRST", 2)
    driver = await hire(store)
    for place in range(4):
        await deliver(store, driver, f"A{place}", 100 + 1_000 * place)
    assert sum(lesson.orders for lesson in (await learn(store)).values()) == 2


async def test_lesson_that_could_not_be_kept_is_learned_again(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = await hire(store)
    await deliver(store, driver, "A1", 100)
    statement = lessons._KEEP
    monkeypatch.setattr(lessons, "_KEEP", "INSERT INTO nowhere VALUES (?, ?)")
    with refused("unavailable"):
        await store.lessons.learn(hour, KNOWN)
    assert await store.lessons.all() == {}
    monkeypatch.setattr(lessons, "_KEEP", statement)
    assert len(await learn(store)) == 1


async def test_trail_and_orders_are_read_by_their_indexes(store: SqlStore, data_dir: Path) -> None:
    await hire(store)
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as raw:
        for query, values, index in (
            (
                lessons.TRAIL,
                {"driver": 1, "begin": 0, "end": 9, "step": 1},
                "ix_positions_driver_at",
            ),
            (lessons._NEXT, (0, 50), "ix_orders_ended"),
            (lessons._NEWEST, (500,), "ix_orders_ended"),
        ):
            plan = " ".join(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {query}", values))
            assert index in plan
            assert "SCAN" not in plan
