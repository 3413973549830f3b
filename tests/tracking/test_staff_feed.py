"""The staff's feed: one encode a tick, and changes that add up to the whole."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order import Status
from app.domain.times import format_time
from app.protocol.messages import encode
from app.tracking import staff_feed
from app.tracking.board import Board, Marker
from app.tracking.hub import Hub, Shared
from app.tracking.records import Driver, Order, OrderChange, OrderDetails
from app.tracking.staff_feed import StaffFeed
from tests.tracking.conftest import ADMIN, Recorder

NOW: Final = 1_795_426_200_000_000
MOVE: Final = ("id", "lat", "lng", "recordedAt", "heading", "speed", "accuracy", "battery")
PHONE: Final = Recorder()


class Map(Recorder):
    """A dashboard: what it was told, added up."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Shared] = []
        self.drivers: dict[str, dict[str, Any]] = {}
        self.orders: dict[str, dict[str, Any]] = {}

    def send(self, message: Shared) -> None:
        """Do as static/live/fleet.js does."""
        self.sent.append(message)
        super().send(message)
        told = self.messages[-1]
        if told["whole"]:
            self.drivers, self.orders = {}, {}
        self.drivers |= {driver["id"]: driver for driver in told["drivers"]}
        for order in told["orders"]:
            self.orders[order["orderId"]] = order
            if order.get("gone"):
                del self.orders[order["orderId"]]
        for driver_id in told["removed"]:
            self.drivers.pop(driver_id, None)
        for values in told["moved"]:
            self._move(dict(zip(MOVE, values, strict=True)))

    def _move(self, move: dict[str, Any]) -> None:
        move["recordedAt"] = format_time(move["recordedAt"] * 1_000)
        driver = self.drivers[move["id"]]
        kept = {name: value for name, value in driver.items() if name not in MOVE}
        known = {name: value for name, value in move.items() if value is not None}
        self.drivers[move["id"]] = kept | known


class Town:
    """A board without a store, whose drivers and orders are changed by hand."""

    def __init__(self) -> None:
        self.board = Board(None)  # type: ignore[arg-type]  # nothing is read here
        self.hub = Hub()
        self.feed = StaffFeed(self.board, self.hub)
        self.now = NOW

    def driver(self, num: int, **facts: Any) -> None:
        """A driver is made, or changed."""
        live = self.board.drivers.get(num)
        new = Driver(
            num=num,
            id=f"d{num}",
            name=f"Driver {num}",
            vehicle=None,
            phone=None,
            on_duty=True,
            created_at=0,
        )
        self.board.apply_driver(replace(live.driver if live else new, **facts))

    def move(self, num: int, lat: float = 48.1, heading: float | None = None) -> None:
        """A driver's fix came."""
        self.now += 1_234_567
        self.board.drivers[num].marker = Marker(
            lat=lat,
            lng=11.123456789,
            at=self.now,
            heading=heading,
            speed=8.329999923706055,
            accuracy=None,
            battery=0.819999992847442,
        )
        self.board.changed("driver", num)

    def connect(self, num: int) -> None:
        """A driver's phone connects; or is gone, when it was connected."""
        if self.hub.online(num):
            self.hub.disconnect_driver(num, PHONE)
        else:
            self.hub.connect_driver(num, PHONE)
        self.board.changed("driver", num)

    def remove(self, num: int) -> None:
        """A driver without orders is removed."""
        if not self.board.orders_of(num):
            self.driver(num, deleted_at=self.now)

    def order(self, num: int, status: Status, driver_num: int | None) -> None:
        """An order is made, or changed."""
        owner = self.board.drivers.get(driver_num) if driver_num is not None else None
        order = Order(
            num=num,
            id=f"o{num}",
            status=status,
            seq=1,
            driver_num=owner.driver.num if owner else None,
            driver_id=owner.driver.id if owner else None,
            details=OrderDetails(),
            created_at=0,
            updated_at=0,
            ended_at=None,
        )
        self.board.apply_order(OrderChange(order=order, event=None, previous_driver=None))

    def look(self) -> Map:
        """One more dashboard."""
        made = Map()
        self.feed.join(made, ADMIN)
        return made

    async def fresh(self) -> Map:
        """A dashboard that knows nothing but the whole."""
        made = self.look()
        await settled(lambda: made.sent)
        self.feed.leave(made)
        return made


async def settled(done: Callable[[], object]) -> None:
    """Let the loop work until it is so."""
    async with asyncio.timeout(30):
        while not done():  # noqa: ASYNC110 (a condition over many events)
            await asyncio.sleep(0)


