"""Sockets on a real server under attack: nothing leaks, nobody else waits, no secret is written."""

import itertools
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Final

import httpx
import pytest

from app.logs import MOST_IN_SPAN
from tests.conftest import QUIET_LIMITS, StartServer
from tests.live import PASSWORD, LiveServer
from tests.web.raw import (
    BINARY,
    CLOSE,
    CONT,
    PING,
    PONG,
    TEXT,
    WITHIN,
    Gone,
    Raw,
    frame,
    handshake,
    memory,
    opened,
    phone,
    quiet_log,
    sockets,
    until,
    usual,
    watch,
)

Json = dict[str, Any]
MIB: Final = 1_048_576
NICEGUI: Final = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
LONG: Final = "tOkEn-" + "x" * 60


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that is attacked; in the end its log is searched for every secret of the module."""
    folder = tmp_path_factory.mktemp("attacked")
    with LiveServer(folder / "data", QUIET_LIMITS) as running:
        running.settings["SECRETS"] = ""
        yield running
        log = running.log()
        assert "Traceback" not in log
        for secret in [LONG, *running.keys.values(), *running.settings["SECRETS"].split()]:
            assert secret not in log


@pytest.fixture(scope="module")
def token(server: LiveServer) -> str:
    """A driver's token."""
    return secret(server, server.driver()["token"])


@pytest.fixture(scope="module")
def order(server: LiveServer) -> Json:
    """An order that a courier is bringing."""
    driver = server.driver()
    made = server.order(driver["id"])
    server.update(made["id"], "picked_up")
    secret(server, made["trackingToken"])
    return {**made, "driverToken": secret(server, driver["token"])}


def secret(server: LiveServer, text: str) -> str:
    """It must never be in the log."""
    server.settings["SECRETS"] += f" {text}"
    return text


def gauges(server: LiveServer) -> dict[str, float]:
    """What is open, by name."""
    text = server.api.get("/metrics").text
    found = re.findall(r"^(ontheway_(?:connections|viewers|drivers_online)\S*) (\S+)$", text, re.M)
    return {name: float(value) for name, value in found}


def comes_true(condition: Callable[[], object], within: float = WITHIN) -> None:
    """Wait for it."""
    deadline = time.monotonic() + within
    while not condition():
        assert until(deadline), "it did not come true in time"


# handshakes


def test_of_fifty_subprotocols_only_ours_is_selected_and_compression_never(
    server: LiveServer, token: str
) -> None:
    offers = ", ".join([f"chat{number}" for number in range(49)])
    deflate = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-webkit"
    with quiet_log(server, 0):
        for protocols in (f"{offers}, {LONG}", f"{offers}, {LONG * 100}", LONG):
            with Raw(server.port) as raw:
                head = raw.upgrade("/ws/driver", f"Sec-WebSocket-Protocol: {protocols}", deflate)
                assert head.startswith("HTTP/1.1 101 ")
                assert "\nsec-websocket-protocol" not in head.lower()
                assert "extensions" not in head.lower()
        with Raw(server.port) as raw:
            ours = f"Sec-WebSocket-Protocol: ontheway, {token}, {offers}"
            head = raw.upgrade("/ws/driver", ours, deflate)
            assert "\nsec-websocket-protocol: ontheway" in head.lower().replace("\r", "")
            assert token not in head
            assert "extensions" not in head.lower()
            assert raw.hear_text()["type"] == "welcome"


@pytest.mark.parametrize("path", ["/ws/driver?x=", "/ws/client/", "/ws/nowhere/", f"{NICEGUI}&x="])
@pytest.mark.parametrize("size", [9_000, 30_000, 70_000])
def test_address_over_8_kib_is_refused_and_the_connection_ends(
    server: LiveServer, path: str, size: int
) -> None:
    before = sockets(server)
    with quiet_log(server), ExitStack() as stack:
        for _ in range(20):
            raw = stack.enter_context(Raw(server.port))
            raw.send(handshake(path + "x" * size))
            status, body = raw.answer()
            assert 400 <= status < 500
            assert set(body) == {"error"}
            raw.is_gone()
        comes_true(lambda: sockets(server) <= before + 1)


HOSTILE: Final = (
    "Cookie: ontheway_session=" + "é\xff;=;;a" * 200,
    f'Cookie: ontheway_session="{LONG}\\"; ontheway_session={LONG}',
    "Cookie: " + "a=b;" * 1_500,
    "Authorization: Bearer",
    f"Authorization: Bearer {LONG}\xe9\xff",
    f"Authorization: Basic {LONG}",
    "Authorization: Bearer " + "a" * 7_000,
    "Sec-WebSocket-Protocol: ontheway, \xe9\xff",
    "Sec-WebSocket-Protocol: ontheway, , ,",
    "Sec-WebSocket-Protocol: ontheway; a=b",
    'Sec-WebSocket-Protocol: "ontheway", (comment)',
    "Sec-WebSocket-Extensions: ;;; permessage-deflate; server_max_window_bits=99",
    "Sec-WebSocket-Key: short",
    "Sec-WebSocket-Key: \xff\xfe",
    "Sec-WebSocket-Version: 8",
    "Sec-WebSocket-Version: \xff",
    "Origin: http://[::1",
    "Origin: null",
    "Host: [::1",
    "Host:",
    "X-Forwarded-For: " + ", ".join(["\xff"] * 500),
    "User-Agent: \xff\x85\xa0<script>" + "x" * 5_000,
    "Connection: keep-alive, upgrade, \xff",
    "Content-Length: 5",
    "Transfer-Encoding: chunked",
)


