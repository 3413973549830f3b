"""`Idempotency-Key`: once done, again answered, no secret kept."""

import sqlite3
from pathlib import Path

import httpx
import pytest

from tests.web.house import House

KEY = {"Idempotency-Key": "k-1"}


async def test_an_order_is_made_once_and_its_token_told_again(
    admin: httpx.AsyncClient, tmp_path: Path
) -> None:
    body = {"id": "A1", "note": "x"}
    first = await admin.post("/api/v1/orders", json=body, headers=KEY)
    await admin.post("/api/v1/orders/A1/links")
    await admin.post("/admin/update", json={"orderId": "A1", "status": "delivered"})
    again = await admin.post("/api/v1/orders", json=body, headers=KEY)
    assert (again.status_code, again.json()) == (201, first.json())
    with sqlite3.connect(tmp_path / "data" / "ontheway.db") as database:
        kept = database.execute("SELECT body FROM kept_answers").fetchall()
    assert len(kept) == 1
    assert first.json()["trackingToken"].encode() not in kept[0][0]


async def test_the_order_of_the_fields_makes_no_difference(admin: httpx.AsyncClient) -> None:
    headers = KEY | {"Content-Type": "application/json"}
    texts = ('{"id":"A1","note":"x"}', '{ "note": "x", "id": "A1" }')
    answers = [await admin.post("/api/v1/orders", content=t, headers=headers) for t in texts]
    assert [answer.status_code for answer in answers] == [201, 201]


async def test_the_same_key_for_something_else_is_a_conflict(admin: httpx.AsyncClient) -> None:
    await admin.post("/api/v1/orders", json={"id": "A1"}, headers=KEY)
    for path, body in (
        ("/api/v1/orders", {"id": "A2"}),
        ("/api/v1/drivers", {"id": "A1", "name": "Ana"}),
        ("/admin/update", {"orderId": "A1", "status": "delivered"}),
    ):
        answer = await admin.post(path, json=body, headers=KEY)
        assert answer.status_code == 409, path
        assert answer.json()["error"]["code"] == "conflict"
    assert (await admin.get("/api/v1/orders/A1")).json()["status"] == "pending"


async def test_the_same_key_of_somebody_else_is_another(house: House) -> None:
    for number, role in enumerate(("admin", "dispatcher")):
        client = await house.client_for(role)
        answer = await client.post("/api/v1/orders", json={"id": f"A{number}"}, headers=KEY)
        assert answer.status_code == 201


async def test_a_driver_is_made_once_and_his_token_is_not_told_again(
    admin: httpx.AsyncClient, house: House
) -> None:
    first = (await admin.post("/api/v1/drivers", json={"name": "Ana"}, headers=KEY)).json()
    answer = await admin.post("/api/v1/drivers", json={"name": "Ana"}, headers=KEY)
    assert answer.status_code == 201
    assert answer.json() == {**first, "token": None, "driverUrl": None}
    assert len((await admin.get("/api/v1/drivers")).json()["items"]) == 1
    assert (await house.services.fleet.identify(first["token"], None))[0].id == first["id"]


async def test_a_token_is_rotated_once(admin: httpx.AsyncClient, house: House) -> None:
    driver = (await admin.post("/api/v1/drivers", json={"name": "Ana"})).json()
    path = f"/api/v1/drivers/{driver['id']}/token"
    first = (await admin.post(path, headers=KEY)).json()
    again = await admin.post(path, headers=KEY)
    assert again.status_code == 200
    assert again.json() == {**first, "token": None, "driverUrl": None}
    assert (await house.services.fleet.identify(first["token"], None))[0].id == driver["id"]


async def test_a_link_is_made_once_and_its_token_told_again(admin: httpx.AsyncClient) -> None:
    await admin.post("/api/v1/orders", json={"id": "A1"})
    path = "/api/v1/orders/A1/links"
    first = await admin.post(path, json={}, headers=KEY)
    again = await admin.post(path, json={}, headers=KEY)
    assert (again.status_code, again.json()) == (201, first.json())
    assert len((await admin.get(path)).json()["items"]) == 2


async def test_a_status_is_one_event(admin: httpx.AsyncClient) -> None:
    await admin.post("/api/v1/orders", json={"id": "A1"})
    body = {"orderId": "A1", "status": "picked_up"}
    first = await admin.post("/admin/update", json=body, headers=KEY)
    await admin.post("/admin/update", json={"orderId": "A1", "status": "delivered"})
    again = await admin.post("/admin/update", json=body, headers=KEY)
    assert (again.status_code, again.json()) == (200, first.json())
    assert (await admin.get("/api/v1/orders/A1")).json()["status"] == "delivered"


async def test_an_order_is_given_once(admin: httpx.AsyncClient) -> None:
    driver = (await admin.post("/api/v1/drivers", json={"name": "Ana"})).json()
    await admin.post("/api/v1/orders", json={"id": "A1"})
    path, body = "/api/v1/orders/A1/assign", {"driverId": driver["id"]}
    first = await admin.post(path, json=body, headers=KEY)
    await admin.post(path, json={"driverId": None})
    again = await admin.post(path, json=body, headers=KEY)
    assert (again.status_code, again.json()) == (200, first.json())
    assert (await admin.get("/api/v1/orders/A1")).json()["driverId"] is None


async def test_what_was_refused_may_be_tried_again(admin: httpx.AsyncClient) -> None:
    body = {"orderId": "A1", "status": "delivered"}
    assert (await admin.post("/admin/update", json=body, headers=KEY)).status_code == 404
    await admin.post("/api/v1/orders", json={"id": "A1"})
    assert (await admin.post("/admin/update", json=body, headers=KEY)).status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_that_cannot_be_kept_is_told(admin: httpx.AsyncClient, key: str) -> None:
    headers = {"Idempotency-Key": key}
    answer = await admin.post("/api/v1/orders", json={}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == "Idempotency-Key"
