"""Orders, links, events and the dispatcher's command over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.web.house import HOST, House, point

FULL = {
    "id": "A-1",
    "customer": {"name": "Zoë <b>", "phone": "+43 1", "email": "z@example.com"},
    "destination": {"lat": 48.137, "lng": 11.575, "address": "Marienplatz 1"},
    "pickup": {"address": "Kitchen"},
    "window": {"from": "2026-11-23T10:00:00Z", "to": "2026-11-23T11:00:00+00:00"},
    "note": "Ring twice",
}


async def made(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/orders", json=body)
    assert answer.status_code == 201, answer.text
    order: dict[str, Any] = answer.json()
    return order


async def test_an_order_is_made_with_all_that_was_said_and_a_link(admin: httpx.AsyncClient) -> None:
    order = await made(admin, **FULL)
    token = order.pop("trackingToken")
    assert order.pop("trackingUrl") == f"{HOST}/track/{token}"
    assert len(token) == 32
    assert order.pop("createdAt") == order.pop("updatedAt")
    assert order == {
        "id": "A-1",
        "status": "pending",
        "seq": 1,
        "driverId": None,
        "customer": FULL["customer"],
        "destination": FULL["destination"],
        "pickup": {"lat": None, "lng": None, "address": "Kitchen"},
        "window": {"from": "2026-11-23T10:00:00.000Z", "to": "2026-11-23T11:00:00.000Z"},
        "note": "Ring twice",
        "endedAt": None,
        "customerNote": None,
        "askedAt": None,
        "rating": None,
    }


async def test_an_empty_order_gets_an_id(admin: httpx.AsyncClient) -> None:
    order = await made(admin)
    assert order["id"]
    read = (await admin.get(f"/api/v1/orders/{order['id']}")).json()
    assert read["trackingUrl"] == order["trackingUrl"]
    assert "trackingToken" not in read


async def test_an_id_that_is_a_number_is_the_same_as_its_text(admin: httpx.AsyncClient) -> None:
    assert (await made(admin, id=17))["id"] == "17"
    answer = await admin.post("/api/v1/orders", json={"id": "17"})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "already_exists"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"id": ".."}, "id"),
        ({"id": "a/b"}, "id"),
        ({"id": "x" * 65}, "id"),
        ({"id": True}, "id"),
        ({"driverId": "nobody"}, "driverId"),
        ({"destination": {"lat": 91, "lng": 1}}, "destination.lat"),
        ({"destination": {"lat": "48.1", "lng": 1}}, "destination.lat"),
        ({"destination": {"lat": True, "lng": 1}}, "destination.lat"),
        ({"destination": {"lat": 48.1}}, "destination"),
        ({"destination": "Marienplatz"}, "destination"),
        ({"window": {"from": "2026-11-23T10:00:00Z"}}, "window.to"),
        ({"window": {"from": "2026-11-23T10:00:00Z", "to": "yesterday"}}, "window.to"),
        ({"window": {"from": 200, "to": 100}}, "window"),
        ({"customer": {"name": "x" * 201}}, "customer.name"),
        ({"note": "a\0b"}, "note"),
        ({"note": 7}, "note"),
    ],
)
async def test_a_wrong_field_is_named(
    admin: httpx.AsyncClient, body: dict[str, Any], field: str
) -> None:
    answer = await admin.post("/api/v1/orders", json=body)
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == ("invalid_field", field)
    assert error["message"].endswith(".")


async def test_an_order_of_a_driver_begins_as_assigned(admin: httpx.AsyncClient) -> None:
    driver = (await admin.post("/api/v1/drivers", json={"name": "Ana"})).json()
    order = await made(admin, driverId=driver["id"])
    assert (order["status"], order["driverId"]) == ("assigned", driver["id"])
    assert (await admin.get(f"/api/v1/drivers/{driver['id']}")).json()["orders"] == [order["id"]]


async def test_orders_are_listed_newest_first_page_by_page(admin: httpx.AsyncClient) -> None:
    for number in range(5):
        await made(admin, id=f"N{number}", customer={"name": f"Person {number}"})
    seen, cursor, pages = [], None, 0
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await admin.get("/api/v1/orders", params=query)).json()
        seen += [order["id"] for order in page["items"]]
        pages, cursor = pages + 1, page["next"]
        if cursor is None:
            break
    assert seen == ["N4", "N3", "N2", "N1", "N0"]
    assert pages == 3


async def test_orders_are_filtered_by_status_driver_and_text(admin: httpx.AsyncClient) -> None:
    driver = (await admin.post("/api/v1/drivers", json={"name": "Ana"})).json()
    await made(admin, id="free", customer={"name": "Bob"})
    await made(admin, id="his", driverId=driver["id"])
    await made(admin, id="gone")
    await admin.post("/admin/update", json={"orderId": "gone", "status": "cancelled"})

    async def found(**query: Any) -> list[str]:
        page = (await admin.get("/api/v1/orders", params=query)).json()
        return [order["id"] for order in page["items"]]

    assert await found(status="pending") == ["free"]
    assert await found(status="pending,cancelled") == ["gone", "free"]
    assert await found(status=["pending", "assigned"]) == ["his", "free"]
    assert await found(driverId=driver["id"]) == ["his"]
    assert await found(q="bob") == ["free"]
    assert await found(q="' OR 1=1 --") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("cursor=%00nonsense", "cursor"),
        ("cursor=bm9uc2Vuc2U", "cursor"),
        ("status=lost", "status"),
        ("q=" + "x" * 300, "q"),
    ],
)
async def test_a_wrong_query_is_named(admin: httpx.AsyncClient, query: str, field: str) -> None:
    answer = await admin.get(f"/api/v1/orders?{query}")
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field


async def test_a_change_touches_only_what_is_named(admin: httpx.AsyncClient) -> None:
    await made(admin, **FULL)
    path = "/api/v1/orders/A-1"
    changed = (await admin.patch(path, json={"note": None, "pickup": {"address": "Shop"}})).json()
    assert changed["note"] is None
    assert changed["pickup"]["address"] == "Shop"
    assert changed["destination"] == FULL["destination"]
    assert changed["customer"] == FULL["customer"]
    assert changed["seq"] == 1
    assert (await admin.get(path)).json() == changed
    assert (await admin.patch("/api/v1/orders/none", json={"note": "x"})).status_code == 404


@pytest.mark.parametrize("field", ["status", "driverId"])
async def test_status_and_driver_are_not_changed_by_patch(
    admin: httpx.AsyncClient, field: str
) -> None:
    await made(admin, id="A1")
    answer = await admin.patch("/api/v1/orders/A1", json={"note": "new", field: "delivered"})
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field
    assert (await admin.get("/api/v1/orders/A1")).json()["note"] is None


async def test_unknown_fields_are_ignored(admin: httpx.AsyncClient) -> None:
    order = await made(admin, id="A1", seq=9, role="admin", epoch="x", status="delivered")
    assert (order["seq"], order["status"]) == (1, "pending")


async def test_an_order_is_given_and_taken_back(admin: httpx.AsyncClient) -> None:
    driver = (await admin.post("/api/v1/drivers", json={"name": "Ana"})).json()
    await made(admin, id="A1")
    path = "/api/v1/orders/A1/assign"
    given = (await admin.post(path, json={"driverId": driver["id"]})).json()
    assert (given["status"], given["seq"], given["driverId"]) == ("assigned", 2, driver["id"])
    taken = (await admin.post(path, json={"driverId": None})).json()
    assert (taken["status"], taken["seq"], taken["driverId"]) == ("pending", 3, None)
    wrong = await admin.post(path, json={})
    assert wrong.status_code == 422
    assert wrong.json()["error"]["field"] == "driverId"
    assert (await admin.post(path, json={"driverId": "x"})).json()["error"]["field"] == "driverId"


async def test_the_history_says_who_when_and_from_where(admin: httpx.AsyncClient) -> None:
    await made(admin, id="A1")
    for status in ("picked_up", "in_transit", "delivered"):
        await admin.post("/admin/update", json={"orderId": "A1", "status": status, "note": "n"})
    first = (await admin.get("/api/v1/orders/A1/events?limit=3")).json()
    assert [event["seq"] for event in first["items"]] == [1, 2, 3]
    rest = (await admin.get(f"/api/v1/orders/A1/events?cursor={first['next']}")).json()
    assert rest["next"] is None
    (last,) = rest["items"]
    assert last.pop("at").endswith("Z")
    assert last == {
        "seq": 4,
        "status": "delivered",
        "note": "n",
        "actor": {"kind": "apikey", "id": "key-admin"},
        "address": "203.0.113.7",
        "metres": None,
    }
    assert (await admin.get("/api/v1/orders/A1/events?cursor=-1")).status_code == 422


async def test_links_are_made_listed_and_ended(admin: httpx.AsyncClient, house: House) -> None:
    order = await made(admin, id="A1")
    path = "/api/v1/orders/A1/links"
    link = await admin.post(path, json={"expiresAt": "2199-01-01T00:00:00Z"})
    assert link.status_code == 201
    body = link.json()
    assert set(body) == {
        "id",
        "trackingUrl",
        "trackingToken",
        "createdAt",
        "expiresAt",
        "revokedAt",
    }
    assert body["expiresAt"] == "2199-01-01T00:00:00.000Z"
    listed = (await admin.get(path)).json()
    urls = {item["trackingUrl"] for item in listed["items"]}
    assert urls == {order["trackingUrl"], body["trackingUrl"]}
    assert all("trackingToken" not in item for item in listed["items"])
    assert (await house.services.follow.by_link(body["trackingToken"], "A1", None)).link

    assert (await admin.delete(f"{path}/{body['id']}")).status_code == 204
    assert (await admin.delete(f"{path}/{body['id']}")).status_code == 204
    assert (await admin.delete(f"{path}/nothing")).status_code == 404
    ended = {item["id"]: item["revokedAt"] for item in (await admin.get(path)).json()["items"]}
    assert ended[body["id"]] is not None
    assert (await admin.get("/api/v1/orders/A1")).json()["trackingUrl"] == order["trackingUrl"]


async def test_a_link_needs_no_body_and_no_past(admin: httpx.AsyncClient) -> None:
    await made(admin, id="A1")
    assert (await admin.post("/api/v1/orders/A1/links")).status_code == 201
    past = await admin.post("/api/v1/orders/A1/links", json={"expiresAt": 1000})
    assert past.status_code == 422
    assert past.json()["error"]["field"] == "expiresAt"


async def test_an_update_is_answered_exactly(admin: httpx.AsyncClient) -> None:
    await made(admin, id=5)
    answer = await admin.post("/admin/update", json={"orderId": 5, "status": "delivered"})
    assert answer.status_code == 200
    assert answer.json() == {
        "message": "Update broadcasted",
        "orderId": "5",
        "status": "delivered",
        "seq": 2,
    }
    same = await admin.post("/admin/update", json={"orderId": "5", "status": "delivered"})
    assert same.json()["seq"] == 2


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"orderId": "nothing", "status": "delivered"}, 404, None),
        ({"orderId": "a b", "status": "delivered"}, 422, "orderId"),
        ({"status": "delivered"}, 422, "orderId"),
        ({"orderId": "A1"}, 422, "status"),
        ({"orderId": "A1", "status": "lost"}, 422, "status"),
        ({"orderId": "A1", "status": "pending"}, 409, None),
        ({"orderId": "A1", "status": "delivered", "force": "yes"}, 422, "force"),
    ],
)
async def test_a_wrong_update_is_told(
    admin: httpx.AsyncClient, body: dict[str, Any], status: int, field: str | None
) -> None:
    await made(admin, id="A1")
    await admin.post("/admin/update", json={"orderId": "A1", "status": "cancelled"})
    answer = await admin.post("/admin/update", json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"].get("field") == field


async def test_only_an_admin_forces(house: House, admin: httpx.AsyncClient) -> None:
    await made(admin, id="A1")
    await admin.post("/admin/update", json={"orderId": "A1", "status": "delivered"})
    back = {"orderId": "A1", "status": "pending", "force": True}
    dispatcher = await house.client_for("dispatcher")
    assert (await dispatcher.post("/admin/update", json=back)).status_code == 403
    assert (await admin.post("/admin/update", json=back)).json()["seq"] == 3


async def test_parallel_updates_have_seqs_without_gap(admin: httpx.AsyncClient) -> None:
    await made(admin, id="A1")
    statuses = ["picked_up", "in_transit", "arriving"] * 6
    answers = await asyncio.gather(
        *(
            admin.post("/admin/update", json={"orderId": "A1", "status": status, "force": True})
            for status in statuses
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    events = (await admin.get("/api/v1/orders/A1/events?limit=500")).json()["items"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


async def test_a_driver_and_his_marker_are_shown(house: House, admin: httpx.AsyncClient) -> None:
    made_driver = await admin.post("/api/v1/drivers", json={"name": "Ana", "vehicle": "bike"})
    driver = made_driver.json()
    token = driver.pop("token")
    assert driver.pop("driverUrl") == f"{HOST}/drive#{token}"
    assert driver.pop("createdAt").endswith("Z")
    assert driver == {
        "id": driver["id"],
        "name": "Ana",
        "vehicle": "bike",
        "phone": None,
        "onDuty": True,
        "online": False,
        "position": None,
        "orders": [],
    }
    await house.drive(driver["id"], point(48.123456789012345, 11.5, at=1_700_000_000, speed=3.0))
    seen = (await admin.get(f"/api/v1/drivers/{driver['id']}")).json()["position"]
    assert seen == {
        "lat": 48.123456789012345,
        "lng": 11.5,
        "heading": None,
        "speed": 3.0,
        "accuracy": None,
        "recordedAt": "2023-11-14T22:13:20.000Z",
    }
