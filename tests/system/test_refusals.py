"""Wrong addresses and methods: a page for those who look, one JSON shape for everybody else."""

import httpx
import pytest

from tests.live import LiveServer


def ask(server: LiveServer, method: str, path: str, accept: str = "*/*") -> httpx.Response:
    """One request of a stranger."""
    return httpx.request(method, server.url + path, headers={"Accept": accept})


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/nope", "not_found"),
        ("POST", "/nope", "not_found"),
        ("POST", "/admin/nope", "not_found"),
        ("POST", "/admin/update/", "not_found"),
        ("POST", "/admin", "method_not_allowed"),
        ("OPTIONS", "/admin", "method_not_allowed"),
        ("DELETE", "/admin/orders", "method_not_allowed"),
        ("POST", "/track/x", "method_not_allowed"),
        ("GET", "/ingest/x", "not_authenticated"),
        ("POST", "/ingest/x", "not_authenticated"),
        ("GET", "/api/v1/nope", "not_found"),
    ],
)
def test_every_refusal_has_the_one_shape(
    live_server: LiveServer, method: str, path: str, code: str
) -> None:
    answer = ask(live_server, method, path)
    statuses = {"method_not_allowed": 405, "not_authenticated": 401}
    assert answer.status_code == statuses.get(code, 404)
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert set(answer.json()) == {"error"}


def test_a_browser_gets_a_page_for_a_wrong_address(live_server: LiveServer) -> None:
    answer = ask(live_server, "GET", "/nope", "text/html")
    assert answer.status_code == 404
    assert "This page does not exist." in answer.text


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/admin/", "/admin"),
        ("/track/x/?embed=1", "/track/x?embed=1"),
        ("//evil.example/", "/evil.example"),
        ("/\\evil.example/", "/%5Cevil.example"),
    ],
)
def test_a_slash_too_many_is_left_out_and_leads_to_no_other_host(
    live_server: LiveServer, path: str, leads_to: str
) -> None:
    headers = {"Accept": "text/html", "Host": "evil.example"}
    answer = httpx.get(live_server.url + path, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (307, leads_to)


@pytest.mark.parametrize("name", ["Via", "CF-Connecting-IP", "X-Client-IP", "X-Forwarded"])
def test_whatever_came_through_a_proxy_gets_no_details(live_server: LiveServer, name: str) -> None:
    headers = {name: "192.0.2.7"}
    assert httpx.get(f"{live_server.url}/metrics", headers=headers).status_code in {401, 403}
    assert "details" not in httpx.get(f"{live_server.url}/readyz", headers=headers).json()
