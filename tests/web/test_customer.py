"""What the customer's page writes and reads: by the right of its link, and not by any other."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.access import SYSTEM
from app.domain.limits import Rate
from app.tracking import follow
from app.tracking.throttle import Buckets
from tests.storage.test_pictures import opened, photo
from tests.web.house import HOST, House, open_house, point

OWN = {"Sec-Fetch-Site": "same-origin"}
WRITES: list[tuple[str, Any]] = [
    ("note", {"text": "Gate 1907"}),
    ("messages", {"text": "When?"}),
    ("rating", {"stars": 5}),
]


@pytest.fixture
async def page(house: House) -> httpx.AsyncClient:
    """The customer's browser on our own page."""
    return house.client(headers=OWN)


@pytest.fixture
async def token(admin: httpx.AsyncClient) -> str:
    """The link of a new order A1, which has a driver."""
    driver = (await admin.post("/api/v1/drivers", json={"name": "Ana"})).json()
    body = {"id": "A1", "driverId": driver["id"], "destination": {"lat": 48.0, "lng": 11.0}}
    made = (await admin.post("/api/v1/orders", json=body)).json()
    assert made["customerNote"] is made["askedAt"] is made["rating"] is None
    link: str = made["trackingToken"]
    return link


async def deliver(admin: httpx.AsyncClient) -> None:
    """A1 arrives."""
    answer = await admin.post("/admin/update", json={"orderId": "A1", "status": "delivered"})
    assert answer.status_code == 200


async def test_a_note_a_question_and_an_answer(
    page: httpx.AsyncClient, admin: httpx.AsyncClient, token: str
) -> None:
    answer = await page.post(f"/track/{token}/note", json={"text": " Gate\r\n1907 "})
    assert (answer.status_code, answer.json()) == (200, {"note": "Gate\n1907"})
    asked = await page.post(f"/track/{token}/messages", json={"text": "When?"})
    assert asked.status_code == 201
    assert set(asked.json()) == {"id", "kind", "text", "at"}
    order = (await admin.get("/api/v1/orders/A1")).json()
    assert (order["customerNote"], order["askedAt"]) == ("Gate\n1907", asked.json()["at"])
    body = {"to": "customer", "text": "At ten."}
    said = await admin.post("/api/v1/orders/A1/messages", json=body)
    assert said.status_code == 201
    body = {"to": "driver", "text": "Hurry."}
    assert (await admin.post("/api/v1/orders/A1/messages", json=body)).status_code == 201
    assert (await admin.get("/api/v1/orders/A1")).json()["askedAt"] is None
    more = (await page.get(f"/track/{token}/more")).json()
    assert [message["text"] for message in more["messages"]] == ["When?", "At ten."]
    assert more["note"] == "Gate\n1907"
    assert more["may"] == {"note": True, "ask": True, "rate": False}
    assert "actor" not in more["messages"][1], "customers do not learn who answered"
    listed = (await admin.get("/api/v1/orders/A1/messages?limit=2")).json()
    assert [message["kind"] for message in listed["items"]] == ["question", "answer"]
    assert listed["items"][1]["actor"] == {"kind": "apikey", "id": "key-admin"}
    rest = await admin.get(f"/api/v1/orders/A1/messages?cursor={listed['next']}")
    assert [message["kind"] for message in rest.json()["items"]] == ["word"]


async def test_what_never_was_a_link_is_always_refused_alike(
    page: httpx.AsyncClient, house: House, token: str
) -> None:
    house.api.state.guesses = Buckets(Rate(0, 0), house.services.monotonic)
    answers = set()
    for wrong in ("A1", "x", token[:-1], "x" * 32, "x" * 5_000, "%00", "%ff", "💥"):
        for path in ("more", "proof/x"):
            answer = await page.get(f"/track/{wrong}/{path}")
            answers.add((answer.status_code, answer.text))
        for path, body in WRITES:
            answer = await page.post(f"/track/{wrong}/{path}", json=body)
            answers.add((answer.status_code, answer.text))
    ((status, text),) = answers
    assert status == 404
    assert '"not_found"' in text


async def test_guesses_are_slowed_down(page: httpx.AsyncClient) -> None:
    statuses = [0]
    while statuses[-1] != 429 and len(statuses) < 1_000:
        statuses.append((await page.get(f"/track/{len(statuses)}/more")).status_code)
    assert (statuses[1], statuses[-1]) == (404, 429)


