"""The demo's city at work, against a small real server; time runs faster there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.geo import Place, distance
from app.domain.times import parse_time
from app.simulator.api import ApiError
from app.simulator.demo import PATCHY, PHONE_NAME, DemoLinks, run_city
from app.simulator.people import DRIVERS
from app.simulator.shop import WAITING
from tests.simulator.town import KEY, Town, small_town
from tests.stand_in import until

WHOLE_WAY = ["picked_up", "in_transit", "arriving", "delivered"]
FIRST, LAST = DRIVERS[0][0], DRIVERS[PATCHY][0]


@pytest.fixture
async def town() -> AsyncIterator[tuple[Town, str]]:
    async with small_town() as (town, url):
        yield town, url


@asynccontextmanager
async def living_city(url: str, *, drivers: int, pace: float = 600.0) -> AsyncIterator[DemoLinks]:
    stop, links = asyncio.Event(), list[DemoLinks]()
    city = asyncio.create_task(
        run_city(
            url=url,
            api_key=KEY,
            stop=stop,
            on_ready=links.append,
            drivers=drivers,
            seed=7,
            pace=pace,
        )
    )
    try:
        await until(lambda: links or city.done())
        if city.done():
            city.result()
        yield links[0]
    finally:
        stop.set()
        await city


async def test_orders_are_delivered_over_and_over(town: tuple[Town, str]) -> None:
    server, url = town
    async with living_city(url, drivers=2):
        await until(
            lambda: sum(o["status"] == "delivered" for o in server.orders.values()) >= 5, 30
        )
    for order_id, statuses in server.history.items():
        if server.orders[order_id]["status"] == "delivered":
            assert statuses == ["pending", "assigned", *WHOLE_WAY]


async def test_the_links_are_told_at_once_and_the_first_order_is_on_its_way(
    town: tuple[Town, str],
) -> None:
    server, url = town
    async with living_city(url, drivers=1, pace=1) as links:
        order = server.orders[links.order_id]
        assert links.tracking_url == order["trackingUrl"]
        await until(lambda: order["status"] == "in_transit", 5)
        phone = server.named(PHONE_NAME)
        assert links.driver_url.startswith("http://x/drive#")
        assert server.orders[links.phone_order_id]["driverId"] == phone
        assert links.phone_tracking_url == server.orders[links.phone_order_id]["trackingUrl"]
        await until(lambda: server.points[server.named(FIRST)], 5)
        assert phone not in server.sockets


async def test_a_fix_tells_order_accuracy_speed_heading_and_battery(
    town: tuple[Town, str],
) -> None:
    server, url = town
    async with living_city(url, drivers=1) as links:
        driver = server.named(FIRST)
        await until(lambda: len(server.points[driver]) > 40)
    points = server.points[driver]
    assert points[0]["orderId"] == links.order_id
    assert all({"accuracy", "speed", "battery", "recordedAt"} <= set(point) for point in points)
    assert any("heading" in point for point in points)
    assert points[-1]["battery"] <= points[0]["battery"]


async def test_arriving_is_said_near_the_door(town: tuple[Town, str]) -> None:
    server, url = town
    async with living_city(url, drivers=1) as links:
        await until(lambda: server.orders[links.order_id]["status"] == "delivered", 30)
    driver, goal = server.named(FIRST), server.orders[links.order_id]["destination"]
    door = Place(goal["lat"], goal["lng"])
    frames = server.frames[driver]
    said = next(n for n, frame in enumerate(frames) if frame.get("status") == "arriving")
    before = next(frame for frame in reversed(frames[:said]) if frame["type"] != "status_update")
    last = before.get("locations", [before])[-1]
    assert distance(Place(last["lat"], last["lng"]), door) < 300


async def test_some_orders_wait_and_one_is_for_later(town: tuple[Town, str]) -> None:
    server, url = town

    def waiting() -> list[datetime]:
        pending = (order for order in server.orders.values() if order["status"] == "pending")
        return [datetime.fromisoformat(order["window"]["from"]) for order in pending]

    soon = datetime.now(UTC) + timedelta(hours=1)
    async with living_city(url, drivers=2):
        await until(lambda: len(waiting()) == WAITING + 1)
        assert sum(begin > soon for begin in waiting()) == 1
        await until(
            lambda: sum(o["status"] == "delivered" for o in server.orders.values()) >= 3, 30
        )
        await until(lambda: len(waiting()) == WAITING + 1)


async def test_no_order_is_given_to_two_drivers(town: tuple[Town, str]) -> None:
    server, url = town
    async with living_city(url, drivers=4, pace=400):
        await until(
            lambda: sum(o["status"] == "delivered" for o in server.orders.values()) >= 10, 30
        )
    assert all(statuses.count("assigned") <= 1 for statuses in server.history.values())


async def test_a_lost_signal_brings_its_points_late_as_a_batch(town: tuple[Town, str]) -> None:
    server, url = town
    async with living_city(url, drivers=PATCHY + 1, pace=150):
        await until(lambda: any(made["name"] == LAST for made in server.drivers.values()))
        driver = server.named(LAST)

        def late_points() -> list[int]:
            """What came, in one frame, after a newer fix (which may lead the same frame)."""
            newest = 0
            for frame in server.frames[driver]:
                points = frame.get("locations", [frame])
                times = [parse_time(p["recordedAt"]) for p in points if "recordedAt" in p]
                late = [at for at in times if at < max(newest, times[0])]
                if len(late) > 30:
                    return late
                newest = max([newest, *times])
            return []

        await until(late_points, 60)
        assert late_points() == sorted(late_points())


async def test_what_was_delivered_without_signal_is_not_delivered_again(
    town: tuple[Town, str],
) -> None:
    server, url = town
    async with living_city(url, drivers=1, pace=100) as links:
        driver = server.named(FIRST)
        order = server.orders[links.order_id]
        await until(lambda: order["status"] == "arriving", 30)
        # The server forgets: as if "delivered" had not reached it when the driver comes back.
        await until(lambda: order["status"] == "delivered", 30)
        order["status"] = "in_transit"
        before = server.sockets[driver]
        await before.close(code=1012)
        await until(lambda: server.sockets.get(driver) not in (None, before))
        done = sum(o["status"] == "delivered" for o in server.orders.values())
        await until(
            lambda: sum(o["status"] == "delivered" for o in server.orders.values()) > done, 30
        )
    assert server.history[links.order_id] == ["pending", "assigned", *WHOLE_WAY]


async def test_a_driver_delivers_what_staff_give_him(town: tuple[Town, str]) -> None:
    server, url = town
    async with living_city(url, drivers=1):
        server.orders["mine"] = {
            "id": "mine",
            "status": "pending",
            "driverId": None,
            "destination": {"lat": None, "lng": None, "address": "somewhere"},
        }
        server.history["mine"] = ["pending"]
        await until(lambda: server.sockets.get(server.named(FIRST)))
        await server.assign("mine", server.named(FIRST))
        await until(lambda: server.orders["mine"]["status"] == "delivered", 30)
    assert server.history["mine"] == ["pending", "assigned", *WHOLE_WAY]


async def test_a_driver_leaves_an_order_that_staff_end_or_take_away(
    town: tuple[Town, str],
) -> None:
    server, url = town
    async with living_city(url, drivers=1, pace=300) as links:
        await until(lambda: server.orders[links.order_id]["status"] == "in_transit")
        await server.set_status(links.order_id, "cancelled")
        await until(lambda: len(server.orders) > 5 and delivered(server), 30)
    assert server.history[links.order_id][-1] == "cancelled"


def delivered(server: Town) -> bool:
    return any(order["status"] == "delivered" for order in server.orders.values())


async def test_a_revoked_driver_stops_and_the_others_go_on(town: tuple[Town, str]) -> None:
    server, url = town
    async with living_city(url, drivers=2):
        gone = server.named(FIRST)
        await until(lambda: server.sockets.get(gone))
        await server.revoke(gone)
        await until(lambda: gone not in server.sockets)
        await until(lambda: len(server.drivers) == 3 and delivered(server), 30)
        assert gone not in server.sockets


async def test_a_busy_server_is_asked_again_and_a_refusal_is_told(town: tuple[Town, str]) -> None:
    server, url = town
    server.busy = 2
    async with living_city(url, drivers=1):
        assert server.drivers
    with pytest.raises(ApiError, match="401"):
        await run_city(
            url=url, api_key="wrong", stop=asyncio.Event(), on_ready=lambda _links: None, drivers=1
        )
