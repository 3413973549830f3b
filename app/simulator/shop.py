"""The demo's shop: takes orders and hands them to drivers, all through the HTTP API."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from app.simulator.api import Api, ApiError, Json
from app.simulator.city import Corner, random_corner
from app.simulator.people import customer, note

HOME: Final = Corner(7, 28)
NAME: Final = "Corner Bakery"
WAITING: Final = 2
"""Orders that wait for a driver, beside one for later."""

_SOON: Final = timedelta(minutes=30)


class Shop:
    """Orders of one shop. It gives away only its own orders, and none that staff have touched."""

    def __init__(self, api: Api, rng: Random) -> None:
        self._api = api
        self._rng = rng
        self._number = rng.randint(1000, 8000)
        self._begins: dict[str, datetime] = {}
        # One at a time: two drivers never get the same order.
        self._counter = asyncio.Lock()

    async def stock(self) -> None:
        """Keep some orders waiting for a driver, and one for this evening."""
        async with self._counter:
            await self._stock()

    async def hand_to(self, driver_id: str) -> None:
        """Give the driver the order that waits longest, and stock up again."""
        async with self._counter:
            soon, _later = await self._waiting()
            order_id = soon[0] if soon else (await self._take_order())["id"]
            await self._assign(order_id, driver_id)
            await self._stock()

    async def order_for(self, driver_id: str, *, blocks: tuple[int, int] = (9, 24)) -> Json:
        """A new order, due now, for this driver. Returns the API's order with its links."""
        async with self._counter:
            order = await self._take_order(blocks=blocks, hours=0)
            await self._assign(order["id"], driver_id)
            return order

    async def _stock(self) -> None:
        soon, later = await self._waiting()
        for _ in range(WAITING - len(soon)):
            await self._take_order()
        if not later:
            await self._take_order(hours=self._rng.uniform(2.5, 4))

    async def _assign(self, order_id: str, driver_id: str) -> None:
        await self._api.post(f"/orders/{order_id}/assign", {"driverId": driver_id})
        self._begins.pop(order_id, None)

    async def _take_order(self, *, blocks: tuple[int, int] = (9, 24), hours: float = 0.2) -> Json:
        goal = random_corner(self._rng, near=HOME, blocks=blocks)
        begin = _on_the_dot(datetime.now(UTC) + timedelta(hours=hours))
        body = {
            "customer": customer(self._rng),
            "destination": _address(goal),
            "pickup": _address(HOME, NAME),
            "window": {"from": begin.isoformat(), "to": (begin + _SOON).isoformat()},
        }
        order = await self._numbered(body | note(self._rng))
        self._begins[order["id"]] = begin
        return order

    async def _numbered(self, body: Json) -> Json:
        while True:
            self._number += 1
            try:
                return await self._api.post("/orders", body | {"id": f"B{self._number}"})
            except ApiError as error:
                # 409: the number is taken, by an earlier run on the same data.
                if error.status != 409:
                    raise

    async def _waiting(self) -> tuple[list[str], list[str]]:
        """The shop's own pending orders: those due soon, oldest first, and those for later."""
        answer = await self._api.get("/orders", status="pending", limit=500)
        pending = {item["id"] for item in answer["items"]}
        self._begins = {id: begin for id, begin in self._begins.items() if id in pending}
        limit = datetime.now(UTC) + _SOON
        soon = [id for id, begin in self._begins.items() if begin <= limit]
        return soon, [id for id in self._begins if id not in soon]


def _address(corner: Corner, name: str = "") -> Json:
    lat, lng = corner.place
    address = f"{name}, {corner.address}" if name else corner.address
    return {"lat": round(lat, 6), "lng": round(lng, 6), "address": address}


def _on_the_dot(moment: datetime) -> datetime:
    """The next full five minutes."""
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=5 - moment.minute % 5)
