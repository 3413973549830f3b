"""An order on its way is arriving by itself, once its driver is near the door."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.domain.access import Kind
from app.domain.errors import unavailable
from app.domain.geo import Place
from app.domain.order import Status
from app.domain.position import Fix
from app.domain.times import HOUR, MINUTE, SECOND
from app.protocol.driver import Point
from app.tracking.records import Arrival, Order, OrderDetails, Spotted
from app.tracking.services import Services
from tests.tracking.conftest import ADMIN, WITHIN, Desk

DOOR = Place(48.1, 11.5)
METRE = 1 / 111_195
"""Degrees of latitude, about."""


@dataclass
class Clock:
    """The time of day, moved on by hand."""

    now: int = 1_700_000_000 * SECOND

    def __call__(self) -> int:
        """The time now."""
        return self.now


class Way:
    """Ana on her way to the door of order A1, as the business is to hear of it."""

    def __init__(self, services: Services, clock: Clock, driver_num: int) -> None:
        self.services = services
        self.clock = clock
        self.driver_num = driver_num

    async def wants(self, metres: int) -> None:
        """The business sets the distance."""
        desk = self.services.preferences
        await desk.change({"arriving_within": metres}, desk.current, ADMIN)

    async def fix(self, metres: float, *, accuracy: float = 5.0, age: int = 0) -> None:
        """A minute later she is so far from the door; then the second's look."""
        self.clock.now += MINUTE
        at = self.clock.now - age
        fix = Fix(DOOR.lat + metres * METRE, DOOR.lng, fix_time=at, accuracy=accuracy)
        stored: asyncio.Future[Arrival] = asyncio.get_running_loop().create_future()
        self.services.intake.take(self.driver_num, [Point(fix, None, None)], stored.set_result)
        async with asyncio.timeout(WITHIN):
            await stored
        await self.look()

    async def look(self) -> None:
        """A second is over."""
        await self.services.approach.tick()

    async def status(self, status: Status, *, force: bool = False) -> None:
        """Somebody sets it."""
        await self.services.orders.set_status("A1", status, None, ADMIN, force=force)
        await self.look()

    async def told(self) -> list[tuple[str, str, str | None]]:
        """Each status of the order: what, by whom, with which note."""
        live = await self.services.board.order("A1")
        return [(event.status, event.actor_kind, event.note) for event in live.events or []]

    async def arrivals(self) -> int:
        """How often it was announced by itself."""
        told = await self.told()
        return sum(1 for status, kind, _ in told if (status, kind) == ("arriving", Kind.SYSTEM))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the services that are built from now on."""
    clock = Clock()
    monkeypatch.setattr("app.assembly.now", clock)
    return clock


@pytest.fixture
async def way(clock: Clock, desk: Desk) -> Way:
    """An order in transit; the business wants to hear from 200 metres on."""
    services = desk.services
    driver_id, _ = await desk.driver()
    details = OrderDetails(destination=Spotted(place=DOOR))
    await services.orders.create("A1", details, driver_id, ADMIN)
    live = services.board.driver_by_id(driver_id)
    assert live is not None
    way = Way(services, clock, live.driver.num)
    await way.wants(200)
    await way.status(Status.IN_TRANSIT)
    return way


async def test_it_is_announced_once_she_is_near_with_who_and_why(way: Way) -> None:
    await way.fix(400)
    assert await way.arrivals() == 0
    await way.fix(190)
    assert (await way.told())[-1] == ("arriving", "system", "The driver came within 200 m.")
    await way.fix(10)
    assert await way.arrivals() == 1


async def test_nothing_happens_by_itself_unless_it_is_wanted(way: Way) -> None:
    await way.wants(0)
    await way.fix(0, accuracy=0.0)
    assert await way.arrivals() == 0
    await way.wants(50)
    await way.fix(60)
    assert await way.arrivals() == 0
    await way.fix(40)
    assert await way.arrivals() == 1


@pytest.mark.parametrize("status", [Status.ASSIGNED, Status.PICKED_UP])
async def test_who_only_passes_by_announces_nothing_until_he_sets_out(
    way: Way, status: Status
) -> None:
    await way.status(status, force=True)
    await way.fix(10)
    assert await way.arrivals() == 0
    await way.status(Status.IN_TRANSIT)
    assert await way.arrivals() == 1


async def test_a_position_vaguer_than_the_distance_announces_nothing(way: Way) -> None:
    await way.wants(50)
    await way.fix(10, accuracy=51.0)
    assert await way.arrivals() == 0
    await way.fix(10, accuracy=50.0)
    assert await way.arrivals() == 1


async def test_an_old_position_announces_nothing(way: Way) -> None:
    way.clock.now += HOUR
    await way.fix(10, age=3 * MINUTE)
    assert await way.arrivals() == 0
    await way.fix(10, age=MINUTE)
    assert await way.arrivals() == 1


async def test_who_was_set_back_is_announced_when_she_left_and_came_again(way: Way) -> None:
    await way.fix(100)
    await way.status(Status.IN_TRANSIT, force=True)
    await way.fix(90)
    await way.fix(250)
    await way.fix(90)
    assert await way.arrivals() == 1
    await way.fix(700)
    await way.fix(150)
    assert await way.arrivals() == 2


async def test_what_the_driver_said_and_staff_took_back_is_not_said_again(way: Way) -> None:
    await way.status(Status.ARRIVING)
    await way.status(Status.IN_TRANSIT, force=True)
    await way.fix(100)
    await way.fix(90)
    assert await way.arrivals() == 0


@pytest.mark.parametrize("end", [Status.DELIVERED, Status.FAILED])
async def test_an_end_that_staff_took_back_at_the_door_is_no_arrival(way: Way, end: Status) -> None:
    await way.fix(100)
    await way.status(end)
    await way.status(Status.IN_TRANSIT, force=True)
    await way.fix(90)
    assert await way.arrivals() == 1
    await way.fix(700)
    await way.fix(150)
    assert await way.arrivals() == 2


async def test_an_order_without_a_place_is_left_alone(way: Way) -> None:
    await way.services.orders.edit("A1", {"destination": Spotted(address="Door 1")}, ADMIN)
    await way.fix(0)
    assert await way.arrivals() == 0


async def test_what_could_not_be_stored_is_announced_later(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(way.services.store.orders, "set_status", unkept)
        await way.fix(100)
    assert await way.arrivals() == 0
    await way.look()
    await way.look()
    assert await way.arrivals() == 1


async def test_what_could_not_be_read_is_announced_later(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = await way.services.board.order("A1")
    live.events = None  # as after a start of the server
    with monkeypatch.context() as broken:
        broken.setattr(way.services.store.orders, "get", unkept)
        await way.fix(100)
    assert live.order.status is Status.IN_TRANSIT
    await way.look()
    assert await way.arrivals() == 1


async def test_a_store_that_keeps_nothing_is_told_of_once(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    with capture_logs() as lines, monkeypatch.context() as full:
        full.setattr(way.services.store.orders, "set_status", unkept)
        await way.fix(100)
        await way.look()
        await way.look()
    assert [line["orders"] for line in lines if line["log_level"] == "warning"] == [1]
    await way.look()
    assert await way.arrivals() == 1


async def test_many_who_come_at_once_share_the_syncs(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders, driver = way.services.orders, way.services.board.drivers[way.driver_num].driver
    for number in range(2, 12):
        details = OrderDetails(destination=Spotted(place=DOOR))
        await orders.create(f"A{number}", details, driver.id, ADMIN)
        await orders.set_status(f"A{number}", Status.IN_TRANSIT, None, ADMIN)
    announce, under_way, most = orders.set_status, 0, 0

    async def counted(*args: Any, **named: Any) -> Order:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        order = await announce(*args, **named)
        under_way -= 1
        return order

    monkeypatch.setattr(orders, "set_status", counted)
    await way.fix(100)
    assert (most, under_way) == (11, 0)
    assert {one.order.status for one in way.services.board.orders.values()} == {Status.ARRIVING}


async def unkept(*_: object, **__: object) -> None:
    """Nothing can be stored."""
    raise unavailable()


async def test_what_a_person_says_at_the_same_moment_stands(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = way.services.orders
    announce = orders.set_status

    async def after_ben(*args: Any, **named: Any) -> Order:
        monkeypatch.undo()
        await announce("A1", Status.ASSIGNED, None, ADMIN, force=True)
        return await announce(*args, **named)

    monkeypatch.setattr(orders, "set_status", after_ben)
    await way.fix(100)
    assert [status for status, _, _ in await way.told()] == ["assigned", "in_transit", "assigned"]
