"""A failed order is tried again: once, and only when it failed."""

import asyncio

import httpx
import pytest

from app.domain.access import SYSTEM
from app.domain.errors import OnthewayError
from app.tracking.orders import MadeOrder
from app.tracking.second_try import try_again
from tests.web.house import House


async def again(house: House, order_id: str) -> MadeOrder:
    """Try it again, now."""
    services = house.services
    return await try_again(services.orders, services.store.orders, order_id, SYSTEM, services.now())


async def test_of_two_who_try_at_once_one_makes_an_order(
    house: House, admin: httpx.AsyncClient
) -> None:
    over = {"from": "2020-01-01T10:00:00Z", "to": "2020-01-01T11:00:00Z"}
    await admin.post("/api/v1/orders", json={"id": "A1", "note": "Bell", "window": over})
    with pytest.raises(OnthewayError, match="pending"):
        await again(house, "A1")
    await admin.post("/admin/update", json={"orderId": "A1", "status": "failed"})
    found = await asyncio.gather(again(house, "A1"), again(house, "A1"), return_exceptions=True)
    [made] = [one for one in found if isinstance(one, MadeOrder)]
    [refused] = [one for one in found if isinstance(one, OnthewayError)]
    assert refused.code == "conflict"
    assert made.order.details.note == "Bell"
    assert made.order.details.window is None
    orders = (await admin.get("/api/v1/orders")).json()["items"]
    assert {order["id"] for order in orders} == {"A1", made.order.id}
    assert next(one["note"] for one in orders if one["id"] == "A1").endswith(f"#{made.order.id}.")
    with pytest.raises(OnthewayError, match=made.order.id):
        await again(house, "A1")


async def test_an_order_that_could_not_be_made_is_not_named(
    house: House, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> MadeOrder:
        raise RuntimeError("broken")

    await admin.post("/api/v1/orders", json={"id": "A1", "note": "Bell"})
    await admin.post("/admin/update", json={"orderId": "A1", "status": "failed"})
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(house.services.orders, "create", broken)
        await again(house, "A1")
    assert (await house.services.store.orders.get("A1")).details.note == "Bell"
    assert (await again(house, "A1")).order.details.note == "Bell"
