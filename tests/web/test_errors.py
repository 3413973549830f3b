"""One shape for every refusal, and nothing of the inside in it."""

from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from structlog.testing import capture_logs

from app.domain.errors import HTTP_STATUS
from app.domain.limits import Rate
from tests.web.house import House, open_house

DEEP = "[" * 60_000


def error_of(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The error of an answer, after a look at its shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "field"}
    assert error["code"] == code
    assert HTTP_STATUS[code] == status
    return error


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/", "/api/v1", "/api/v1/nothing", "/api/v1/orders/", "/api/v2/orders", "/api/x"],
)
async def test_an_unknown_address_is_told(admin: httpx.AsyncClient, path: str) -> None:
    error_of(await admin.get(path), 404, "not_found")
    error_of(await admin.post(path, json={}), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/orders", "GET, POST"),
        ("PUT", "/api/v1/orders/A1", "GET, PATCH"),
        ("GET", "/admin/update", "POST"),
        ("POST", "/healthz", "GET"),
        ("GET", "/logout", "POST"),
        ("BREW", "/api/v1/orders", "GET, POST"),
    ],
)
async def test_a_wrong_method_is_told(
    admin: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await admin.request(method, path)
    error_of(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == allowed


async def test_things_that_are_not_there_are_told(admin: httpx.AsyncClient) -> None:
    for path in ("orders/x", "orders/%00", "orders/x/links", "orders/x/events", "drivers/x"):
        error_of(await admin.get(f"/api/v1/{path}"), 404, "not_found")


@pytest.mark.parametrize(
    "text",
    ["", "{", "nonsense", '{"name": NaN}', '{"name": "\\ud800"}', DEEP, b"\xff\xfe", '{"a":1e400}'],
)
async def test_what_is_not_json_is_told(admin: httpx.AsyncClient, text: str | bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await admin.post("/api/v1/drivers", content=text, headers=headers)
    error_of(answer, 422, "invalid_json")


@pytest.mark.parametrize("text", ["[]", "7", "null", '"x"', "true"])
async def test_json_that_is_no_object_is_told(admin: httpx.AsyncClient, text: str) -> None:
    headers = {"Content-Type": "application/json"}
    for method, path in (("POST", "drivers"), ("POST", "orders"), ("PATCH", "orders/x")):
        answer = await admin.request(method, f"/api/v1/{path}", content=text, headers=headers)
        error_of(answer, 422, "invalid_message")


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"]
)
async def test_another_content_type_is_told(admin: httpx.AsyncClient, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    for path in ("/api/v1/drivers", "/admin/update", "/api/v1/orders"):
        answer = await admin.post(path, content='{"name": "Ana"}', headers=headers)
        error_of(answer, 415, "unsupported_media_type")


async def test_json_may_say_its_charset(admin: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    answer = await admin.post("/api/v1/drivers", content='{"name": "Ana"}', headers=headers)
    assert answer.status_code == 201


async def test_a_body_over_the_limit_is_told(house: House, admin: httpx.AsyncClient) -> None:
    most = house.services.limits.body_bytes
    note = "x" * most
    error = error_of(await admin.post("/api/v1/orders", json={"note": note}), 413, "too_large")
    assert str(most) in error["message"]

    async def chunks() -> Any:
        for _ in range(100):
            yield b" " * 1_000

    headers = {"Content-Type": "application/json"}
    answer = await admin.post("/api/v1/orders", content=chunks(), headers=headers)
    error_of(answer, 413, "too_large")
    answer = await house.nobody.post("/login", data={"username": note, "password": "x"})
    error_of(answer, 413, "too_large")


async def test_who_asks_too_often_is_told_when_to_come_back(tmp_path: Any) -> None:
    async with open_house(tmp_path / "data", limit_api_rate=Rate(0.5, 3)) as house:
        admin, viewer = await house.client_for("admin"), await house.client_for("viewer")
        statuses = [(await admin.get("/api/v1/orders")).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        answer = await admin.get("/api/v1/orders")
        error_of(answer, 429, "too_many")
        assert 1 <= int(answer.headers["retry-after"]) <= 2
        assert (await viewer.get("/api/v1/orders")).status_code == 200


async def test_guessed_keys_are_throttled_and_the_right_one_still_works(house: House) -> None:
    admin = await house.client_for("admin")
    statuses = set()
    for number in range(70):
        guess = house.client(headers={"Authorization": f"Bearer guess{number}"})
        answer = await guess.get("/api/v1/orders")
        statuses.add(answer.status_code)
    assert statuses == {401, 429}
    error_of(answer, 429, "too_many")
    assert (await admin.get("/api/v1/orders")).status_code == 200


async def test_who_is_not_known_is_asked_for_a_key(house: House) -> None:
    answer = await house.nobody.get("/api/v1/orders")
    error_of(answer, 401, "not_authenticated")
    assert answer.headers["www-authenticate"] == "Bearer"
    long = house.client(headers={"Authorization": "Bearer " + "x" * 5_000})
    error_of(await long.get("/api/v1/orders"), 401, "not_authenticated")


async def test_a_failure_says_a_number_and_nothing_else(
    house: House, admin: httpx.AsyncClient
) -> None:
    async def broken(_: Request) -> Response:
        raise RuntimeError("the secret of the house")

    house.api.router.add_route("/broken/{token}", broken)
    page = await admin.get("/broken/tokentokentoken", headers={"Accept": "text/html"})
    assert page.status_code == 500
    assert "<h1>Something went wrong.</h1>" in page.text
    assert "secret" not in page.text
    with capture_logs() as logs:
        answer = await admin.get("/broken/tokentokentoken")
    message = error_of(answer, 500, "internal")["message"]
    assert "secret" not in message
    (entry,) = logs
    assert entry["request_id"] in message
    assert entry["path"] == "/broken"
    assert str(entry["exc_info"]) == "the secret of the house"


async def test_a_page_of_the_framework_about_an_error_is_replaced(house: House) -> None:
    async def told(_: Request) -> Response:
        return HTMLResponse("<h1>RuntimeError: the secret of the house</h1>", 500)

    house.api.router.add_route("/told", told)
    answer = await house.nobody.get("/told", headers={"Accept": "text/html"})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "<h1>Something went wrong.</h1>" in answer.text


async def test_head_is_answered_like_get(admin: httpx.AsyncClient, house: House) -> None:
    assert (await admin.head("/api/v1/orders")).status_code == 200
    assert (await house.nobody.head("/healthz")).status_code == 200
    assert (await house.nobody.head("/api/v1/orders")).status_code == 401