@pytest.fixture
def encodes(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every message that was encoded."""
    seen: list[object] = []

    def counted(message: object) -> bytes:
        seen.append(message)
        return encode(message)

    monkeypatch.setattr("app.tracking.hub.encode", counted)
    return seen


@pytest.mark.parametrize("maps", [0, 1, 7])
async def test_a_tick_is_encoded_once_however_many_look(maps: int, encodes: list[object]) -> None:
    town = Town()
    for num in range(20):
        town.driver(num)
    looking = [town.look() for _ in range(maps)]
    encodes.clear()
    for num in range(20):
        town.move(num)
    await town.feed.tick()
    assert len(encodes) == min(maps, 1)
    assert len({map_.sent[-1] for map_ in looking}) == min(maps, 1)
    for map_ in looking:
        assert len(map_.sent) == 2
        assert len(map_.messages[-1]["moved"]) == 20
        assert map_.messages[-1]["drivers"] == []


async def test_nothing_is_encoded_when_nothing_changed(encodes: list[object]) -> None:
    town = Town()
    town.driver(1)
    town.look()
    encodes.clear()
    await town.feed.tick()
    assert encodes == []


async def test_of_a_change_of_more_than_the_place_everything_is_sent() -> None:
    town = Town()
    town.driver(1)
    town.driver(2)
    map_ = town.look()
    for num in (1, 2):
        town.move(num, 48.123456789, 359.7)
    town.connect(2)
    await town.feed.tick()
    told = map_.messages[-1]
    assert told["moved"] == [["d1", 48.123457, 11.123457, NOW // 1_000 + 1_234, 0, 8.3, None, 0.82]]
    assert [(each["id"], each["online"]) for each in told["drivers"]] == [("d2", True)]
    assert told["drivers"][0]["lat"] == 48.123457


async def test_many_who_come_at_once_share_one_whole(
    encodes: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_feed, "SLICE", 2)
    town = Town()
    for num in range(9):
        town.driver(num)
    looking = [town.look() for _ in range(5)]
    assert not any(map_.sent for map_ in looking)
    await settled(lambda: looking[-1].sent)
    assert len(encodes) == 1
    assert len(looking[0].drivers) == 9


async def test_others_get_their_turn_while_a_large_tick_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staff_feed, "SLICE", 2)
    town = Town()
    for num in range(9):
        town.driver(num)
    map_ = await town.fresh()
    town.feed.join(map_, ADMIN)
    await settled(lambda: len(map_.sent) == 2)
    for num in range(9):
        town.move(num)
    ticking = asyncio.create_task(town.feed.tick())
    turns = 0
    while not ticking.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns >= 4
    assert len(map_.messages[-1]["moved"]) == 9


NUMS = st.integers(0, 5)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), NUMS, st.floats(-85, 85), st.none() | st.floats(0, 359.9)),
        st.tuples(st.just("connect"), NUMS),
        st.tuples(st.just("duty"), NUMS, st.booleans()),
        st.tuples(st.just("remove"), NUMS),
        st.tuples(st.just("order"), NUMS, st.sampled_from(Status), st.none() | NUMS),
        st.tuples(st.sampled_from(["forget", "join", "leave", "tick", "turn"])),
    ),
    max_size=60,
)


@given(STEPS)
def test_changes_add_up_to_the_whole_whatever_happens_while_they_are_written(
    steps: list[Any],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff_feed, "SLICE", 2)
        asyncio.run(_add_up(steps))


async def _add_up(steps: list[Any]) -> None:
    town = Town()
    for num in range(5):
        town.driver(num)
    looking = [town.look()]
    ticks: list[asyncio.Task[None]] = []
    for name, *values in steps:
        match name:
            case "join":
                looking.append(town.look())
            case "leave" if looking:
                town.feed.leave(looking.pop(0))
            case "tick":
                ticks.append(asyncio.create_task(town.feed.tick()))
            case "turn":
                await asyncio.sleep(0)
            case "forget":
                town.board.forget_finished(lambda _: False, NOW)
            case "order":
                town.order(*values)
            case "duty" if values[0] in town.board.drivers:
                town.driver(values[0], on_duty=values[1])
            case "move" | "connect" | "remove" if values[0] in town.board.drivers:
                getattr(town, name)(*values)
    await settled(lambda: all(map_.sent for map_ in looking))
    await asyncio.gather(*ticks)
    await town.feed.tick()
    whole = await town.fresh()
    assert set(whole.drivers) == {live.driver.id for live in town.board.drivers.values()}
    for map_ in looking:
        assert map_.drivers == whole.drivers
        assert map_.orders == whole.orders
