"""What is going on now, in memory: drivers with their markers, open orders with theirs.

The store is the truth; the board follows each of its commits, in order, and answers without
waiting. Finished orders stay only while somebody looks, and failed ones while they wait for
somebody.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from msgspec import Struct

from app.domain.access import Actor
from app.domain.eta import Estimator, Outlook, Pace, Straight, Window, settle, update_pace
from app.domain.geo import Place
from app.domain.order import FINAL, OPEN, UNDERWAY, Status, failed_since, waits_failed
from app.domain.times import SECOND
from app.protocol.driver import Point
from app.tracking.blocks import Key
from app.tracking.order_parts import CUSTOMERLESS
from app.tracking.ports import Store
from app.tracking.records import (
    Driver,
    Order,
    OrderChange,
    OrderEvent,
    PhoneReport,
    StoredPosition,
)

STANDS: Final = 5 * SECOND
"""A forecast is good for so long; working it out takes ten times as long as looking it up."""


class Marker(Struct, frozen=True, gc=False):
    """The newest good fix, as it is shown; ``at`` is its live time."""

    lat: float
    lng: float
    at: int
    heading: float | None
    speed: float | None
    accuracy: float | None
    battery: float | None

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.lat, self.lng)


@dataclass(slots=True)
class LiveDriver:
    """A driver now. ``heard_at`` is when the last message of any sort came; ``report`` what his
    phone said of itself; ``cut_by`` what he was shut out by when his last socket was closed."""

    driver: Driver
    marker: Marker | None = None
    pace: Pace = field(default_factory=Pace)
    heard_at: int | None = None
    report: PhoneReport | None = None
    cut_by: Key | None = None


class Forecast(NamedTuple):
    """What was expected for this destination, and the window that came of it."""

    place: Place
    outlook: Outlook
    window: Window | None


class Touch(NamedTuple):
    """Who changed something, and when (microseconds)."""

    actor: Actor
    at: int


@dataclass(slots=True)
class LiveOrder:
    """An order now; ``events`` is None until somebody needs its history.

    ``forecast`` is what was last foretold of its arrival, when somebody asked.
    ``told`` is another number whenever a message or a proof of it was stored. ``reason`` is what
    was said of the last change of its status, as far as it matters: when it failed.
    ``touched`` is who changed each part of its details last, as far as it was seen here.
    """

    order: Order
    marker: Marker | None = None
    events: list[OrderEvent] | None = None
    forecast: Forecast | None = None
    told: int = 0
    reason: str | None = None
    touched: dict[str, Touch] = field(default_factory=dict)

    def touch(self, parts: Iterable[str], actor: Actor) -> None:
        """Somebody changed these parts with the latest change of the order."""
        self.touched.update(dict.fromkeys(parts, Touch(actor, self.order.updated_at)))


Watcher = Callable[[str, int], None]
"""Called with "driver" or "order" and the row number of what changed; or with "settings" and 0."""


class Board:
    """The live state of one process."""

    def __init__(self, store: Store, estimator: Estimator | None = None) -> None:
        self._store = store
        self._estimator = estimator or Straight()
        self.drivers: dict[int, LiveDriver] = {}
        self.orders: dict[int, LiveOrder] = {}
        self._order_nums: dict[str, int] = {}
        self._driver_nums: dict[str, int] = {}
        self._orders_of: dict[int, dict[int, LiveOrder]] = {}
        self._loading: dict[str, asyncio.Task[LiveOrder]] = {}
        self._watchers: list[Watcher] = []
        self._told = 0

    async def load(self, now: int) -> None:
        """Read all drivers and orders that need to be here, once, before doors open."""
        drivers = await self._store.drivers.all()
        markers = await self._store.positions.newest_of_drivers([d.num for d in drivers])
        for driver in drivers:
            live = LiveDriver(driver, marker_of(markers.get(driver.num)))
            if live.marker is not None:
                live.pace = update_pace(live.pace, live.marker, live.marker.at)
            self.drivers[driver.num] = live
            self._driver_nums[driver.id] = driver.num
        for report in await self._store.phones.all():
            if report.driver_num in self.drivers:
                self.drivers[report.driver_num].report = report
        failed = await self._store.orders.failed(failed_since(now))
        orders = [*await self._store.orders.open_orders(), *(order for order, _ in failed)]
        newest = await self._store.positions.newest_of_orders([o.num for o in orders])
        for order in orders:
            self._put(LiveOrder(order, marker_of(newest.get(order.num))))
        for order, reason in failed:
            self.orders[order.num].reason = reason

    # looking

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Be told of every change; returns the way to stop."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def changed(self, kind: str, num: int) -> None:
        """Tell the watchers."""
        for watcher in list(self._watchers):
            watcher(kind, num)

    def tell(self, order_num: int) -> None:
        """A message about an order, or proof of it, was stored: who shows them reads them again."""
        self._told += 1
        live = self.orders.get(order_num)
        if live is not None:
            live.told = self._told
        self.changed("order", order_num)

    def driver_by_id(self, driver_id: str) -> LiveDriver | None:
        """The live driver of this id."""
        num = self._driver_nums.get(driver_id)
        return None if num is None else self.drivers.get(num)

    def order_by_id(self, order_id: str) -> LiveOrder | None:
        """The order, if it is on the board."""
        num = self._order_nums.get(order_id)
        return None if num is None else self.orders.get(num)

    def orders_of(self, driver_num: int) -> list[LiveOrder]:
        """His open orders, oldest first."""
        mine = self._orders_of.get(driver_num)
        return [] if mine is None else [mine[num] for num in sorted(mine)]

    async def order(self, order_id: str) -> LiveOrder:
        """The order with its events and marker, read if need be; raises ``not_found``.

        After the await the caller must not await again before it subscribes.
        """
        live = self.order_by_id(order_id)
        if live is not None and live.events is not None:
            return live
        task = self._loading.get(order_id)
        if task is None:
            task = asyncio.create_task(self._read(order_id))
            self._loading[order_id] = task
            task.add_done_callback(lambda _: self._loading.pop(order_id, None))
        return await asyncio.shield(task)

    async def _read(self, order_id: str) -> LiveOrder:
        while True:
            order = await self._store.orders.get(order_id)
            events = await self._store.orders.events(order.num, 0, 10_000)
            newest = await self._store.positions.newest_of_orders([order.num])
            live = self.order_by_id(order_id)
            seq = order.seq if live is None else live.order.seq
            if not events or events[-1].seq != seq:
                continue  # a change was stored while we read: read again
            if live is None:
                live = self._put(LiveOrder(order, marker_of(newest.get(order.num))))
            live.events = events
            return live

    def eta(self, live: LiveOrder) -> Window | None:
        """The arrival window now; None without driver, fix or destination, or when it is over."""
        order = live.order
        if order.driver_num is None or live.marker is None or order.status not in OPEN:
            return None
        destination = order.details.destination
        driver = self.drivers.get(order.driver_num)
        if destination is None or destination.place is None or driver is None:
            return None
        pace, place, last = driver.pace, destination.place, live.forecast
        if last is None or last.place is not place or pace.at - last.outlook.at >= STANDS:
            last = live.forecast = self._foretell(pace, place, last, begun(live, pace.at))
        return None if last is None else last.window

    def _foretell(
        self, pace: Pace, place: Place, last: Forecast | None, begin: int
    ) -> Forecast | None:
        """The next forecast of an order; calm, unless it now goes elsewhere."""
        seconds = self._estimator.rest(pace, place)
        if seconds is None:
            return None
        before = last.outlook if last is not None and last.place == place else None
        outlook = settle(before, seconds, pace.at, begin)
        return Forecast(place, outlook, self._estimator.window(outlook))

    # following the commits

    def apply_order(self, change: OrderChange) -> LiveOrder:
        """One order was changed."""
        live = self.orders.get(change.order.num)
        if live is None:
            live = self._put(LiveOrder(change.order))
            if change.event is not None and change.event.seq == 1:
                live.events = []
        moved = live.order.driver_num != change.order.driver_num
        self._take_from_driver(live)
        live.order = change.order
        self._give_to_driver(live)
        if moved:
            live.marker = live.forecast = None
        if change.event is not None:
            live.reason = change.event.note if change.event.status is Status.FAILED else None
            if live.events is not None:
                live.events.append(change.event)
        self.changed("order", change.order.num)
        return live

    def apply_driver(self, driver: Driver) -> LiveDriver:
        """One driver was changed, or made; a removed one leaves the board."""
        live = self.drivers.setdefault(driver.num, LiveDriver(driver))
        live.driver = driver
        self._driver_nums[driver.id] = driver.num
        if driver.deleted_at is not None:
            del self.drivers[driver.num]
            del self._driver_nums[driver.id]
        self.changed("driver", driver.num)
        return live

    def move_driver(self, live: LiveDriver, point: Point, at: int) -> Marker:
        """A fix moved the driver's marker."""
        fix = point.fix
        live.marker = Marker(
            fix.lat, fix.lng, at, fix.heading, fix.speed, fix.accuracy, fix.battery
        )
        live.pace = update_pace(live.pace, fix, at)
        return live.marker

    def forget_before(self, driver_num: int, end: int) -> None:
        """A driver's positions before ``end`` are deleted: nobody sees them any more."""
        live = self.drivers.get(driver_num)
        if live is not None and live.marker is not None and live.marker.at < end:
            live.marker, live.pace = None, Pace()
            self.changed("driver", driver_num)
        for order in list(self.orders.values()):
            marker = order.marker
            if order.order.driver_num == driver_num and marker is not None and marker.at < end:
                order.marker = order.forecast = None
                self.changed("order", order.order.num)

    def forget_customers(self, end: int) -> None:
        """Who the customers of orders that were over before ``end`` were is deleted."""
        for num, live in list(self.orders.items()):
            order = live.order
            if order.ended_at is None or order.ended_at >= end:
                continue
            details = replace(order.details, **CUSTOMERLESS)
            if details != order.details:
                live.order = replace(order, details=details)
                self.changed("order", num)

    def pass_by(self, live: LiveDriver, point: Point, at: int) -> None:
        """A fix on the way to one that will move the marker."""
        live.pace = update_pace(live.pace, point.fix, at)

    def forget_finished(self, followed: Callable[[int], bool], now: int) -> None:
        """Let finished orders go that nobody follows, whose customer waits for nothing, and about
        which nothing is to be done."""
        for num, live in list(self.orders.items()):
            order = live.order
            if order.status not in FINAL or order.asked_at is not None:
                continue
            if not followed(num) and not waits_failed(order.status, order.ended_at, now):
                del self.orders[num]
                self._order_nums.pop(live.order.id, None)

    def _put(self, live: LiveOrder) -> LiveOrder:
        self.orders[live.order.num] = live
        self._order_nums[live.order.id] = live.order.num
        self._give_to_driver(live)
        return live

    # the open orders of each driver

    def _give_to_driver(self, live: LiveOrder) -> None:
        order = live.order
        if order.driver_num is not None and order.status in OPEN:
            self._orders_of.setdefault(order.driver_num, {})[order.num] = live

    def _take_from_driver(self, live: LiveOrder) -> None:
        driver_num = live.order.driver_num
        mine = self._orders_of.get(driver_num) if driver_num is not None else None
        if mine is None or driver_num is None:
            return
        mine.pop(live.order.num, None)
        if not mine:
            del self._orders_of[driver_num]


def begun(live: LiveOrder, now: int) -> int:
    """When an order's way began: ``now`` if it has not yet, 0 while its history is not read."""
    if live.events is None:
        return 0
    return next((event.at for event in live.events if event.status in UNDERWAY), now)


def marker_of(stored: StoredPosition | None) -> Marker | None:
    """A stored position as a marker."""
    if stored is None:
        return None
    return Marker(
        stored.lat,
        stored.lng,
        stored.at,
        stored.heading,
        stored.speed,
        stored.accuracy,
        stored.battery,
    )
