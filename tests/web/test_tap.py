"""Staff look into real sockets: messages both ways, what waits, the lag, blocks."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.frames import Opcode

from app.domain.access import SYSTEM, Actor, Kind, Role
from app.tracking.hub import Run, Shared, To
from app.tracking.monitor import Connection
from app.tracking.raw_views import View, Way
from app.ui.kit.message import blocked_page
from app.web.app import create_api
from app.web.frames import payloads, wire_of_run
from app.web.live_socket import LiveSocket
from app.web.outlet import Outlet
from tests.web.doors import Doors, ended, hear, masked, open_doors, until
from tests.web.house import ELSEWHERE, House
from tests.web.test_api_fleet import EndedSocket

ADMIN = Actor(Kind.USER, "ana", Role.ADMIN, "192.0.2.9")


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path / "data") as opened:
        yield opened


async def only(doors: Doors) -> Connection:
    """The one connection that there is, and known."""
    monitor = doors.services.monitor
    await until(lambda: [one.actor for one in monitor.connections()] not in ([], [None]))
    (found,) = monitor.connections()
    return found


def seen(view: View) -> list[tuple[Way, str]]:
    return [(line.way, line.text) for line in view.after(0)]


async def test_messages_are_seen_both_ways_and_then_nothing_is_left_in_their_way(
    doors: Doors,
) -> None:
    driver_id, token = await doors.driver()
    num = (await doors.services.store.drivers.get(driver_id)).num
    async with doors.line("/ws/driver") as line:
        await line.send(json.dumps({"type": "auth", "token": token}))
        await hear(line)
        live = (await only(doors)).socket
        assert isinstance(live, LiveSocket)
        before = live._session, live._outlet
        assert type(live._outlet) is Outlet
        view = doors.services.monitor.watch(num, "Ana", ADMIN)
        await line.send(b"\1\2")
        assert (await hear(line))["type"] == "reject"
        await line.send('{"lat": 48.10,"lng":11.5}')
        assert (await hear(line))["type"] == "ack"
        await line.send(json.dumps({"type": "auth", "token": token}))
        assert (await hear(line))["type"] == "welcome"
        found = seen(view)
        assert [way for way, _ in found] == [Way.IN, Way.OUT] * 3
        assert found[2] == (Way.IN, '{"lat": 48.10,"lng":11.5}')
        assert json.loads(found[3][1]) == {"type": "ack", "ids": [], "count": 1}
        assert json.loads(found[4][1]) == {"type": "auth", "token": "[hidden]"}
        assert view.after(2)[0].size == len('{"lat": 48.10,"lng":11.5}')
        view.stop()
        assert (live._session, live._outlet) == before
        await line.send('{"type": "ping"}')
        assert (await hear(line))["type"] == "pong"
        assert seen(view) == []


async def test_a_watched_driver_who_goes_and_comes_is_noted(doors: Doors) -> None:
    driver_id, token = await doors.driver()
    num = (await doors.services.store.drivers.get(driver_id)).num
    view = doors.services.monitor.watch(num, "Ana", ADMIN)
    async with doors.line(f"/ws/driver?token={token}") as line:
        await hear(line)
    await until(lambda: len(view.after(0)) == 3)
    (_, first), (way, welcome), (_, last) = seen(view)
    assert first.startswith("Connected from 127.0.0.1 with Python")
    assert (way, json.loads(welcome)["type"]) == (Way.OUT, "welcome")
    assert last == "Closed with code 1000"


async def test_every_frame_is_seen_from_the_handshake_on_in_its_order(doors: Doors) -> None:
    driver_id, token = await doors.driver()
    num = (await doors.services.store.drivers.get(driver_id)).num
    view = doors.services.monitor.watch(num, "Ana", ADMIN)
    async with doors.wire() as wire:
        await wire.shake(doors.request("/ws/driver"))
        auth = json.dumps({"type": "auth", "token": token}).encode()
        # All in one piece: the others are there before it is known whose they are.
        frames = (masked(b'{"lat":900}'), masked(b"\1", Opcode.BINARY), masked(b'{"type":"ping"}'))
        await wire.say(masked(auth) + b"".join(frames))
        await until(lambda: view.count >= 9)
    found = seen(view)
    assert [way for way, _ in found[:9]] == [Way.NOTE, *[Way.IN] * 4, *[Way.OUT] * 4]
    assert found[0][1].startswith("Connected from 127.0.0.1")
    assert json.loads(found[1][1]) == {"type": "auth", "token": "[hidden]"}
    assert [text for _, text in found[2:5]] == [
        '{"lat":900}',
        "A binary message",
        '{"type":"ping"}',
    ]
    kinds = [json.loads(text)["type"] for way, text in found if way is Way.OUT]
    assert kinds == ["welcome", "reject", "reject", "pong"]


async def test_credentials_are_seen_masked_by_one_who_looks_since_before_them(doors: Doors) -> None:
    driver_id, token = await doors.driver()
    num = (await doors.services.store.drivers.get(driver_id)).num
    async with doors.line("/ws/driver") as line:
        await until(lambda: doors.services.monitor.connections())
        view = doors.services.monitor.watch(num, "Ana", ADMIN)  # he is there, and not known yet
        await line.send(json.dumps({"type": "auth", "token": token}))
        await hear(line)
    (_, connected), (way, auth), (_, welcome) = seen(view)[:3]
    assert connected.startswith("Connected from 127.0.0.1")
    assert (way, json.loads(auth)) == (Way.IN, {"type": "auth", "token": "[hidden]"})
    assert json.loads(welcome)["type"] == "welcome"


async def test_a_phone_that_is_refused_is_seen_where_its_token_tells_whose_it_is(
    doors: Doors,
) -> None:
    driver_id, token = await doors.driver()
    services = doors.services
    driver = await services.store.drivers.get(driver_id)
    view = services.monitor.watch(driver.num, "Ana", ADMIN)

    async def told(wanted: str) -> list[tuple[Way, str]]:
        before = view.count
        async with doors.line("/ws/driver", protocols=["ontheway", token]) as line:
            await ended(line)
        await until(lambda: any(wanted in one.text for one in view.after(before)))
        return [(one.way, one.text[:20]) for one in view.after(before)]

    block = services.monitor.block_address("127.0.0.1", 600, ADMIN)
    assert (Way.NOTE, "Refused with code 40") in await told("blocked for a while")
    services.monitor.lift(block.id, ADMIN)
    await services.fleet.rotate(driver_id, ADMIN)
    assert await told("token was ended") == [
        (Way.NOTE, "Connected from 127.0"),
        (Way.NOTE, "Refused with code 45"),
    ]


async def test_a_place_sent_off_duty_is_seen_with_the_reason_why_it_was_not_kept(
    doors: Doors,
) -> None:
    driver_id, token = await doors.driver()
    num = (await doors.services.store.drivers.get(driver_id)).num
    await doors.services.fleet.set_duty(num, False, ADMIN)
    async with doors.line(f"/ws/driver?token={token}") as line:
        await hear(line)
        view = doors.services.monitor.watch(num, "Ana", ADMIN)
        await line.send('{"lat":48.1,"lng":11.5}')
        await hear(line)
    (_, place), (way, answer) = seen(view)[:2]
    assert place == '{"lat":48.1,"lng":11.5}'
    assert (way, json.loads(answer)["code"]) == (Way.OUT, "off_duty")


async def test_lag_is_the_time_to_the_answer_of_a_ping(doors: Doors) -> None:
    _, token = await doors.driver()
    async with doors.line(f"/ws/driver?token={token}") as line:
        await hear(line)
        live = (await only(doors)).socket
        assert live.lag() is None
        live.ask()
        live.ask()
        first = live.lag()
        assert first is not None
        await until(lambda: live.lag() == live.lag())  # it grows no more: the answer is there
        assert first < (live.lag() or 0) < 5
        assert live.backlog() == (0, 0)


async def test_lag_of_a_peer_who_does_not_answer_grows(doors: Doors) -> None:
    _, token = await doors.driver()
    async with doors.wire() as wire:
        await wire.shake(doors.request(f"/ws/driver?token={token}"))
        await wire.frame()
        live = (await only(doors)).socket
        live.ask()
        await until(lambda: (live.lag() or 0) > 0.05)
        before = live.lag() or 0
        assert (await wire.frame())[0] == Opcode.PING
        await wire.say(masked(b"", Opcode.PONG))
        await until(lambda: live.lag() == live.lag())
        assert before < (live.lag() or 0) < 5


async def test_what_waits_for_a_slow_reader_is_counted_where_it_waits(doors: Doors) -> None:
    _, token = await doors.driver()
    async with doors.line(f"/ws/driver?token={token}") as line:
        await hear(line)
        live = (await only(doors)).socket
        assert isinstance(live, LiveSocket)
        live.pause_writing()
        message = Shared({"type": "pong"})
        live.send(message)
        assert live.backlog() == (len(message.wire or b""), 0)
        live.resume_writing()
        assert (await hear(line))["type"] == "pong"
        assert live.backlog() == (0, 0)


def test_frames_are_taken_apart_again_whatever_their_length() -> None:
    run = Run(To.STAFF)
    run.parts = [Shared({"text": "x" * size}) for size in (1, 110, 113, 200, 70_000)]
    assert list(payloads(wire_of_run(run))) == [part.text for part in run.parts]


async def test_a_blocked_address_is_closed_at_the_handshake_and_refused_on_http(
    doors: Doors,
) -> None:
    _, token = await doors.driver()
    monitor = doors.services.monitor
    async with doors.line(f"/ws/driver?token={token}") as line:
        await hear(line)
        block = monitor.block_address("127.0.0.1", 600, ADMIN)
        assert (await ended(line))[0] == 4029
    for path in (f"/ws/driver?token={token}", "/ws/client/nothing", "/ws/staff"):
        async with doors.line(path) as line:
            assert (await ended(line))[0] == 4029
    entries, _ = await doors.services.store.activity.page(None, 10)
    assert {entry.detail["code"] for entry in entries if entry.kind.endswith(".refused")} == {
        "blocked"
    }
    monitor.lift(block.id, ADMIN)
    async with doors.line(f"/ws/driver?token={token}") as line:
        assert (await hear(line))["type"] == "welcome"


async def test_a_blocked_key_gets_its_close_code_too(doors: Doors) -> None:
    key = await doors.key()
    headers = {"Authorization": f"Bearer {key}"}
    async with doors.line("/ws/staff", headers) as line:
        await hear(line)
        doors.services.monitor.block_token(await only(doors), "key", 600, ADMIN)
        assert (await ended(line))[0] == 4029
    for path in ("/ws/staff", "/ws/client"):
        async with doors.line(path, headers) as line:
            assert (await ended(line))[0] == 4029


async def test_a_blocked_driver_is_refused_by_name_and_the_log_says_why(doors: Doors) -> None:
    driver, token = await doors.driver()
    monitor = doors.services.monitor
    async with doors.line(f"/ws/driver?token={token}") as line:
        await hear(line)
        monitor.block_token(await only(doors), driver, 600, ADMIN)
        assert (await ended(line))[0] == 4029
    async with doors.line(f"/ws/driver?token={token}") as line:
        assert (await ended(line))[0] == 4029
    entries, _ = await doors.services.store.activity.page(None, 10)
    refused = [entry for entry in entries if entry.kind == "driver.refused"]
    assert [(entry.actor_id, entry.detail) for entry in refused] == [(driver, {"code": "blocked"})]


async def test_http_of_a_blocked_address_is_refused_with_the_time_to_wait(house: House) -> None:
    admin, browser = await house.client_for("admin"), await house.browser("viewer")
    house.services.monitor.block_address(ELSEWHERE[0], 600, ADMIN)
    for client in (admin, browser, house.nobody):
        answer = await client.get("/api/v1/orders")
        assert answer.status_code == 429
        assert 590 < int(answer.headers["retry-after"]) <= 600
        assert answer.json()["error"]["code"] == "too_many"
    phone = await house.nobody.get("/ingest/whatever?lat=1&lon=1")
    assert phone.status_code == 503
    assert int(phone.headers["retry-after"]) > 590
    for check in ("/healthz", "/readyz"):
        assert (await house.nobody.get(check)).status_code == 200
    near = house.client(address=("192.0.2.77", 1), headers=admin.headers)
    assert (await near.get("/api/v1/orders")).status_code == 200


async def test_a_browser_at_a_blocked_address_is_told_so_by_a_page(house: House) -> None:
    house.services.monitor.block_address(ELSEWHERE[0], 600, ADMIN)
    house.api = create_api(house.services, blocked_page=blocked_page)
    looking = house.client(headers={"Accept": "text/html,*/*;q=0.8"})
    for path in ("/admin", "/track/whatever", "/drive"):
        answer = await looking.get(path)
        assert (answer.status_code, "is blocked" in answer.text) == (429, True)
        assert answer.headers["content-type"].startswith("text/html")
        assert int(answer.headers["retry-after"]) > 590
    assert (await looking.get("/static/shared/ontheway.css")).status_code == 200
    assert (await looking.post("/login")).json()["error"]["code"] == "too_many"
    # What Java's own client says that it accepts, whatever it asks for.
    java = house.client(headers={"Accept": "text/html, image/gif, image/jpeg, */*; q=0.2"})
    assert (await java.get("/api/v1/orders")).json()["error"]["code"] == "too_many"


async def test_http_of_a_blocked_key_is_refused_and_of_others_not(house: House) -> None:
    dispatcher, admin = await house.client_for("dispatcher"), await house.client_for("admin")
    actor = await house.services.signin.by_key(house.keys["dispatcher"], None)
    connection = house.services.monitor.opened("viewer", EndedSocket(), None, None)
    connection.actor = actor
    house.services.monitor.block_token(connection, "shop", 600, SYSTEM)
    assert (await dispatcher.get("/api/v1/orders")).status_code == 429
    assert (await admin.get("/api/v1/orders")).status_code == 200
