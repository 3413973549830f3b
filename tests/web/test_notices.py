"""A browser that wants to be told, over HTTP: by the right of its link, and no other."""

from typing import Any

import httpx
import pytest

from app.domain.notice import Event
from app.tracking.follow import TrackPage
from app.tracking.records import Notice
from tests.push_stand_in import BrowserKeys
from tests.web.house import HOST, House

OWN = {"Sec-Fetch-Site": "same-origin"}
KEYS = BrowserKeys()
WISH = KEYS.wish("https://fcm.googleapis.com/fcm/send/ana")


def say(page: TrackPage, locale: str, event: Event) -> Notice | None:
    """Nothing happens here."""
    raise AssertionError(page, locale, event)


@pytest.fixture
async def page(house: House) -> httpx.AsyncClient:
    """The customer's browser on our own page, of a server that tells customers."""
    await house.services.notices.start(say)
    return house.client(headers=OWN)


@pytest.fixture
async def token(admin: httpx.AsyncClient) -> str:
    """The link of a new order A1."""
    made = (await admin.post("/api/v1/orders", json={"id": "A1"})).json()
    link: str = made["trackingToken"]
    return link


async def test_it_is_offered_switched_on_looked_up_and_off(
    page: httpx.AsyncClient, token: str
) -> None:
    key = (await page.get(f"/track/{token}/more")).json()["notices"]
    assert len(key) == 87
    made = await page.post(f"/track/{token}/notices", json={**WISH, "expirationTime": None})
    assert made.status_code == 201, made.text
    assert set(made.json()) == {"name"}
    url = f"/track/{token}/notices/{made.json()['name']}"
    for on in (True, True):
        assert (await page.get(url)).json() == {"on": on}
    again = await page.post(f"/track/{token}/notices", json=WISH)
    assert (again.status_code, again.json()) == (201, made.json())
    for _ in range(2):
        answer = await page.delete(url)
        assert (answer.status_code, answer.json()) == (200, {"on": False})
        assert (await page.get(url)).json() == {"on": False}


async def test_nothing_is_offered_where_nobody_tells(house: House, token: str) -> None:
    page = house.client(headers=OWN)
    assert (await page.get(f"/track/{token}/more")).json()["notices"] is None
    answer = await page.post(f"/track/{token}/notices", json=WISH)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


async def test_another_link_neither_sees_nor_ends_it(
    page: httpx.AsyncClient, admin: httpx.AsyncClient, token: str
) -> None:
    name = (await page.post(f"/track/{token}/notices", json=WISH)).json()["name"]
    other = (await admin.post("/api/v1/orders", json={"id": "B1"})).json()["trackingToken"]
    assert (await page.get(f"/track/{other}/notices/{name}")).json() == {"on": False}
    assert (await page.delete(f"/track/{other}/notices/{name}")).json() == {"on": False}
    assert (await page.get(f"/track/{token}/notices/{name}")).json() == {"on": True}


async def test_what_never_was_a_link_looks_as_always_and_an_ended_one_says_so(
    page: httpx.AsyncClient, admin: httpx.AsyncClient, house: House, token: str
) -> None:
    never = (await page.get("/track/nothing/more")).text
    name = (await page.post(f"/track/{token}/notices", json=WISH)).json()["name"]

    async def answers(link: str) -> list[httpx.Response]:
        return [
            await page.post(f"/track/{link}/notices", json=WISH),
            await page.post(f"/track/{link}/notices", content=b"{"),
            await page.get(f"/track/{link}/notices/{name}"),
            await page.delete(f"/track/{link}/notices/{name}"),
        ]

    for link in ("nothing", "x" * 500, "A1"):
        for answer in await answers(link):
            assert (answer.status_code, answer.text) == (404, never)
    for headers in ({}, {"Origin": "https://evil.example"}):
        stranger = house.client(headers=headers)
        for method, path in (("POST", "notices"), ("DELETE", f"notices/{name}")):
            answer = await stranger.request(method, f"/track/{token}/{path}", json=WISH)
            assert answer.json()["error"]["code"] == "cross_origin"
    assert (
        await house.client(headers={"Origin": HOST}).delete(f"/track/{token}/notices/none")
    ).status_code == 200
    (link,) = (await admin.get("/api/v1/orders/A1/links")).json()["items"]
    await admin.delete(f"/api/v1/orders/A1/links/{link['id']}")
    for answer in await answers(token):
        assert (answer.status_code, answer.json()["error"]["code"]) == (410, "revoked")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"endpoint": "https://127.0.0.1/x"}, "endpoint"),
    ({"endpoint": "https://localhost:8080/admin/update"}, "endpoint"),
    ({"endpoint": None}, "endpoint"),
    ({"keys": None}, "keys"),
    ({"keys": {"p256dh": "x", "auth": WISH["keys"]["auth"]}}, "keys.p256dh"),
    ({"keys": {"p256dh": WISH["keys"]["p256dh"]}}, "keys.auth"),
    ({"locale": "x" * 36}, "locale"),
    ({"locale": ""}, "locale"),
    ({"locale": "de\u202e"}, "locale"),
]


async def test_what_is_wrong_is_named_and_not_stored(
    page: httpx.AsyncClient, house: House, token: str
) -> None:
    for change, field in WRONG[:8]:
        answer = await page.post(f"/track/{token}/notices", json={**WISH, **change})
        assert (answer.status_code, answer.json()["error"].get("field")) == (422, field), change
    assert await house.services.store.notices.forget(0, lambda _: None) == set()


async def test_a_link_asks_for_it_a_few_times(page: httpx.AsyncClient, token: str) -> None:
    codes = []
    for number in range(11):
        wish = {**WISH, "endpoint": f"https://web.push.apple.com/{number}"}
        codes.append((await page.post(f"/track/{token}/notices", json=wish)).status_code)
    assert codes == [201] * 5 + [409] * 5 + [429]


async def test_the_worker_may_be_used_for_all_pages_of_links(house: House) -> None:
    worker = await house.nobody.get("/track-worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    assert "default-src 'none'" in worker.headers["content-security-policy"]
    assert "fetch" not in worker.text.replace("fetched", "")
