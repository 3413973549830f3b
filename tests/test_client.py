"""The Python driver's connection, against a real socket server."""

import asyncio
import socket as sockets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

import app.client
from app.client import DriverConnection, DriverRefused, NotDelivered, socket_url
from app.outbox import Rejection, content_id
from tests.stand_in import TOKEN, Json, StandIn, port_of, reject, say, standing_in, until

T0 = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
async def server() -> AsyncIterator[StandIn]:
    async with standing_in() as stand_in:
        yield stand_in


async def send_many(driver: DriverConnection, count: int) -> list[str]:
    return [
        await driver.send(
            48.0 + n / 1e5, 11.5, order_id="A1", recorded_at=T0 + timedelta(seconds=n)
        )
        for n in range(count)
    ]


def free_port() -> int:
    with sockets.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_point_is_acked_and_the_counters_say_so(server: StandIn) -> None:
    async with DriverConnection(server.url, TOKEN) as driver:
        point = await driver.send(
            lat=48.137, lng=11.575, order_id="A1", recorded_at=T0, accuracy=6.0, battery=0.5
        )
        await driver.drain()
        counters = driver.counters
        assert (counters.sent, counters.acked, counters.rejected, counters.waiting) == (1, 1, 0, 0)
    assert server.frames == [
        {
            "type": "location_update",
            "id": point,
            "orderId": "A1",
            "recordedAt": "2026-03-01T12:00:00.000Z",
            "lat": 48.137,
            "lng": 11.575,
            "accuracy": 6.0,
            "battery": 0.5,
        }
    ]


async def test_leaving_waits_for_the_answers(server: StandIn) -> None:
    async with DriverConnection(server.url, TOKEN) as driver:
        ids = await send_many(driver, 3)
    assert list(server.stored) == ids


async def test_a_fix_without_a_time_is_of_now(server: StandIn) -> None:
    before = datetime.now(UTC)
    async with DriverConnection(server.url, TOKEN) as driver:
        await driver.send(48.0, 11.0)
    fix_time = datetime.fromisoformat(server.points()[0]["recordedAt"])
    assert before - timedelta(seconds=1) <= fix_time <= datetime.now(UTC)


async def test_the_same_fix_has_the_same_id_and_another_has_another(server: StandIn) -> None:
    async with DriverConnection(server.url, TOKEN) as driver:
        first = await driver.send(48.0, 11.0, order_id=1, recorded_at=T0)
        again = await driver.send(48, 11, order_id="1", recorded_at="2026-03-01T13:00:00+01:00")
        others = {
            await driver.send(48.0, 11.0, recorded_at=T0),
            await driver.send(48.1, 11.0, order_id=1, recorded_at=T0),
            await driver.send(48.0, 11.1, order_id=1, recorded_at=T0),
            await driver.send(48.0, 11.0, order_id=1, recorded_at=T0 + timedelta(microseconds=1)),
        }
    assert first == again == content_id("1", "2026-03-01T12:00:00.000Z", 48, 11)
    assert len(others) == 4 and first not in others
    assert len(server.points()) == 5


async def test_a_backlog_goes_as_batches_within_the_limits() -> None:
    port = free_port()
    async with DriverConnection(f"http://127.0.0.1:{port}", TOKEN) as driver:
        ids = await send_many(driver, 1_700)
        async with standing_in(port) as server:
            await driver.drain()
            assert list(server.stored) == ids
            assert {frame["type"] for frame in server.frames} == {"location_batch"}
            assert max(len(frame["locations"]) for frame in server.frames) == 500
            assert max(server.sizes) < 128 * 1024
            assert len(server.frames) == 4


async def test_long_messages_make_shorter_batches(server: StandIn) -> None:
    async with DriverConnection(server.url, TOKEN) as driver:
        for n in range(900):
            await driver.send(
                48.123456789012345 + n / 1e6,
                -111.12345678901234,
                id=f"{n:064}",
                order_id="x" * 64,
                accuracy=12.34567890123456,
                speed=1.234567890123456,
                heading=123.4567890123456,
                altitude=1234.567890123456,
                battery=0.1234567890123456,
            )
    assert len(server.points()) == 900
    assert max(server.sizes) < 128 * 1024


async def test_what_was_not_acked_is_sent_again_after_a_lost_connection(server: StandIn) -> None:
    async def lose_first_answer(socket: ServerConnection, _frame: Json) -> bool:
        server.script = None
        socket.transport.abort()
        return True

    server.script = lose_first_answer
    async with DriverConnection(server.url, TOKEN) as driver:
        ids = await send_many(driver, 20)
        await driver.drain()
        assert driver.counters.connects == 2
        assert driver.counters.sent > driver.counters.acked == 20
    assert list(server.stored) == ids


