"""Drivers, connections and the activity log over HTTP."""

import asyncio

import httpx
import pytest

from app.domain.errors import Close
from app.tracking.hub import Run, Shared
from app.tracking.raw_views import Hear
from tests.web.house import House


async def new_driver(client: httpx.AsyncClient, name: str = "Ana") -> dict[str, object]:
    answer = await client.post("/api/v1/drivers", json={"name": name})
    assert answer.status_code == 201
    driver: dict[str, object] = answer.json()
    return driver


async def test_drivers_are_listed_by_name_page_by_page(admin: httpx.AsyncClient) -> None:
    for name in ("zoe", "Ana", "Ana", "milan"):
        await new_driver(admin, name)
    first = (await admin.get("/api/v1/drivers?limit=3")).json()
    assert [driver["name"] for driver in first["items"]] == ["Ana", "Ana", "milan"]
    rest = (await admin.get(f"/api/v1/drivers?limit=3&cursor={first['next']}")).json()
    assert [driver["name"] for driver in rest["items"]] == ["zoe"]
    assert rest["next"] is None
    assert "token" not in rest["items"][0]


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMl0", "bnVsbA", "%F0%9F%98%80"])
async def test_a_cursor_of_another_list_is_refused(admin: httpx.AsyncClient, cursor: str) -> None:
    await new_driver(admin)
    answer = await admin.get(f"/api/v1/drivers?cursor={cursor}")
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == "cursor"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "Ana", "phone": 43}, "phone"),
    ],
)
async def test_a_wrong_driver_is_told(
    admin: httpx.AsyncClient, body: dict[str, object], field: str
) -> None:
    answer = await admin.post("/api/v1/drivers", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field


async def test_a_driver_is_changed_and_put_off_duty(admin: httpx.AsyncClient) -> None:
    driver = await new_driver(admin)
    path = f"/api/v1/drivers/{driver['id']}"
    changed = (await admin.patch(path, json={"vehicle": "van", "onDuty": False})).json()
    assert (changed["name"], changed["vehicle"], changed["onDuty"]) == ("Ana", "van", False)
    assert (await admin.get(path)).json() == changed
    assert (await admin.patch(path, json={"vehicle": None})).json()["vehicle"] is None
    assert (await admin.patch(path, json={"onDuty": None})).json()["error"]["field"] == "onDuty"
    assert (await admin.patch(path, json={"name": None})).json()["error"]["field"] == "name"
    assert (await admin.patch("/api/v1/drivers/none", json={})).status_code == 404


async def test_a_rotated_token_ends_the_old_one(house: House, admin: httpx.AsyncClient) -> None:
    driver = await new_driver(admin)
    answer = await admin.post(f"/api/v1/drivers/{driver['id']}/token")
    assert answer.status_code == 200
    token = answer.json()["token"]
    assert token != driver["token"]
    assert answer.json()["driverUrl"].endswith(f"/drive#{token}")
    assert (await house.services.fleet.identify(token, None))[0].id == driver["id"]
    assert (await admin.post("/api/v1/drivers/none/token")).status_code == 404


async def test_a_driver_with_open_orders_is_not_removed(admin: httpx.AsyncClient) -> None:
    driver = await new_driver(admin)
    await admin.post("/api/v1/orders", json={"id": "A1", "driverId": driver["id"]})
    path = f"/api/v1/drivers/{driver['id']}"
    assert (await admin.delete(path)).status_code == 409
    await admin.post("/admin/update", json={"orderId": "A1", "status": "delivered"})
    gone = await admin.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await admin.get(path)).status_code == 404
    assert (await admin.delete(path)).status_code == 404


class EndedSocket:
    """A socket that remembers how it was ended."""

    def __init__(self) -> None:
        self.code: Close | None = None

    def lag(self) -> float | None:
        """Not measured."""
        return None

    def ask(self) -> None:
        """Nothing."""

    def backlog(self) -> tuple[int, int]:
        """Nothing waits."""
        return 0, 0

    def tap(self, hear: Hear | None) -> None:
        """Nothing is heard."""

    def send(self, message: Shared) -> None:
        """Nothing."""

    def send_positions(self, topic: int, run: Run) -> None:
        """Nothing."""

    def end(self, code: Close) -> None:
        """Remember."""
        self.code = code


async def test_connections_are_listed_and_ended(house: House, admin: httpx.AsyncClient) -> None:
    socket = EndedSocket()
    opened = house.services.monitor.opened("client", socket, "203.0.113.9", "curl")
    (item,) = (await admin.get("/api/v1/connections")).json()["items"]
    assert item.pop("openedAt").endswith("Z")
    assert item == {
        "id": opened.id,
        "kind": "client",
        "actor": None,
        "address": "203.0.113.9",
        "agent": "curl",
        "lastAt": None,
        "orders": [],
        "received": 0,
        "receivedBytes": 0,
        "sent": 0,
        "sentBytes": 0,
    }
    assert (await admin.delete(f"/api/v1/connections/{opened.id}")).status_code == 204
    assert socket.code is Close.DISCONNECTED
    assert (await admin.delete("/api/v1/connections/none")).status_code == 404


async def test_the_activity_log_is_read_newest_first(admin: httpx.AsyncClient) -> None:
    for name in ("Ana", "Bo"):
        await new_driver(admin, name)
    async with asyncio.timeout(30):
        while True:
            items = (await admin.get("/api/v1/activity?limit=2")).json()["items"]
            names = [item["detail"].get("name") for item in items]
            if names == ["Bo", "Ana"]:
                break
            await asyncio.sleep(0.02)
    newest = items[0]
    assert newest.pop("at").endswith("Z")
    assert newest.pop("subject")
    assert newest == {
        "kind": "driver.created",
        "actor": {"kind": "apikey", "id": "key-admin"},
        "address": "203.0.113.7",
        "detail": {"name": "Bo"},
    }