@pytest.mark.parametrize("header", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_headers_of_a_handshake_are_no_fault(
    server: LiveServer, order: Json, header: str
) -> None:
    doors = ["/ws/driver", "/ws/client", f"/ws/client/{order['id']}", "/ws/staff", NICEGUI]
    with quiet_log(server, len(doors)):
        for path in doors:
            with Raw(server.port) as raw:
                head = raw.upgrade(path, header)
                assert re.match(r"HTTP/1\.1 (101|4\d\d) ", head), head
                assert "<script>" not in head


def test_socket_of_the_pages_takes_no_foreign_origin(server: LiveServer) -> None:
    host = f"Host: 127.0.0.1:{server.port}"
    with quiet_log(server):
        for origin in ("http://evil.example", "null", f"http://127.0.0.1:{server.port + 1}", "x"):
            with Raw(server.port) as raw:
                assert raw.upgrade(NICEGUI, host, f"Origin: {origin}").startswith("HTTP/1.1 403 ")
        with Raw(server.port) as raw:
            head = raw.upgrade(NICEGUI, host, f"Origin: http://127.0.0.1:{server.port}")
            assert head.startswith("HTTP/1.1 101 ")


@pytest.mark.parametrize(
    "data",
    [
        frame(TEXT, b"\xff\xfe"),
        frame(TEXT, "{}", masked=False),
        frame(TEXT, length=2**62),
        frame(CLOSE, b"\x03"),
        frame(TEXT, fin=False) + frame(CONT, fin=False) * 5_000,
        frame(PING, bytes(125)) * 2_000,
        frame(TEXT, '42["handshake",{"client_id":1}]'),
        frame(TEXT, '40{"token":[]}') + frame(TEXT, '42["event",null]') * 20,
        frame(TEXT, "9" * 1_000),
        frame(BINARY, bytes(1_000)),
        frame(TEXT, ""),
    ],
    ids=range(11),
)
def test_breaches_on_the_socket_of_the_pages_are_no_fault(server: LiveServer, data: bytes) -> None:
    before = sockets(server)
    with quiet_log(server, MOST_IN_SPAN):
        for _ in range(5):
            with Raw(server.port) as raw:
                host = f"127.0.0.1:{server.port}"
                raw.upgrade(NICEGUI, f"Host: {host}", f"Origin: http://{host}")
                try:
                    raw.send(data)
                    raw.socket.settimeout(0.2)
                    while raw.take(1):
                        pass
                except (TimeoutError, ConnectionError, Gone):
                    continue
        comes_true(lambda: sockets(server) <= before + 1)


# rights that end


@pytest.mark.parametrize("how", ["remove", "password"])
def test_socket_of_a_person_ends_when_the_sign_in_does(server: LiveServer, how: str) -> None:
    name = f"eva-{how}"
    server._ask("user add", {"name": name, "role": "viewer", "password": PASSWORD})
    with httpx.Client(base_url=server.url) as browser:
        form = {"username": name, "password": PASSWORD, "next": "/"}
        assert browser.post("/login", data=form).status_code == 303
        cookie = secret(server, browser.cookies["ontheway_session"])
    ours = [f"Cookie: ontheway_session={cookie}", f"Origin: {server.url}"]
    with opened(server, "/ws/staff", *ours, f"Host: 127.0.0.1:{server.port}") as raw:
        assert raw.hear_text()["type"] == "fleet"
        anew = {"password": f"{PASSWORD} anew"} if how == "password" else {}
        server._ask(f"user {how}", {"name": name, **anew})
        code, _ = raw.ended()
        assert code == 4503


# crowds that come and go


Visit = tuple[bytes, bool, Callable[[Raw], object]]
"""What a peer says first, whether it waits for the answer, how it goes."""


def visits(server: LiveServer, order: Json, token: str) -> list[Visit]:
    """Ways to come and go."""
    link = f"/ws/client/{order['trackingToken']}"
    bearer, key = f"Authorization: Bearer {token}", f"Authorization: Bearer {server.key}"
    wrong = f"Authorization: Bearer {LONG}"

    def close(raw: Raw) -> None:
        raw.send(frame(CLOSE, b"\x03\xe8"))

    return [
        (b"", False, Raw.reset),
        (handshake("/ws/driver")[:60], False, Raw.reset),
        (handshake("/ws/driver", bearer), False, Raw.reset),  # while the token is looked up
        (handshake(link), False, Raw.reset),
        (handshake("/ws/staff", key), False, Raw.reset),
        (handshake(f"/ws/client/{order['id']}", key), False, Raw.reset),
        (handshake("/ws/driver", bearer), True, close),
        (handshake(link), True, close),
        (handshake(link), True, Raw.reset),
        (handshake("/ws/staff", key), True, close),
        (handshake("/ws/client", key), True, lambda raw: raw.send(frame(TEXT, "{")[:3])),
        (handshake("/ws/client/A1", wrong), True, Raw.hear),
        (handshake(NICEGUI), False, Raw.reset),
    ]


def test_two_thousand_sockets_come_and_go_and_leave_nothing(
    server: LiveServer, order: Json, token: str
) -> None:
    ways = visits(server, order, token)

    def visit(number: int) -> None:
        begin, shake, leave = ways[number % len(ways)]
        with Raw(server.port) as raw:
            raw.send(begin)
            if shake:
                assert raw.head().startswith("HTTP/1.1 101 ")
            leave(raw)

    def go(pool: ThreadPoolExecutor, count: int) -> None:
        for done in pool.map(visit, range(count)):
            assert done is None

    def empty() -> bool:
        return not any(gauges(server).values())

    with ThreadPoolExecutor(8) as pool:
        go(pool, 260)  # what is made once is made now
        comes_true(empty)
        open_before, held_before = sockets(server), memory(server)
        with quiet_log(server, 0):
            go(pool, 2_000)
            comes_true(empty)
    comes_true(lambda: sockets(server) <= open_before + 1)
    assert server.api.get("/api/v1/connections").json()["items"] == []
    assert memory(server) - held_before < 24 * MIB


ATTACKS: Final = (
    frame(TEXT, "{}", masked=False),
    frame(TEXT, length=2**40),
    frame(TEXT, b"\xff"),
    frame(PING, bytes(125)) * 3_000,
    frame(TEXT, fin=False) + frame(CONT, fin=False) * 3_000,
    frame(TEXT, '{"type": "ping"}') * 500,
    frame(TEXT, "[" * 4_000),
)


def attack(server: LiveServer, order: Json, over: threading.Event) -> int:
    """One attack after the other; how many."""
    for count, data in enumerate(itertools.cycle(ATTACKS)):
        if over.is_set():
            return count
        try:
            with Raw(server.port) as raw:
                raw.upgrade(f"/ws/client/{order['trackingToken']}")
                raw.send(data)
                raw.socket.settimeout(0.1)
                raw.take(400)
        except (OSError, Gone):
            continue
    raise AssertionError("a cycle has no end")


def test_attack_leaves_a_healthy_courier_and_his_customer_alone(
    server: LiveServer, order: Json
) -> None:
    over = threading.Event()
    waits: list[float] = []
    calm = usual(server)
    with (
        quiet_log(server, 3),
        ThreadPoolExecutor(4) as pool,
        phone(server, order["driverToken"]) as courier,
        watch(server, order) as customer,
    ):
        attacking = [pool.submit(attack, server, order, over) for _ in range(4)]
        try:
            for number in range(100):
                customer.send(frame(PONG))  # he is there, however long this takes
                begun = time.monotonic()
                point = {"id": f"h{number}", "lat": 48.1, "lng": 11.5 + number / 1e6}
                courier.send(frame(TEXT, {**point, "orderId": order["id"]}))
                assert courier.hear_answer() == {"type": "ack", "ids": [point["id"]], "count": 1}
                assert customer.hear_text()["lng"] == point["lng"], "none is left out"
                waits.append(time.monotonic() - begun)
                time.sleep(0.02)
        finally:
            over.set()
        assert sum(done.result() for done in attacking) > 50
    assert sorted(waits)[98] < 1.0 + 20 * calm


# readers who do not read


def test_driver_who_asks_and_does_not_read_is_cut_at_once(server: LiveServer, token: str) -> None:
    before, open_before = memory(server), sockets(server)
    with opened(server, "/ws/driver", token=token, small=True) as raw:
        with pytest.raises(ConnectionError):
            while True:
                raw.send(frame(TEXT, '{"type": "ping"}') * 500)
        assert memory(server) - before < 8 * MIB
        comes_true(lambda: sockets(server) <= open_before)


# the end


def test_stop_is_in_time_with_status_0_whoever_stalls(start_server: StartServer) -> None:
    server = start_server(**QUIET_LIMITS)
    order, made = server.order(), server.driver()
    host = f"127.0.0.1:{server.port}"
    with ExitStack() as stack:
        for path in (f"/ws/client/{order['trackingToken']}", "/ws/client", "/ws/driver"):
            stack.enter_context(opened(server, path, small=True))
        for _ in range(3):  # the pages' own sockets, which neither read nor answer
            page = stack.enter_context(
                opened(server, NICEGUI, f"Host: {host}", f"Origin: http://{host}", small=True)
            )
            page.send(frame(TEXT, "40") + frame(PING, bytes(125)) * 150)
        for begin in (
            b"",
            b"GET / HTTP/1.1\r\n",
            b"POST /login HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
        ):
            stack.enter_context(Raw(server.port)).send(begin)
        healthy = stack.enter_context(phone(server, made["token"]))
        begun = time.monotonic()
        assert server._end(signal.SIGTERM) == 0
        assert time.monotonic() - begun < 20
        assert healthy.ended()[0] == 1012
    assert "Traceback" not in server.log()