@pytest.mark.parametrize("code", [1001, 1012, 4007, 4008, 4012, 4029])
async def test_it_reconnects_after_a_passing_close_code(server: StandIn, code: int) -> None:
    async with DriverConnection(server.url, TOKEN) as driver:
        await driver.connected(5)
        await server.kick(code)
        await send_many(driver, 1)
        await driver.drain()
        assert driver.counters.connects == 2


async def test_retry_waits_as_long_as_asked_and_keeps_the_order(server: StandIn) -> None:
    loop = asyncio.get_running_loop()
    times = []

    async def put_off(socket: ServerConnection, frame: Json) -> bool:
        times.append(loop.time())
        if len(times) > 1:
            return False
        ids = [message["id"] for message in frame.get("locations", [frame])]
        await say(socket, type="retry", ids=ids, count=len(ids), afterMs=300)
        return True

    server.script = put_off
    async with DriverConnection(server.url, TOKEN) as driver:
        ids = await send_many(driver, 5)
    assert times[1] - times[0] >= 0.29
    assert list(server.stored) == ids


async def test_a_rejected_point_is_told_and_never_sent_again(server: StandIn) -> None:
    told: list[Rejection] = []
    async with DriverConnection(server.url, TOKEN, on_reject=told.append) as driver:
        await driver.send(48.0, 11.0, id="good-1")
        await driver.send(91.0, 11.0, id="bad")
        await driver.send(48.0, 11.0, id="good-2")
        await driver.drain()
        await server.kick(1012)
        await until(lambda: driver.counters.connects == 2)
        await driver.send(48.0, 11.0, id="good-3")
        await driver.drain()
        assert (driver.counters.acked, driver.counters.rejected) == (3, 1)
        assert list(driver.rejections) == told
    assert [(r.sent["id"], r.code, r.field) for r in told] == [
        ("bad", "invalid_coordinates", "lat")
    ]
    assert list(server.stored) == ["good-1", "good-2", "good-3"]
    sent = [m["id"] for frame in server.frames for m in frame.get("locations", [frame])]
    assert sent.count("bad") == 1


async def test_a_status_keeps_its_place_among_the_points(server: StandIn) -> None:
    async with DriverConnection(server.url, TOKEN) as driver:
        await driver.send(48.1, 11.0, id="1")
        await driver.send(48.2, 11.0, id="2")
        status = await driver.status("A1", "picked_up", note="at the door")
        await driver.send(48.3, 11.0, id="3")
        duty = await driver.duty(False)
    assert list(server.stored) == ["1", "2", status, "3", duty]
    assert server.stored[status] == {
        "type": "status_update",
        "id": status,
        "orderId": "A1",
        "status": "picked_up",
        "note": "at the door",
    }
    assert server.stored[duty] == {"type": "duty", "id": duty, "on": False}


async def test_a_refused_status_is_told(server: StandIn) -> None:
    async def refuse(socket: ServerConnection, frame: Json) -> bool:
        await reject(socket, frame["id"], "illegal_step", field="status")
        return True

    server.script = refuse
    async with DriverConnection(server.url, TOKEN) as driver:
        await driver.status("A1", "delivered")
        await driver.drain()
        assert [rejection.code for rejection in driver.rejections] == ["illegal_step"]


async def test_an_unknown_token_ends_it_without_another_try(server: StandIn) -> None:
    driver = DriverConnection(server.url, "wrong")
    with pytest.raises(DriverRefused) as refused:
        async with driver:
            await driver.connected(5)
    assert refused.value.code == 4501
    assert server.handshakes == 1
    with pytest.raises(DriverRefused):
        await driver.send(48.0, 11.0)


async def test_a_revoked_token_ends_a_wait_for_answers(server: StandIn) -> None:
    async def revoke(socket: ServerConnection, _frame: Json) -> bool:
        await socket.close(4503, "revoked")
        return True

    server.script = revoke
    with pytest.raises(DriverRefused, match=r"revoked \(4503\)"):
        async with DriverConnection(server.url, TOKEN) as driver:
            await driver.send(48.0, 11.0)
            await driver.drain()


async def test_an_address_without_a_driver_socket_is_refused() -> None:
    def not_found(connection: ServerConnection, _request: Request) -> Response:
        return connection.respond(HTTPStatus.NOT_FOUND, "nothing here")

    async with serve(lambda _: asyncio.sleep(0), "127.0.0.1", 0, process_request=not_found) as web:
        driver = DriverConnection(f"ws://127.0.0.1:{port_of(web)}", TOKEN)
        with pytest.raises(DriverRefused, match="404"):
            async with driver:
                await driver.connected(5)


