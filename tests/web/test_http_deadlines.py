"""Requests that never end, are too large or are no requests at all: answered, closed, unnoticed
by everybody else."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from tests.live import LiveServer
from tests.web.raw import Gone, Raw, memory, quiet_log, sockets, until, usual

Json = dict[str, Any]
MIB: Final = 1_048_576
GOOD: Final = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def raw(live_server: LiveServer) -> Iterator[Raw]:
    """A connection."""
    with Raw(live_server.port) as opened:
        yield opened


def refused(raw: Raw, *statuses: int) -> None:
    """An answer in our one shape, then the end of the stream."""
    status, body = raw.answer()
    assert status in statuses, body
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    raw.is_gone()


# slow ones


def test_hundred_slow_requests_keep_nobody_waiting(live_server: LiveServer) -> None:
    slack = 20 * usual(live_server)
    slow = [Raw(live_server.port) for _ in range(100)]
    try:
        for number, raw in enumerate(slow):
            raw.send(b"GET / HTTP/1.1\r\nHost: x\r\nX-%d: " % number)
        begun = time.monotonic()
        assert live_server.api.get("/healthz").status_code == 200
        assert time.monotonic() - begun < 2 + slack
    finally:
        for raw in slow:
            raw.socket.close()


# large ones


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 70_000,
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 70_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 5_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X" * 70_000 + b": a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a=b; " * 14_000 + b"\r\n\r\n",
    ],
    ids=["value", "whole value", "address", "many", "name", "cookie"],
)
def test_head_that_is_too_large_is_refused(live_server: LiveServer, raw: Raw, head: bytes) -> None:
    with quiet_log(live_server):
        raw.send(head)
        refused(raw, 431, 400)


def test_answer_to_a_head_that_is_too_large_arrives_while_it_is_still_sent(
    live_server: LiveServer, raw: Raw
) -> None:
    with quiet_log(live_server):
        raw.send(b"GET / HTTP/1.1\r\nX: ")
        sender = threading.Thread(target=_push, args=(raw, b"a" * 65_536, 200))
        sender.start()
        assert raw.answer()[0] == 431
        sender.join()


@pytest.mark.parametrize("known", [True, False], ids=["key", "nobody"])
def test_body_that_is_announced_too_large_is_refused_at_once(
    live_server: LiveServer, raw: Raw, known: bool
) -> None:
    before = memory(live_server)
    auth = f"Authorization: Bearer {live_server.key}\r\n" if known else ""
    with quiet_log(live_server):
        raw.send(
            f"POST /api/v1/orders HTTP/1.1\r\nHost: x\r\n{auth}Content-Type: application/json\r\n"
            "Content-Length: 1000000000\r\n\r\n{".encode()
        )
        sender = threading.Thread(target=_push, args=(raw, b" " * 65_536, 400))
        sender.start()
        assert raw.answer()[0] in ((413,) if known else (413, 401))
        sender.join()
    assert memory(live_server) - before < 8 * MIB


def test_body_in_endless_chunks_is_refused_in_bounded_memory(
    live_server: LiveServer, raw: Raw
) -> None:
    before = memory(live_server)
    with quiet_log(live_server):
        raw.send(
            "POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            f"Content-Type: application/json\r\nAuthorization: Bearer {live_server.key}\r\n"
            "\r\n".encode()
        )
        chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
        sender = threading.Thread(target=_push, args=(raw, chunk, 1_000))
        sender.start()
        assert raw.answer()[0] == 413
        sender.join()
    assert memory(live_server) - before < 8 * MIB


def _push(raw: Raw, data: bytes, times: int) -> None:
    """Send until it is enough or the server will have no more."""
    try:
        for _ in range(times):
            raw.send(data)
    except (OSError, Gone):
        pass


# no requests

NO_REQUESTS: Final = {
    "length and chunks": b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
    b"Content-Length: 5\r\n\r\nabcd",
    "length that is none": b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "length with a sign": b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd",
    "unknown coding": b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n"
    b"0\r\n\r\n",
    "bad chunk": b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "space before colon": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "folded header": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
    "NUL in header": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
    "bare CR": b"GET / HTTP/1.1\rHost: x\r\n\r\n",
    "no method": b" / HTTP/1.1\r\n\r\n",
    "unknown method": b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/9": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "noise": bytes(range(256)) * 4,
    "raw bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in the path": b"GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n",
    "CONNECT": b"CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("name", NO_REQUESTS)
def test_what_is_no_request_is_refused_and_closed(
    live_server: LiveServer, raw: Raw, name: str
) -> None:
    with quiet_log(live_server):
        # What follows must never be taken for a request of its own.
        raw.send(NO_REQUESTS[name] + GOOD)
        refused(raw, 400)


PATHS: Final = (
    "//",
    "///admin",
    "//evil.example/admin",
    "/./",
    "/../../etc/passwd",
    "/static/../../app/config.py",
    "/static/%2e%2e/%2e%2e/pyproject.toml",
    "/static/..%2f..%2fpyproject.toml",
    "/static/%2fetc%2fpasswd",
    "/static/x%00.js",
    "/%00",
    "/%",
    "/%zz",
    "/%ff%fe",
    "/%e2%80%a8",
    "/%0d%0aSet-Cookie:%20a=b",
    "/" + "a/" * 4_000,
    "/api/v1/orders/%00",
    "/api/v1/orders/%2e%2e",
    "/api/v1/orders/" + "a" * 8_000,
    "/api/v1/orders?limit=%00&cursor=%ff",
    "/track/%00",
    "/track/%2e%2e%2fadmin",
    "/track/" + "a" * 8_000,
    "/ingest/%00",
    "/_nicegui/%2e%2e/%2e%2e/x",
    "/_nicegui/3.18.0/components/%00/x.js",
    "http://evil.example/healthz",
    "/?" + "&".join(["a=b"] * 3_000),
    "/login?next=//evil.example",
)


@pytest.mark.parametrize("path", PATHS, ids=range(len(PATHS)))
def test_strange_paths_are_answered_without_a_fault(
    live_server: LiveServer, raw: Raw, path: str
) -> None:
    with quiet_log(live_server):
        raw.send(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {live_server.key}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        head = raw.head()
        assert 200 <= int(head.split(" ")[1]) < 500, head
        assert "set-cookie: a=b" not in head.lower()
        assert "location: //" not in head.lower()


@pytest.mark.parametrize(
    "method", ["TRACE", "OPTIONS", "PUT", "PROPFIND", "PURGE", "HEAD", "QUERY"]
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/orders", "/static/", "*", "/admin"])
def test_odd_methods_are_answered_without_a_fault(
    live_server: LiveServer, raw: Raw, method: str, path: str
) -> None:
    with quiet_log(live_server):
        raw.send(f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert 200 <= int(raw.head().split(" ")[1]) < 500


HOSTILE: Final = {
    "cookies": "Cookie: ontheway_session=" + "é\xff%00;=;;ontheway_session=;a" * 30,
    "empty cookie": "Cookie: ontheway_session=",
    "quoted cookie": 'Cookie: ontheway_session="\\"',
    "bearer of nothing": "Authorization: Bearer",
    "latin bearer": "Authorization: Bearer \xe9\xff\xa0",
    "long bearer": "Authorization: Bearer " + "a" * 7_000,
    "basic": "Authorization: Basic !!!",
    "digest": "Authorization: Digest username=\xff",
    "origin": "Origin: http://[::1",
    "host": "Host: [::1",
    "host of nothing": "Host:",
    "script host": "Host: <script>:99999999",
    "language": "Accept-Language: " + "de;q=é," * 500,
    "encoding": "Accept-Encoding: gzip;q=x, \xff",
    "length of a range": "Range: bytes=" + ",".join(f"{n}-" for n in range(1_000)),
    "condition": "If-Modified-Since: \xff",
    "type": "Content-Type: multipart/form-data; boundary=\xff",
    "proxy": "X-Forwarded-For: \xff, <script>",
    "prefix": "X-Forwarded-Prefix: //evil.example",
    "h2": "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQA",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_headers_are_answered_without_a_fault(live_server: LiveServer, name: str) -> None:
    order = live_server.order()
    paths = ["/", "/login", "/admin", "/healthz", "/readyz", "/api/v1/orders", "/static/theme.css"]
    with quiet_log(live_server, 3):
        for path in [*paths, f"/track/{order['trackingToken']}"]:
            with Raw(live_server.port) as raw:
                raw.send(
                    f"GET {path} HTTP/1.1\r\n{HOSTILE[name]}\r\nConnection: close\r\n\r\n".encode(
                        "latin-1"
                    )
                )
                head = raw.head()
                assert 200 <= int(head.split(" ")[1]) < 500, (path, head)
                assert "evil.example" not in head


# manners


def test_requests_behind_each_other_are_answered_in_order(raw: Raw) -> None:
    raw.send(GOOD + b"GET /no-such HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n" + GOOD)
    assert [raw.answer()[0] for _ in range(3)] == [200, 404, 200]


def test_answer_before_a_broken_request_is_not_lost(raw: Raw) -> None:
    raw.send(GOOD)
    assert raw.answer()[0] == 200
    raw.send(b"NONSENSE\r\n\r\n")
    refused(raw, 400)


def test_body_is_asked_for_when_the_client_waits_for_that(
    live_server: LiveServer, raw: Raw
) -> None:
    order = live_server.order()
    body = f'{{"orderId": "{order["id"]}", "status": "delivered"}}'.encode()
    raw.send(
        f"POST /admin/update HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {live_server.key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Expect: 100-continue\r\n\r\n".encode()
    )
    assert raw.head() == "HTTP/1.1 100 Continue"
    raw.send(body)
    status, answer = raw.answer()
    assert (status, answer["seq"]) == (200, 2)


def test_client_that_goes_in_the_middle_of_anything_is_no_fault(live_server: LiveServer) -> None:
    head = (
        f"POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {live_server.key}\r\n"
        "Content-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    ).encode()
    parts = [b"", b"GET", b"GET / HTTP/1.1\r\n", head, head + b"{", head[:50], GOOD, GOOD * 50]
    leave: list[Callable[[Raw], None]] = [Raw.reset, lambda raw: raw.socket.close()]
    before = sockets(live_server)
    with quiet_log(live_server, 0):
        for _ in range(10):
            for part in parts:
                for go in leave:
                    raw = Raw(live_server.port)
                    raw.send(part)
                    go(raw)
        deadline = time.monotonic() + 30
        while sockets(live_server) > before + 2:
            assert until(deadline), "their sockets are not given back"
