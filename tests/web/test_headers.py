"""What every answer says to browsers, and whose word about a request is believed."""

import json
import re
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.domain.tiles import tile_source
from app.web.address import client_address
from app.web.origin import same_origin
from tests.web.house import HOST, House, open_house


def policy_of(answer: httpx.Response) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return {name: sources for name, *sources in parts}


async def page(house: House, text: str, path: str = "/track/{token}") -> None:
    async def shown(_: Request) -> Response:
        return HTMLResponse(text)

    house.api.router.add_route(path, shown)


async def test_scripts_of_a_page_get_a_nonce_of_their_own_each_time(house: House) -> None:
    await page(house, "<script>a()</script><SCRIPT type=module src=/x.js></SCRIPT><scripted>")
    nonces = set()
    for _ in range(3):
        answer = await house.nobody.get("/track/token")
        found = re.findall(r'<script nonce="([^"]+)"', answer.text)
        assert len(found) == 2
        nonces |= set(found)
        assert f"'nonce-{found[0]}'" in policy_of(answer)["script-src"]
        assert int(answer.headers["content-length"]) == len(answer.content)
    assert len(nonces) == 3


async def test_an_answer_says_each_header_that_it_varies_with_once(house: House) -> None:
    async def shown(_: Request) -> Response:
        # As the framework of the pages says it, which would compress itself.
        vary = {"Vary": "Accept-Language, Accept-Encoding"}
        return HTMLResponse("x" * 2_000, headers=vary)

    house.api.router.add_route("/track/{token}", shown)
    packed = await house.nobody.get("/track/token", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers.get_list("vary") == ["Accept-Language, Accept-Encoding"]


async def test_head_is_answered_as_get_by_pages_too(house: House) -> None:
    async def shown() -> Response:
        return HTMLResponse("x")

    house.api.router.add_api_route("/track/{token}", shown)
    answers = [await house.nobody.request(how, "/track/token") for how in ("GET", "HEAD")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].headers.keys() == answers[1].headers.keys()


async def test_the_policy_of_a_page_is_closed_but_for_what_it_needs(tmp_path: Any) -> None:
    tiles = "https://{s}.tiles.example.com/{z}/{x}/{y}.png"
    async with open_house(tmp_path / "data", tile_url=tiles) as house:
        await page(house, "<p>", "/admin")
        policy = policy_of(await house.nobody.get("/admin"))
    nonce = policy["script-src"].pop(1)
    assert nonce.startswith("'nonce-")
    assert policy == {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:", "https://*.tiles.example.com"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }


@pytest.mark.parametrize(
    ("tiles", "source"),
    [
        (None, None),
        ("none", None),
        ("/tiles/{z}/{x}/{y}.png", None),
        ("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "https://tile.openstreetmap.org"),
        ("https://{s}.tile.example.com/{z}", "https://*.tile.example.com"),
        ("https://tiles-{s}.example.com/{z}", "https://*.example.com"),
        ("http://127.0.0.1:8000/{z}", "http://127.0.0.1:8000"),
        ("https://evil.example; script-src */{z}", None),
    ],
)
def test_tiles_are_allowed_from_their_host_alone(tiles: str | None, source: str | None) -> None:
    assert tile_source(tiles) == source


async def test_private_pages_are_neither_kept_nor_found(house: House) -> None:
    await page(house, "<p>")
    for path in ("/track/token", "/drive"):
        headers = (await house.nobody.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "strict-origin"
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert headers["x-content-type-options"] == "nosniff"


async def test_nothing_of_staff_is_kept(house: House, admin: httpx.AsyncClient) -> None:
    await page(house, "<p>", "/admin/orders")
    for answer in (
        await house.nobody.get("/admin/orders"),
        await admin.get("/api/v1/orders"),
        await house.nobody.get("/api/v1/orders"),
        await house.nobody.get("/api/nothing"),
        await house.nobody.post("/login", data={"username": "x", "password": "y"}),
    ):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
    assert policy_of(answer) == {"default-src": ["'none'"], "frame-ancestors": ["'none'"]}


async def test_the_drivers_page_needs_no_eval_and_may_ask_where_it_is(house: House) -> None:
    answer = await house.nobody.get("/drive")
    assert "'unsafe-eval'" not in policy_of(answer)["script-src"]
    assert answer.headers["permissions-policy"].startswith("geolocation=(self)")
    assert '<script nonce="' in answer.text
    assert "etag" not in answer.headers


async def test_the_drivers_page_is_kept_whole_on_his_phone_and_goes_on_the_home_screen(
    house: House,
) -> None:
    worker = await house.nobody.get("/drive-worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert policy_of(worker) == {"default-src": ["'none'"], "connect-src": ["'self'"]}
    found = re.search(r"^const FILES = (.*);$", worker.text, re.M)
    assert found is not None
    files = json.loads(found[1])
    page = (await house.nobody.get("/drive")).text
    scripts = [name for name in files if name.endswith(".js")]
    named = set(re.findall(r"(?:href|src)=\"(/static/[^\"]+\.(?:css|js))\"", page))
    for script in scripts:
        text = (await house.nobody.get(script)).text
        named |= {f"/static/drive/{name}" for name in re.findall(r"from '\./(.+?)'", text)}
    assert named < set(files)
    manifest = await house.nobody.get("/static/drive/drive.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"
    for icon in manifest.json()["icons"]:
        answer = await house.nobody.get(icon["src"])
        assert answer.headers["content-type"] == icon["type"]


async def test_static_files_are_asked_for_again_and_not_sent_twice(house: House) -> None:
    first = await house.nobody.get("/static/shared/ontheway.css")
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["content-type"].startswith("text/css")
    again = await house.nobody.get(
        "/static/shared/ontheway.css", headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    icon = await house.nobody.get("/static/icons/favicon.svg")
    assert icon.headers["cache-control"] == "public, max-age=86400"
    assert (await house.nobody.get("/favicon.ico")).content == icon.content
    for path in ("/static/nothing.js", "/static/../pyproject.toml", "/static/%2e%2e/README.md"):
        assert (await house.nobody.get(path)).status_code == 404


async def test_pages_and_answers_are_sent_small(house: House) -> None:
    await page(house, "<script></script>" + "word " * 1_000)
    answer = await house.nobody.get("/track/token", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "nonce=" in answer.text
    plain = await house.nobody.get("/track/token", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


async def seen_by(house: House, client: httpx.AsyncClient) -> dict[str, Any]:
    async def seen(request: Request) -> Response:
        names = [name for name in request.headers if "forward" in name or name == "x-real-ip"]
        address = request.client.host if request.client else None
        return JSONResponse({"from": address, "scheme": request.url.scheme, "names": names})

    house.api.router.add_route("/seen", seen)
    answer: dict[str, Any] = (await client.get("/seen")).json()
    return answer


CLAIMS = {
    "X-Forwarded-For": "198.51.100.9, 203.0.113.50",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "//evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Real-IP": "198.51.100.9",
    "Forwarded": "for=198.51.100.9",
}


async def test_claims_of_anybody_are_taken_away(house: House) -> None:
    seen = await seen_by(house, house.client(headers=CLAIMS))
    assert seen == {"from": "203.0.113.7", "scheme": "http", "names": []}


async def test_a_named_proxy_is_believed(tmp_path: Any) -> None:
    proxies = frozenset({"10.0.0.0/8", "203.0.113.50"})
    async with open_house(tmp_path / "data", proxies=proxies) as house:
        seen = await seen_by(house, house.client(headers=CLAIMS, address=("10.1.2.3", 1)))
        assert (seen["from"], seen["scheme"]) == ("198.51.100.9", "https")
        assert "x-forwarded-prefix" in seen["names"]
        other = await seen_by(house, house.client(headers=CLAIMS, address=("11.1.2.3", 1)))
        assert other == {"from": "11.1.2.3", "scheme": "http", "names": []}


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (None, "10.0.0.1"),
        ("", "10.0.0.1"),
        ("nonsense", "10.0.0.1"),
        ("203.0.113.1", "203.0.113.1"),
        ("1.1.1.1, 203.0.113.1", "203.0.113.1"),
        ("1.1.1.1, 203.0.113.1, 10.0.0.2", "203.0.113.1"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("203.0.113.1:5000", "203.0.113.1"),
        ("[2001:db8::1]:5000", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("nonsense, 10.0.0.2", "10.0.0.2"),
    ],
)
def test_the_nearest_address_that_is_no_proxy_is_the_client(
    forwarded: str | None, address: str
) -> None:
    assert client_address("10.0.0.1", forwarded, frozenset({"10.0.0.0/24"})) == address
    assert client_address("10.9.0.1", forwarded, frozenset({"10.0.0.0/24"})) == "10.9.0.1"


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://a.example", "a.example", True),
        ("http://A.example:80", "a.example", True),
        ("https://a.example", "a.example:443", True),
        ("https://public.example", "10.0.0.1:8080", True),
        ("http://public.example", "10.0.0.1:8080", False),
        ("http://a.example:81", "a.example", False),
        ("http://a.example.evil.example", "a.example", False),
        ("http://evil.example#a.example", "a.example", False),
        ("http://a.example@evil.example", "a.example", False),
        ("http://evil.example", None, False),
        ("null", "a.example", False),
        ("null", "null", False),
        ("", "", False),
        (None, "a.example", False),
        ("http://[", "[", False),
        ("file://a.example", "a.example", False),
    ],
)
def test_an_origin_is_ours_or_not(origin: str | None, host: str | None, same: bool) -> None:
    assert same_origin(origin, host, "https://public.example") is same


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Referer": "https://evil.example/"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Referer": f"{HOST}/"}, False),
        ({"Origin": HOST}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Referer": f"{HOST}/"}, True),
    ],
)
async def test_the_socket_of_the_pages_is_for_our_pages(
    house: House, headers: dict[str, str], allowed: bool
) -> None:
    path = "/_nicegui_ws/socket.io/"

    async def polled(_: Request) -> Response:
        return Response("polled")

    house.api.router.add_route(path, polled)
    answer = await house.client(headers=headers).get(f"{path}?EIO=4&transport=polling")
    assert answer.status_code == (200 if allowed else 403)
    if not allowed:
        assert answer.json()["error"]["code"] == "cross_origin"
    assert await _handshake(house, path, headers) is not allowed


async def _handshake(house: House, path: str, headers: dict[str, str]) -> bool:
    """Whether a WebSocket handshake is refused before the application sees it."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    names = {"Host": HOST.removeprefix("http://"), **headers}
    scope = {
        "type": "websocket",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "ws",
        "headers": [(name.lower().encode(), value.encode()) for name, value in names.items()],
        "client": ("203.0.113.7", 1),
        "server": ("track.example.com", 80),
        "subprotocols": [],
    }
    await house.api(scope, receive, send)
    return sent == [{"type": "websocket.close", "code": 1008}]


async def test_numbers_count_what_happened(admin: httpx.AsyncClient) -> None:
    await admin.post("/api/v1/orders", json={"id": "A1"})
    await admin.post("/admin/update", json={"orderId": "A1", "status": "picked_up"})
    text = (await admin.get("/metrics")).text
    assert "ontheway_status_changes_total 2.0" in text
    assert 'ontheway_orders_open{status="picked_up"} 1.0' in text
    assert 'ontheway_positions_total{outcome="stored"} 0.0' in text


async def test_only_the_small_page_and_only_named_sites_may_frame_it(tmp_path: Any) -> None:
    sites = frozenset({"https://shop.example.com", "https://*.example.org"})
    async with open_house(tmp_path / "data", embed_origins=sites) as house:
        await page(house, "<p>")
        small = await house.nobody.get("/track/token?embed=1")
        assert policy_of(small)["frame-ancestors"] == sorted(sites)
        assert "x-frame-options" not in small.headers
        for query in ("", "?embed=0", "?x=embed=1", "?embed=1&embed=0"):
            answer = await house.nobody.get(f"/track/token{query}")
            assert policy_of(answer)["frame-ancestors"] == ["'none'"]
            assert answer.headers["x-frame-options"] == "DENY"


async def test_nobody_may_frame_the_small_page_unless_a_site_is_named(house: House) -> None:
    await page(house, "<p>")
    answer = await house.nobody.get("/track/token?embed=1")
    assert policy_of(answer)["frame-ancestors"] == ["'none'"]
    assert answer.headers["x-frame-options"] == "DENY"
