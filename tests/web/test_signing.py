"""Signing in and out, the cookie, and writes that only our own pages may make."""

from typing import Any

import httpx
import pytest

from app.domain.access import SYSTEM, Role
from app.domain.limits import Failures
from app.web.admin import local_path
from tests.web.house import HOST, PASSWORD, House, open_house

OURS = {"Origin": HOST}
THEIRS = {"Origin": "https://evil.example"}


async def attempt(client: httpx.AsyncClient, **form: str) -> httpx.Response:
    fields = {"username": "ana", "password": PASSWORD, **form}
    return await client.post("/login", data=fields)


@pytest.fixture
async def ana(house: House) -> House:
    await house.services.signin.add_user("ana", Role.DISPATCHER, PASSWORD, SYSTEM)
    return house


async def test_a_program_signs_in_and_reads(ana: House) -> None:
    client = ana.client()
    answer = await attempt(client, next="/admin/orders?status=pending")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/admin/orders?status=pending"
    assert (await client.get("/api/v1/orders")).status_code == 200


async def test_the_cookie_is_kept_from_scripts_and_other_sites(ana: House) -> None:
    name, flags = cookie_of(await attempt(ana.client()))
    assert name == "ontheway_session"
    assert flags == {"Path=/", "HttpOnly", "SameSite=Lax"}


def cookie_of(answer: httpx.Response) -> tuple[str, set[str]]:
    first, *flags = answer.headers["set-cookie"].split("; ")
    return first.partition("=")[0], set(flags)


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(ana: House) -> None:
    client = ana.client(url="https://track.example.com")
    name, flags = cookie_of(await attempt(client))
    assert name == "__Host-ontheway_session"
    assert flags == {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"}
    assert (await client.get("/api/v1/orders")).status_code == 200
    answer = await client.post("/logout", headers={"Origin": "https://track.example.com"})
    assert cookie_of(answer) == (name, flags | {"Max-Age=0"})


async def test_behind_a_proxy_that_speaks_https_the_cookie_is_secure(tmp_path: Any) -> None:
    async with open_house(tmp_path / "data", public_url="https://track.example.com") as house:
        await house.services.signin.add_user("ana", Role.VIEWER, PASSWORD, SYSTEM)
        name, flags = cookie_of(await attempt(house.client()))
        assert name == "__Host-ontheway_session"
        assert "Secure" in flags
        inside = house.client(url="http://127.0.0.1:8080")
        assert cookie_of(await attempt(inside))[0] == "ontheway_session"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/admin\r\nSet-Cookie: a=b",
        "/" + "x" * 3_000,
    ],
)
async def test_nobody_is_sent_to_another_site(ana: House, path: str) -> None:
    answer = await attempt(ana.client(), next=path)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/admin"
    assert local_path(path) == "/admin"