async def test_leaving_with_unanswered_messages_says_how_many() -> None:
    with pytest.raises(NotDelivered, match="2 messages"):
        async with DriverConnection(f"ws://127.0.0.1:{free_port()}", TOKEN, linger=0.1) as driver:
            await send_many(driver, 2)


async def test_a_server_that_is_not_there_is_told_with_the_reason() -> None:
    async with DriverConnection(f"ws://127.0.0.1:{free_port()}", TOKEN) as driver:
        with pytest.raises(NotDelivered, match=r"(?i)connect"):
            await driver.connected(0.3)


async def test_a_server_that_stops_answering_is_left_and_tried_again(
    server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ignore(_socket: ServerConnection, _frame: Json) -> bool:
        server.script = None
        return True

    monkeypatch.setattr(app.client, "ANSWER_SECONDS", 0.2)
    server.script = ignore
    async with DriverConnection(server.url, TOKEN) as driver:
        await send_many(driver, 2)
        await driver.drain()
        assert driver.counters.connects == 2


async def test_a_smaller_frame_limit_makes_smaller_frames(server: StandIn) -> None:
    async def limit(socket: ServerConnection, _frame: Json) -> bool:
        if server.sizes[-1] <= 20_000:
            return False
        await say(socket, type="error", code="too_large", message="over 20000 bytes")
        await socket.close(1009, "too large")
        return True

    server.script = limit
    async with DriverConnection(server.url, TOKEN) as driver:
        ids = await send_many(driver, 400)
        await driver.drain()
    assert list(server.stored) == ids


async def test_pause_stays_away_and_resume_comes_back(server: StandIn) -> None:
    async with DriverConnection(server.url, TOKEN) as driver:
        await driver.connected(5)
        await driver.pause()
        await until(lambda: not server.sockets)
        await send_many(driver, 30)
        assert driver.counters.waiting == 30
        driver.resume()
        await driver.drain()
    assert server.handshakes == 2
    assert [len(frame["locations"]) for frame in server.frames] == [30]


async def test_a_full_queue_makes_send_wait() -> None:
    port = free_port()
    async with DriverConnection(f"ws://127.0.0.1:{port}", TOKEN, limit=10) as driver:
        sending = asyncio.create_task(send_many(driver, 25))
        await until(lambda: driver.counters.waiting == 10)
        assert not sending.done()
        async with standing_in(port) as server:
            assert await sending == list(dict.fromkeys(await sending))
            await driver.drain()
            assert list(server.stored) == await sending


async def test_what_the_server_says_of_itself_is_handed_on(server: StandIn) -> None:
    heard: list[Json] = []
    async with DriverConnection(server.url, TOKEN, on_message=heard.append) as driver:
        await driver.connected(5)
        (socket,) = server.sockets
        await say(socket, type="order_assigned", order={"orderId": "A1"})
        await until(lambda: len(heard) == 2)
    assert [message["type"] for message in heard] == ["welcome", "order_assigned"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lat", float("nan")),
        ("lng", float("inf")),
        ("recorded_at", datetime(2026, 1, 1)),
        ("recorded_at", "yesterday"),
        ("id", "x" * 65),
        ("order_id", "\ud800"),
    ],
)
async def test_what_cannot_be_sent_is_an_error_at_once(
    server: StandIn, field: str, value: object
) -> None:
    async with DriverConnection(server.url, TOKEN) as driver:
        point: Json = {"lat": 48.0, "lng": 11.0} | {field: value}
        with pytest.raises(ValueError):
            await driver.send(**point)
        assert driver.counters.waiting == 0


@pytest.mark.parametrize(
    ("address", "socket"),
    [
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/ws/driver"),
        ("https://track.example.com/", "wss://track.example.com/ws/driver"),
        ("ws://127.0.0.1:8080/ws/driver", "ws://127.0.0.1:8080/ws/driver"),
        ("https://example.com/ontheway/", "wss://example.com/ontheway/ws/driver"),
    ],
)
def test_the_socket_follows_from_the_server_s_address(address: str, socket: str) -> None:
    assert socket_url(address) == socket


@pytest.mark.parametrize("address", ["", "127.0.0.1:8080", "ftp://example.com", "http://"])
def test_another_address_is_an_error(address: str) -> None:
    with pytest.raises(ValueError, match="address of a server"):
        socket_url(address)
