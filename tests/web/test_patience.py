"""How long slow and silent peers are waited for, over HTTP and on sockets: all at the same time,
because most of it is waiting."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.live import LiveServer
from tests.web.raw import (
    CLOSE,
    CONT,
    PING,
    PONG,
    TEXT,
    Raw,
    frame,
    phone,
    quiet_log,
    sockets,
    until,
    usual,
    watch,
)

Json = dict[str, Any]
EVERY: Final = 1.0
"""Seconds between two pieces of what trickles."""
AT_ONCE: Final = 20

POST: Final = (
    "POST /admin/update HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer KEY\r\n"
    "Content-Type: application/json\r\n"
)
GOOD: Final = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
REQUESTS: Final = {
    # first bytes, where KEY is one; what is trickled
    "head": (b"GET /healthz HTTP/1.1\r\nX-Slow: ", b"a"),
    "head in lines": (b"GET /healthz HTTP/1.1\r\n", b"X-Slow: a\r\n"),
    "first line": (b"GET /hea", b"l"),
    "empty lines": (b"", b"\r\n"),
    "silence": (b"", b""),
    "silence after an answer": (GOOD, b""),
    "head after an answer": (GOOD + b"GET /", b"a"),
    "body": ((POST + "Content-Length: 60000\r\n\r\n{").encode(), b" "),
    "body of nobody": (b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n", b"a"),
    "chunks": ((POST + "Transfer-Encoding: chunked\r\n\r\n").encode(), b"1\r\n \r\n"),
    "handshake": (b"GET /ws/driver HTTP/1.1\r\nUpgrade: websocket\r\n", b"X: a\r\n"),
}
UNFINISHED: Final = '{"type": "ping"}'.ljust(4_000)
FRAMES: Final = {
    # first bytes; what is trickled; gone from when to when, in seconds
    "no pong": (b"", b"", 18.0, 25.0),
    "header of a frame": (frame(TEXT, UNFINISHED)[:1], b"", 9.0, 13.0),
    "frame byte by byte": (frame(TEXT, UNFINISHED)[:10], b" ", 9.0, 13.0),
    "fragments": (frame(TEXT, "{", fin=False), frame(CONT, " ", fin=False), 9.0, 13.0),
    "pings within": (frame(TEXT, "{", fin=False), frame(PING), 9.0, 13.0),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """All who wait, by name; how many sockets there were before; what a busy machine may add."""

    requests: dict[str, Future[float]]
    honest: Future[int]
    frames: dict[str, Future[tuple[int, float]]]
    batch: Future[Json]
    alive: Future[Json]
    before: int
    slack: float


@pytest.fixture(scope="module")
def waiting(live_server: LiveServer) -> Iterator[Waiting]:
    """Everybody, begun at once; nothing of it is worth a line of the log."""
    token, driver = live_server.driver()["token"], live_server.driver()
    order = live_server.order(driver["id"])
    live_server.update(order["id"], "picked_up")
    before, slack = sockets(live_server), 20 * usual(live_server)
    with quiet_log(live_server, 0), ThreadPoolExecutor(AT_ONCE) as pool:
        yield Waiting(
            requests={name: pool.submit(_last, live_server, *REQUESTS[name]) for name in REQUESTS},
            honest=pool.submit(_honest, live_server),
            frames={
                name: pool.submit(_lasting, live_server, order, *FRAMES[name][:2])
                for name in FRAMES
            },
            batch=pool.submit(_on_a_bad_line, live_server, token),
            alive=pool.submit(_living, live_server, order),
            before=before,
            slack=slack,
        )


def test_slow_and_silent_requests_are_closed_and_honest_ones_are_not(waiting: Waiting) -> None:
    lasted = {name: request.result() for name, request in waiting.requests.items()}
    assert {
        name: lasts for name, lasts in lasted.items() if not 4 < lasts < 16.5 + waiting.slack
    } == {}
    assert waiting.honest.result() == 404, "2 KB/s is a bad line, and no attack"


def test_peers_that_are_silent_or_never_finish_are_gone_in_time(waiting: Waiting) -> None:
    for name, (_, _, least, most) in FRAMES.items():
        code, lasted = waiting.frames[name].result()
        assert code == 4007, name
        assert least <= lasted <= most + waiting.slack, (name, lasted)
    assert waiting.batch.result()["count"] == 100
    assert waiting.alive.result() == {"type": "pong"}


def test_sockets_of_those_who_are_gone_are_given_back(
    live_server: LiveServer, waiting: Waiting
) -> None:
    waiting.alive.result()
    deadline = time.monotonic() + 30
    while sockets(live_server) > waiting.before + 2:
        assert until(deadline), "their sockets are not given back"


def _last(server: LiveServer, begin: bytes, more: bytes) -> float:
    """Trickle until the server closes; how long that took."""
    with Raw(server.port) as raw:
        begun = time.monotonic()
        raw.socket.settimeout(EVERY)
        try:
            raw.send(begin.replace(b"KEY", server.key.encode()))
            while time.monotonic() - begun < 60:
                try:
                    while raw.socket.recv(65_536):
                        pass
                    break
                except TimeoutError:
                    raw.send(more)
        except ConnectionError:
            pass
        return time.monotonic() - begun


def _honest(server: LiveServer) -> int:
    """A body of 40 KB over a line of 2 KB/s: the status of the answer."""
    body = b'{"orderId": "no-such-order", "status": "delivered"}'.ljust(40_000)
    with Raw(server.port) as raw:
        head = POST.replace("KEY", server.key).encode()
        raw.send(head + b"Content-Length: %d\r\n\r\n" % len(body))
        for at in range(0, len(body), 1_000):
            raw.send(body[at : at + 1_000])
            time.sleep(0.45)
        return raw.answer()[0]


def _lasting(server: LiveServer, order: Json, begin: bytes, more: bytes) -> tuple[int, float]:
    """Trickle until the server has enough: its code, and when."""
    with watch(server, order) as raw:
        begun = time.monotonic()
        raw.send(begin)
        raw.socket.settimeout(EVERY)
        while True:
            try:
                if (got := raw.hear()).opcode == CLOSE:
                    return got.code, time.monotonic() - begun
            except TimeoutError:
                raw.send(more)


def _on_a_bad_line(server: LiveServer, token: str) -> Json:
    """A batch of 30 KB at 2 KB/s: its answer."""
    points = [{"id": f"slow{n}", "lat": 48.1, "lng": 11.5, "x": "y" * 250} for n in range(100)]
    with phone(server, token) as raw:
        data = frame(TEXT, {"type": "location_batch", "locations": points})
        for at in range(0, len(data), 1_000):
            raw.send(data[at : at + 1_000])
            time.sleep(0.45)
        return raw.hear_text()


def _living(server: LiveServer, order: Json) -> Json:
    """A peer that does nothing but answer pings, longer than all that others get."""
    with watch(server, order) as raw:
        raw.socket.settimeout(15)
        for _ in range(2):
            got = raw.hear()
            assert got.opcode == PING
            raw.send(frame(PONG, got.payload))
        time.sleep(5)
        raw.send(frame(TEXT, '{"type": "ping"}'))
        return raw.hear_text()