async def test_a_wrong_password_and_an_unknown_name_are_told_alike(ana: House) -> None:
    answers = [
        await attempt(ana.client(), password="wrong"),
        await attempt(ana.client(), username="nobody"),
        await attempt(ana.client(), username="", password=""),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert all("set-cookie" not in answer.headers for answer in answers)


async def test_a_browser_is_sent_back_to_the_form(ana: House) -> None:
    browser = ana.client(headers={"Accept": "text/html,*/*;q=0.8", **OURS})
    answer = await attempt(browser, password="wrong", next="/admin/orders")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?error=not_authenticated&next=%2Fadmin%2Forders"
    assert "set-cookie" not in answer.headers


async def test_many_wrong_passwords_are_slowed_down(tmp_path: Any) -> None:
    limits: dict[str, Any] = {
        "limit_signin_account": Failures(3, 900),
        "limit_signin_address": Failures(5, 900),
    }
    async with open_house(tmp_path / "data", **limits) as house:
        await house.services.signin.add_user("ana", Role.VIEWER, PASSWORD, SYSTEM)
        statuses = [(await attempt(house.client(), password="wrong")).status_code for _ in range(5)]
        assert statuses[:3] == [401, 401, 401]
        answer = await attempt(house.client())
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.json()["error"]["code"] == "too_many"
        lying = house.client(headers={"X-Forwarded-For": "198.51.100.1"})
        assert (await attempt(lying)).status_code == 429


async def test_a_form_of_another_site_does_not_sign_in(ana: House) -> None:
    for headers in (THEIRS, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await attempt(ana.client(headers=headers))
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "cross_origin"
    for headers in (OURS, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}):
        assert (await attempt(ana.client(headers=headers))).status_code == 303


async def test_what_is_no_form_is_told(ana: House) -> None:
    answer = await ana.nobody.post("/login", json={"username": "ana", "password": PASSWORD})
    assert answer.status_code == 415
    many = "&".join(f"f{n}=1" for n in range(2_000))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await ana.nobody.post("/login", content=many, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"


@pytest.mark.parametrize(
    "headers",
    [{}, THEIRS, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}, {"Referer": HOST}],
)
async def test_a_write_with_the_cookie_must_come_from_our_pages(
    house: House, headers: dict[str, str]
) -> None:
    browser = await house.browser("admin")
    for method, path in (
        ("POST", "/api/v1/orders"),
        ("PATCH", "/api/v1/orders/A1"),
        ("DELETE", "/api/v1/drivers/x"),
        ("POST", "/admin/update"),
        ("POST", "/logout"),
    ):
        answer = await browser.request(method, path, headers=headers)
        assert answer.status_code == 403, path
        assert answer.json()["error"]["code"] == "cross_origin"
    assert (await browser.get("/api/v1/orders", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "headers", [OURS, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://10.0.0.5:8080"}]
)
async def test_a_write_from_our_pages_is_done(house: House, headers: dict[str, str]) -> None:
    url = "http://10.0.0.5:8080" if "10.0.0.5" in str(headers) else HOST
    browser = await house.browser("dispatcher", url=url)
    made = await browser.post("/api/v1/orders", json={"id": "A1"}, headers=headers)
    assert made.status_code == 201
    body = {"orderId": "A1", "status": "delivered"}
    assert (await browser.post("/admin/update", json=body, headers=headers)).status_code == 200


async def test_a_key_needs_no_origin_and_decides_over_the_cookie(house: House) -> None:
    viewer = await house.client_for("viewer")
    browser = await house.browser("admin")
    answer = await browser.post("/api/v1/orders", json={}, headers={**viewer.headers, **OURS})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "forbidden"
    answer = await browser.get("/api/v1/orders", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401
    answer = await browser.get("/api/v1/orders", headers={"Authorization": "Basic cHJveHk6eA=="})
    assert answer.status_code == 200


async def test_signing_out_ends_the_login(house: House) -> None:
    browser = await house.browser("admin")
    cookies = dict(browser.cookies)
    answer = await browser.post("/logout", headers=OURS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert (await house.client(cookies=cookies).get("/api/v1/orders")).status_code == 401
    assert (await house.nobody.post("/logout")).status_code == 303


async def test_signing_in_again_ends_the_login_before(house: House) -> None:
    browser = await house.browser("admin")
    old = dict(browser.cookies)
    form = {"username": "admin", "password": PASSWORD}
    assert (await browser.post("/login", data=form)).status_code == 303
    assert dict(browser.cookies) != old
    assert (await house.client(cookies=old).get("/api/v1/orders")).status_code == 401
    assert (await browser.get("/api/v1/orders")).status_code == 200


@pytest.mark.parametrize(
    "value", ["x", "", '"', "a" * 5_000, "%00", "é", "eyJhbGciOiJub25lIn0.e30."]
)
async def test_a_cookie_that_never_was_is_refused(house: House, value: str) -> None:
    headers = [(b"cookie", f"ontheway_session={value}".encode())]
    answer = await house.nobody.get("/api/v1/orders", headers=headers)
    assert answer.status_code == 401
