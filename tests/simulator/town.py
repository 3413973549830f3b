"""A small real server for the demo's tests: the API calls that the city makes, and the socket."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Json = dict[str, Any]

KEY = "an-api-key"
FINAL = {"delivered", "failed", "cancelled", "returned"}


class Town:
    """Drivers, orders and what drivers sent, in memory; assigning tells the driver."""

    def __init__(self) -> None:
        self.drivers: dict[str, Json] = {}
        self.orders: dict[str, Json] = {}
        self.history: dict[str, list[str]] = {}
        self.points: dict[str, list[Json]] = {}
        self.frames: dict[str, list[Json]] = {}
        self.sockets: dict[str, web.WebSocketResponse] = {}
        self.busy = 0
        self._ids_by_token: dict[str, str] = {}

    def app(self) -> web.Application:
        """The doors."""
        app = web.Application()
        app.add_routes(
            [
                web.post("/api/v1/drivers", self._add_driver),
                web.get("/api/v1/orders", self._list),
                web.post("/api/v1/orders", self._add_order),
                web.post("/api/v1/orders/{id}/assign", self._assign),
                web.get("/ws/driver", self._socket),
            ]
        )
        return app

    async def _add_driver(self, request: web.Request) -> web.Response:
        if self.busy:
            self.busy -= 1
            return web.json_response({"error": {"code": "unavailable"}}, status=503)
        if request.headers["Authorization"] != f"Bearer {KEY}":
            return web.json_response({"error": {"code": "not_authenticated"}}, status=401)
        body, token = await request.json(), secrets.token_urlsafe(24)
        driver_id = f"d{len(self.drivers) + 1}"
        self.drivers[driver_id] = body
        self._ids_by_token[token] = driver_id
        self.points[driver_id], self.frames[driver_id] = [], []
        answer = {"id": driver_id, "token": token, "driverUrl": f"http://x/drive#{token}"}
        return web.json_response(body | answer, status=201)

    async def _add_order(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["id"] in self.orders:
            return web.json_response({"error": {"code": "already_exists"}}, status=409)
        link = {"trackingUrl": f"http://x/track/{body['id']}"}
        self.orders[body["id"]] = body | {"status": "pending", "driverId": None} | link
        self.history[body["id"]] = ["pending"]
        return web.json_response(self.orders[body["id"]], status=201)

    async def _list(self, request: web.Request) -> web.Response:
        status = request.query["status"]
        items = [order for order in self.orders.values() if order["status"] == status]
        return web.json_response({"items": items, "next": None})

    async def _assign(self, request: web.Request) -> web.Response:
        order = self.orders[request.match_info["id"]]
        await self.assign(order["id"], (await request.json())["driverId"])
        return web.json_response(order)

    async def assign(self, order_id: str, driver_id: str | None) -> None:
        """Give an order to a driver, or take it away."""
        order, before = self.orders[order_id], self.orders[order_id]["driverId"]
        order |= {"driverId": driver_id, "status": "assigned" if driver_id else "pending"}
        self.history[order_id].append(order["status"])
        if before:
            await self._tell(before, type="order_unassigned", orderId=order_id)
        if driver_id:
            await self._tell(driver_id, type="order_assigned", order=brief(order))

    async def set_status(self, order_id: str, status: str) -> None:
        """What staff, or a driver, do."""
        order = self.orders[order_id]
        order["status"] = status
        self.history[order_id].append(status)
        await self._tell(order["driverId"], type="status_update", orderId=order_id, status=status)

    async def _tell(self, driver_id: str, **message: object) -> None:
        if socket := self.sockets.get(driver_id):
            await socket.send_json(message)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        driver_id = self._ids_by_token[request.headers["Authorization"].removeprefix("Bearer ")]
        socket = self.sockets[driver_id] = web.WebSocketResponse()
        await socket.prepare(request)
        mine = [order for order in self.orders.values() if order["driverId"] == driver_id]
        orders = [brief(order) for order in mine if order["status"] not in FINAL]
        await socket.send_json({"type": "welcome", "driverId": driver_id, "orders": orders})
        async for message in socket:
            await self._hear(driver_id, socket, message.json())
        if self.sockets.get(driver_id) is socket:
            del self.sockets[driver_id]
        return socket

    async def _hear(self, driver_id: str, socket: web.WebSocketResponse, frame: Json) -> None:
        self.frames[driver_id].append(frame)
        messages = frame.get("locations", [frame])
        if frame["type"] == "status_update":
            await self.set_status(frame["orderId"], frame["status"])
        else:
            self.points[driver_id] += messages
        ids = [message["id"] for message in messages]
        await socket.send_json({"type": "ack", "ids": ids, "count": len(ids)})

    async def revoke(self, driver_id: str) -> None:
        """End a driver's right."""
        await self.sockets[driver_id].close(code=4503, message=b"revoked")

    def named(self, name: str) -> str:
        """The id of the driver of that name."""
        found = [id for id, driver in self.drivers.items() if driver["name"] == name]
        assert found, f"{name} was not made"
        return found[0]


def brief(order: Json) -> Json:
    """An order as its driver sees it."""
    keys = ("status", "destination", "pickup")
    return {"orderId": order["id"]} | {key: order.get(key) for key in keys}


@asynccontextmanager
async def small_town() -> AsyncIterator[tuple[Town, str]]:
    """The town and its http address, on a free port."""
    town = Town()
    runner = web.AppRunner(town.app(), shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield town, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
