"""A demo driver: hears of his orders over the driver socket, and drives them through the city.

He knows only what the socket tells him, so what staff do in the dashboard reaches him too.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any, Final

import structlog

from app.client import DriverConnection, DriverRefused
from app.domain.geo import Place, distance
from app.domain.order import FINAL
from app.outbox import Json
from app.simulator.city import (
    Corner,
    Fix,
    Gps,
    Ride,
    Vehicle,
    nearest_corner,
    random_corner,
    route,
)

REPORT_SECONDS: Final = 2
ARRIVING_METRES: Final = 250.0
SIGNAL_LOST_SECONDS: Final = 90.0
SIGNAL_HELD_SECONDS: Final = 240.0

_log = structlog.get_logger(__name__)


class CityDriver:
    """One driver with a phone; ``pace`` runs his city faster than the clock (1.0 is real time).

    ``head_start``: how far along (0 to 1) his first delivery is when he appears. ``patchy``: his
    phone loses its signal now and then, and sends what it missed afterwards, newest first.
    """

    def __init__(
        self,
        *,
        name: str,
        vehicle: Vehicle,
        home: Corner,
        rng: Random,
        pace: float = 1.0,
        head_start: float | None = None,
        patchy: bool = False,
    ) -> None:
        self.name = name
        self.idle = asyncio.Event()
        self._vehicle, self._home, self._rng, self._pace = vehicle, home, rng, pace
        self._head_start = head_start
        self._corner = random_corner(rng, near=home, blocks=(1, 8))
        self._gps = Gps(rng)
        self._battery = rng.uniform(0.45, 1.0)
        self._orders: dict[str, Json] = {}
        self._done: set[str] = set()
        self._due = 0.0
        self._patchy = patchy
        self._silent_at, self._silent_until = SIGNAL_HELD_SECONDS, 0.0
        self._driven = 0.0
        self._missed: list[Callable[[], Coroutine[Any, Any, str]]] = []

    async def run(self, url: str, token: str, trust: ssl.SSLContext | None = None) -> None:
        """Work until cancelled, or until the server wants no more of him; ``trust`` for https."""
        connection = DriverConnection(url, token, on_message=self._hear, ssl_context=trust)
        try:
            async with connection as phone:
                await phone.connected()
                while True:
                    await self._work(phone)
        except DriverRefused as error:
            _log.info("demo driver ended", driver=self.name, code=error.code)

    def _hear(self, message: Json) -> None:
        match message["type"]:
            case "welcome":
                open_orders = {order["orderId"]: order for order in message["orders"]}
                # His "delivered" may still be on its way: such an order is done all the same.
                self._orders = {id: o for id, o in open_orders.items() if id not in self._done}
            case "order_assigned":
                order = message["order"]
                self._done.discard(order["orderId"])
                self._orders[order["orderId"]] = order
            case "order_unassigned":
                self._orders.pop(message["orderId"], None)
            case "status_update" if message["status"] in FINAL:
                self._orders.pop(message["orderId"], None)
            case "status_update" if order := self._orders.get(message["orderId"]):
                order["status"] = message["status"]

    async def _work(self, phone: DriverConnection) -> None:
        if not self._orders:
            self.idle.set()
            await self._stand(phone, 20)
            return
        self.idle.clear()
        order = next(iter(self._orders.values()))
        if await self._collect(phone, order) and await self._deliver(phone, order):
            self._orders.pop(order["orderId"], None)
            self._done.add(order["orderId"])

    async def _collect(self, phone: DriverConnection, order: Json) -> bool:
        """Fetch the goods; False when the order was taken away meanwhile."""
        order_id = order["orderId"]
        if order["status"] not in {"pending", "assigned"}:
            return True
        shop = _corner_of(order.get("pickup")) or self._home
        if self._head_start is None:
            if not await self._ride(phone, shop, order_id):
                return False
            await self._stand(phone, self._rng.randint(6, 16), order_id)
        self._corner = shop
        if order_id not in self._orders:
            return False
        await phone.status(order_id, "picked_up")
        return True

    async def _deliver(self, phone: DriverConnection, order: Json) -> bool:
        """Bring the goods to the door; False when the order was taken away meanwhile."""
        order_id = order["orderId"]
        goal = _corner_of(order.get("destination"))
        goal = goal or random_corner(self._rng, near=self._corner, blocks=(8, 20))
        if order["status"] != "arriving":
            await phone.status(order_id, "in_transit")
        share, self._head_start = self._head_start or 0.0, None
        if not await self._ride(phone, goal, order_id, carrying=True, share=share):
            return False
        await self._stand(phone, self._rng.randint(8, 24), order_id)
        if order_id in self._orders:
            await phone.status(order_id, "delivered")
        return True

    async def _ride(
        self,
        phone: DriverConnection,
        goal: Corner,
        order_id: str,
        *,
        carrying: bool = False,
        share: float = 0.0,
    ) -> bool:
        ride = Ride(route(self._corner, goal, self._rng), self._vehicle, self._rng)
        ride.skip(share)
        announced = not carrying
        async for fix in self._paced(ride):
            await self._report(phone, fix, order_id)
            if not announced and distance(ride.place, goal.place) <= ARRIVING_METRES:
                announced = True
                await phone.status(order_id, "arriving")
            if order_id not in self._orders:
                self._corner = nearest_corner(ride.place)
                return False
        self._corner = goal
        return True

    async def _paced(self, ride: Ride) -> AsyncIterator[Fix]:
        for second, fix in enumerate(ride.fixes()):
            if second % REPORT_SECONDS == 0:
                yield fix
                await self._tick()

    async def _stand(self, phone: DriverConnection, seconds: int, order_id: str = "") -> None:
        """Wait at a corner; a change of the orders ends it early."""
        had = set(self._orders)
        for _ in range(0, seconds, REPORT_SECONDS):
            fix = self._gps.fix(self._corner.place, 0.0, None)
            await self._report(phone, fix, order_id)
            await self._tick()
            if set(self._orders) != had:
                return

    async def _tick(self) -> None:
        clock = asyncio.get_running_loop().time
        self._driven += REPORT_SECONDS
        self._due = max(self._due + REPORT_SECONDS / self._pace, clock())
        await asyncio.sleep(self._due - clock())

    async def _report(self, phone: DriverConnection, fix: Fix, order_id: str) -> None:
        self._battery = self._battery - 0.0001 if self._battery > 0.15 else 0.98
        report = partial(
            phone.send,
            fix.lat,
            fix.lng,
            order_id=order_id or None,
            recorded_at=datetime.now(UTC),
            speed=fix.speed,
            heading=fix.heading,
            accuracy=fix.accuracy,
            battery=round(self._battery, 2),
        )
        if await self._signal_lost(phone, bool(order_id)):
            self._missed.append(report)
            return
        await report()
        for missed in self._missed:
            await missed()
        self._missed.clear()

    async def _signal_lost(self, phone: DriverConnection, busy: bool) -> bool:
        if self._driven < self._silent_until:
            return True
        if self._patchy and busy and self._driven >= self._silent_at:
            self._silent_until = self._driven + SIGNAL_LOST_SECONDS
            self._silent_at = self._silent_until + self._rng.uniform(1, 2) * SIGNAL_HELD_SECONDS
            await phone.pause()
            return True
        phone.resume()
        return False


def _corner_of(place: Json | None) -> Corner | None:
    if place is None or place.get("lat") is None or place.get("lng") is None:
        return None
    return nearest_corner(Place(place["lat"], place["lng"]))