async def test_only_the_bearer_of_a_link_is_told_that_it_ended(
    page: httpx.AsyncClient, admin: httpx.AsyncClient, token: str
) -> None:
    (link,) = (await admin.get("/api/v1/orders/A1/links")).json()["items"]
    await admin.delete(f"/api/v1/orders/A1/links/{link['id']}")
    for path, body in WRITES:
        answer = await page.post(f"/track/{token}/{path}", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (410, "revoked")
    assert (await page.get(f"/track/{token}/more")).status_code == 410
    assert (await admin.get("/api/v1/orders/A1/messages")).json()["items"] == []


ORIGINS: list[tuple[dict[str, str], bool]] = [
    ({}, False),
    ({"Origin": "https://evil.example"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "none"}, False),
    ({"Origin": HOST}, True),
    (OWN, True),
]


async def test_writes_come_from_our_own_page(house: House, token: str) -> None:
    for headers, allowed in ORIGINS:
        client = house.client(headers=headers)
        for path, body in WRITES[:2]:
            answer = await client.post(f"/track/{token}/{path}", json=body)
            assert (answer.status_code in {200, 201}) is allowed, headers
            if not allowed:
                assert answer.json()["error"]["code"] == "cross_origin"
                stranger = await client.post(f"/track/nothing/{path}", json=body)
                assert stranger.text == answer.text, "it tells nothing about the link"
        assert (await client.get(f"/track/{token}/more")).status_code == 200


WRONG: list[tuple[str, Any, str]] = [
    ("note", {}, "text"),
    ("note", {"text": 7}, "text"),
    ("note", {"text": "x" * 501}, "text"),
    ("messages", {"text": "  \u202e"}, "text"),
    ("messages", {"text": "x" * 1_001}, "text"),
    ("messages", {"text": None}, "text"),
    ("rating", {"stars": 0}, "stars"),
    ("rating", {"stars": 6}, "stars"),
    ("rating", {"stars": True}, "stars"),
    ("rating", {"stars": 4.5}, "stars"),
    ("rating", {"stars": 5, "note": "x" * 1_001}, "note"),
]


async def test_what_is_wrong_is_named(page: httpx.AsyncClient, token: str) -> None:
    for path, body, field in WRONG:
        answer = await page.post(f"/track/{token}/{path}", json=body)
        assert (answer.status_code, answer.json()["error"].get("field")) == (422, field), body


async def test_a_body_is_json(page: httpx.AsyncClient, token: str) -> None:
    url = f"/track/{token}/note"
    assert (await page.post(url, content=b'{"text": "x"}')).status_code == 415
    assert (await page.post(url, data={"text": "x"})).status_code == 415
    headers = {"Content-Type": "application/json"}
    for broken in (b"", b"{", b'{"text": "\\ud83d"}', b"[" * 100_000, b'{"text": NaN}'):
        answer = await page.post(url, content=broken, headers=headers)
        assert answer.status_code in {413, 422}, broken[:20]
    assert (await page.put(url, json={})).status_code == 405


async def test_a_link_that_writes_too_much_waits(page: httpx.AsyncClient, token: str) -> None:
    answers = [await page.post(f"/track/{token}/note", json={"text": "x"}) for _ in range(10)]
    assert {answer.status_code for answer in answers} == {200}
    answer = answers[0]
    while answer.status_code != 429 and len(answers) < 100:
        answer = await page.post(f"/track/{token}/note", json={"text": "x"})
        answers.append(answer)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert (await page.get(f"/track/{token}/more")).status_code == 200


async def test_the_same_key_asks_once(
    page: httpx.AsyncClient, admin: httpx.AsyncClient, token: str
) -> None:
    url, headers = f"/track/{token}/messages", {"Idempotency-Key": "q-1"}
    first = await page.post(url, json={"text": "When?"}, headers=headers)
    again = await page.post(url, json={"text": "When?"}, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    other = await page.post(url, json={"text": "Where?"}, headers=headers)
    assert other.status_code == 409
    assert len((await admin.get("/api/v1/orders/A1/messages")).json()["items"]) == 1


async def test_staff_messages_with_a_key_are_sent_once(
    admin: httpx.AsyncClient, token: str
) -> None:
    assert token
    url, headers = "/api/v1/orders/A1/messages", {"Idempotency-Key": "a-1"}
    body = {"to": "driver", "text": "Hurry."}
    first = await admin.post(url, json=body, headers=headers)
    again = await admin.post(url, json=body, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert len((await admin.get(url)).json()["items"]) == 1
    answer = await admin.post(url, json={"to": "everybody", "text": "x"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "to")


async def test_what_is_switched_off_is_refused(
    page: httpx.AsyncClient, house: House, token: str
) -> None:
    desk = house.services.preferences
    off = {"customer_notes": False, "customer_messages": False}
    await desk.change(off, desk.current, SYSTEM)
    for path, body in WRITES[:2]:
        answer = await page.post(f"/track/{token}/{path}", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    may = (await page.get(f"/track/{token}/more")).json()["may"]
    assert may == {"note": False, "ask": False, "rate": False}


async def test_what_may_be_done_follows_the_phase(
    page: httpx.AsyncClient, admin: httpx.AsyncClient, house: House, token: str
) -> None:
    order = await house.services.store.orders.get("A1")
    code = house.services.proofs.code_of(order)
    assert (await page.get(f"/track/{token}/more")).json()["code"] == code
    early = await page.post(f"/track/{token}/rating", json={"stars": 5})
    assert (early.status_code, early.json()["error"]["code"]) == (409, "illegal_step")
    await deliver(admin)
    more = (await page.get(f"/track/{token}/more")).json()
    assert (more["code"], more["may"]) == (None, {"note": False, "ask": True, "rate": True})
    late = await page.post(f"/track/{token}/note", json={"text": "x"})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "illegal_step")
    rated = await page.post(f"/track/{token}/rating", json={"stars": 4, "note": " Kind "})
    assert rated.json() == {"stars": 4, "note": "Kind", "at": rated.json()["at"]}
    await page.post(f"/track/{token}/rating", json={"stars": 5})
    assert (await admin.get("/api/v1/orders/A1")).json()["rating"] == {
        "stars": 5,
        "note": None,
        "at": rated.json()["at"],
    }
    again = await page.post(f"/track/{token}/messages", json={"text": "It is broken"})
    assert again.status_code == 201, "until the link ends"


async def test_what_was_hidden_while_an_order_went_back_stays_hidden(
    house: House, admin: httpx.AsyncClient, token: str
) -> None:
    driver = (await admin.get("/api/v1/orders/A1")).json()["driverId"]
    lats = (48.1, 48.10001, 48.10002)
    for status, lat in zip(("picked_up", "assigned", "in_transit"), lats, strict=True):
        body = {"orderId": "A1", "status": status, "force": True}
        assert (await admin.post("/admin/update", json=body)).status_code == 200
        await house.drive(driver, point(lat))
    page = await house.services.customer.page(token, None)
    assert [lat for lat, _, _ in page.route] == [lats[0], lats[2]]
    await deliver(admin)
    assert (await house.services.customer.page(token, None)).route == []


async def test_a_long_way_is_shown_up_to_now(
    house: House, admin: httpx.AsyncClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "ROUTE_POINTS", 2)
    driver = (await admin.get("/api/v1/orders/A1")).json()["driverId"]
    await admin.post("/admin/update", json={"orderId": "A1", "status": "picked_up"})
    for lat in (48.1, 48.10001, 48.10002):
        await house.drive(driver, point(lat))
    page = await house.services.customer.page(token, None)
    assert [lat for lat, _, _ in page.route] == [48.10001, 48.10002]


async def test_a_blocked_link_writes_nothing(
    page: httpx.AsyncClient, house: House, token: str
) -> None:
    grant = await house.services.customer.admit(token, None)
    assert grant.link is not None
    blocks = house.services.monitor.blocks
    house.services.monitor._block(("customer", grant.link.id), "A1", 60, SYSTEM)
    assert blocks.listed()
    answer = await page.post(f"/track/{token}/note", json={"text": "x"})
    assert answer.status_code == 429


async def test_proof_is_seen_once_delivered_by_the_order_s_own_links(
    page: httpx.AsyncClient, admin: httpx.AsyncClient, token: str
) -> None:
    driver = (await admin.get("/api/v1/orders/A1")).json()["driverId"]
    fresh = (await admin.post(f"/api/v1/drivers/{driver}/token")).json()["token"]
    sent = await page.post(
        "/drive/proof/A1?kind=photo",
        content=photo(),
        headers={"Authorization": f"Bearer {fresh}", "Content-Type": "image/jpeg"},
    )
    assert sent.status_code == 201, sent.text
    url = f"/track/{token}/proof/{sent.json()['id']}"
    assert (await page.get(f"/track/{token}/more")).json()["proof"] == []
    assert (await page.get(url)).status_code == 404
    await deliver(admin)
    (proof,) = (await page.get(f"/track/{token}/more")).json()["proof"]
    assert set(proof) == {"id", "kind", "at", "url"}, "not how far away, nor by whom"
    assert proof["url"] == url
    answer = await page.get(url)
    assert opened(answer.content).format == "JPEG"
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "sandbox" in answer.headers["content-security-policy"]
    other = (await admin.post("/api/v1/orders", json={"id": "B1"})).json()["trackingToken"]
    assert (await page.get(f"/track/{other}/proof/{proof['id']}")).status_code == 404
    (link,) = (await admin.get("/api/v1/orders/A1/links")).json()["items"]
    await admin.delete(f"/api/v1/orders/A1/links/{link['id']}")
    assert (await page.get(url)).status_code == 410


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[House]:
    """An installation that takes small uploads only."""
    async with open_house(tmp_path / "strict", limit_upload_bytes=2_000) as opened_house:
        yield opened_house


async def test_an_upload_is_bounded(strict: House) -> None:
    admin = await strict.client_for("admin")
    driver = (await admin.post("/api/v1/drivers", json={"name": "Ana"})).json()
    await admin.post("/api/v1/orders", json={"id": "A1", "driverId": driver["id"]})
    client = strict.client(headers={"Authorization": f"Bearer {driver['token']}"})

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100

    for content in (b"x" * 2_001, chunks()):
        answer = await client.post("/drive/proof/A1?kind=photo", content=content)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    files = {"file": ("a.jpg", b"x" * 2_001)}
    answer = await client.post("/drive/proof/A1", files=files, data={"kind": "photo"})
    assert answer.status_code == 413
