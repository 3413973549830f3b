"""The whole way of an order or a driver, as a map draws it."""

from typing import Any

import httpx
import pytest

from app.tracking import replay
from tests.web.house import House, point

START = 1_700_000_000


async def way(client: httpx.AsyncClient, path: str, **query: str) -> dict[str, Any]:
    """The answer."""
    answer = await client.get(f"/api/v1/{path}/way", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_whole_way_of_a_finished_order_comes_with_both_its_places(
    house: House, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "PER_READ", 40)
    driver = (await admin.post("/api/v1/drivers", json={"name": "Ana"})).json()["id"]
    pickup, door = {"lat": 48.0, "lng": 11.5}, {"lat": 48.1, "lng": 11.5, "address": "Door 1"}
    body = {"id": "A1", "driverId": driver, "destination": door, "pickup": pickup}
    await admin.post("/api/v1/orders", json=body)
    moves = [point(48 + n / 10_000, 11.5, at=START + n, order="A1") for n in range(100)]
    later = [point(48.02 + n / 10_000, 11.5, at=START + 300 + n, order="A1") for n in range(50)]
    wrong = point(48.5, 11.5, at=START + 30, order="A1", accuracy=900)
    await house.drive(driver, *moves, *later, wrong)
    await admin.post("/admin/update", json={"orderId": "A1", "status": "delivered"})
    found = await way(admin, "orders/A1")
    assert found["places"] == [
        {"kind": "bag", **pickup, "address": None},
        {"kind": "door", **door},
    ]
    assert [[at // 1_000 - START, lat] for at, lat, _ in found["points"]] == [
        [0, 48.0],
        [99, 48.0099],
        [300, 48.02],
        [349, 48.0249],
    ]
    assert found["gaps"] == [2]
    assert found["metres"] == pytest.approx(1_100 + 545, abs=5)
    assert (found["count"], found["leftOut"]) == (150, 1)
    assert (found["within"], found["more"]) == (5, False)

    his = await way(admin, f"drivers/{driver}", **{"from": str(START + 100)})
    assert (his["places"], his["count"]) == ([], 50)
    assert (await admin.get("/api/v1/orders/never/way")).status_code == 404
