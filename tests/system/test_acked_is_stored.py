"""Acked is stored: through `kill -9` and SIGTERM nothing acked is missing, nothing is double."""

import asyncio
import random
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from websockets.exceptions import ConnectionClosed, WebSocketException

from app.domain.times import format_time
from tests.conftest import StartServer
from tests.live import LiveServer
from tests.system.lines import Line, driver, eventually_async, viewer
from tests.system.stalled import Flood, stalled

ROUNDS: Final = 4
DRIVERS: Final = 5
WINDOW: Final = 60
"""Messages that a driver sends ahead of their answers."""
PAGE: Final = 400


@dataclass
class Rider:
    """One driver: all that he sent, by id, and what of it was acked."""

    id: str
    token: str
    order_id: str
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    acked: set[str] = field(default_factory=set)
    codes: list[int] = field(default_factory=list)

    def point(self) -> dict[str, Any]:
        """The next position; every third in the seed's simple form, all with an id."""
        number = len(self.sent)
        made = {
            "id": f"p-{number}",
            "lat": 48 + number / 1e5,
            "lng": 11.5,
            "orderId": self.order_id,
        }
        made["recordedAt"] = format_time(time.time_ns() // 1000)
        self.sent[f"p-{number}"] = made if number % 3 else {"type": "location_update", **made}
        return self.sent[f"p-{number}"]

    async def stream(self, server: LiveServer) -> None:
        """Send as fast as the window allows, until the connection is gone."""
        with suppress(WebSocketException, OSError, TimeoutError, EOFError):
            async with driver(server, self.token) as line:
                listening = asyncio.create_task(self._listen(line))
                try:
                    while not listening.done():
                        if len(self.sent) - len(self.acked) < WINDOW:
                            await line.say(self.point())
                        else:
                            await asyncio.sleep(0.001)
                finally:
                    await listening

    async def _listen(self, line: Line) -> None:
        try:
            while True:
                answer = await line.hear()
                if answer["type"] == "ack":
                    self.acked |= set(answer["ids"])
        except ConnectionClosed:
            self.codes.append(line.socket.close_code or 1006)

    async def resend_all(self, server: LiveServer) -> None:
        """Everything again, acked or not, in batches; all must be acked."""
        points = [{k: v for k, v in p.items() if k != "type"} for p in self.sent.values()]
        async with driver(server, self.token) as line:
            for begin in range(0, len(points), PAGE):
                page = points[begin : begin + PAGE]
                answer = await line.ask({"type": "location_batch", "locations": page})
                assert answer["type"] == "ack", answer
                assert answer["count"] == len(page)
                assert answer["ids"] == [point["id"] for point in page]
                self.acked |= set(answer["ids"])


async def test_nothing_acked_is_missing_and_nothing_is_double_after_kills(
    start_server: StartServer,
) -> None:
    server = start_server(ONTHEWAY_LIMIT_DRIVER_RATE="0")
    chance = random.Random(2)
    riders = hired(server, DRIVERS)
    for _ in range(ROUNDS):
        acked = sum(len(rider.acked) for rider in riders)
        streams = [asyncio.create_task(rider.stream(server)) for rider in riders]
        await eventually_async(lambda a=acked: sum(len(r.acked) for r in riders) > a + 100)  # type: ignore[misc]
        await asyncio.sleep(chance.uniform(0, 0.3))
        server.kill()
        await asyncio.gather(*streams)
        survived = stored_ids(server)
        for rider in riders:
            assert rider.acked <= set(survived[rider.id]), "an acked point is gone"
        server.start()
        await asyncio.gather(*(rider.resend_all(server) for rider in riders))
    assert all(rider.codes for rider in riders)
    for rider in riders:
        assert rider.acked == set(rider.sent)
        for kept in (server.driver_positions(rider.id), server.positions(rider.order_id)):
            assert Counter(item["id"] for item in kept) == Counter(rider.sent.keys())
            by_id = {item["id"]: item for item in kept}
            for name, point in rider.sent.items():
                assert (by_id[name]["lat"], by_id[name]["recordedAt"]) == (
                    point["lat"],
                    point["recordedAt"],
                )
    assert stored_ids(server) == {rider.id: Counter(rider.sent.keys()) for rider in riders}
    assert server.stop() == 0
    assert integrity(server) == "ok"


async def test_status_that_was_answered_survives_a_kill(start_server: StartServer) -> None:
    server = start_server()
    riders = hired(server, 1)
    order_id = riders[0].order_id
    seq = server.update(order_id, "picked_up")["seq"]
    server.kill()
    server.start()
    assert [(e["seq"], e["status"]) for e in server.events(order_id)][-1] == (seq, "picked_up")
    async with driver(server, riders[0].token) as line:
        change = {"type": "status_update", "id": "s-1", "orderId": order_id, "status": "delivered"}
        await line.say(change)
        assert (await line.hear_kind("ack"))["ids"] == ["s-1"]
        server.kill()
    server.start()
    async with driver(server, riders[0].token) as line:
        await line.say(change)
        assert (await line.hear_kind("ack"))["ids"] == ["s-1"]
    assert [e["status"] for e in server.events(order_id)].count("delivered") == 1
    assert server.stop() == 0


async def test_sigterm_under_load_with_a_stalled_viewer_ends_in_time_with_status_0(
    start_server: StartServer,
) -> None:
    server = start_server(ONTHEWAY_LIMIT_DRIVER_RATE="0")
    *riders, flooding = hired(server, 4)
    order = server.order(flooding.id)
    flooding.order_id = order["id"]
    server.update(order["id"], "picked_up")
    with stalled(server, f"/ws/client/{order['trackingToken']}"):
        async with viewer(server, order) as page, flooded(server, flooding):
            reading = asyncio.create_task(page.ended())
            streams = [asyncio.create_task(rider.stream(server)) for rider in riders]
            await eventually_async(lambda: all(len(rider.acked) > 100 for rider in riders))
            begin = time.monotonic()
            status = await asyncio.to_thread(server.stop)
            assert (status, time.monotonic() - begin < 20) == (0, True)
            assert await reading in {1012, 4012}
            await asyncio.gather(*streams)
    assert all(code in {1012, 4012} for rider in riders for code in rider.codes)
    kept = stored_ids(server)
    for rider in riders:
        assert rider.acked <= set(kept[rider.id])
    assert integrity(server) == "ok"
    assert "Traceback" not in server.log()


@asynccontextmanager
async def flooded(server: LiveServer, rider: Rider) -> AsyncIterator[None]:
    """Batches of fresh positions of one driver, until the server goes."""

    async def flood() -> None:
        with suppress(WebSocketException, OSError, TimeoutError):
            async with driver(server, rider.token) as line:
                flood = Flood(line, rider.order_id)
                while True:
                    await flood.batch()

    flooding = asyncio.create_task(flood())
    try:
        yield
    finally:
        flooding.cancel()
        with suppress(asyncio.CancelledError):
            await flooding


def hired(server: LiveServer, count: int) -> list[Rider]:
    """Drivers, each with an order that is on its way."""
    riders = []
    for _ in range(count):
        made = server.driver()
        order = server.order(made["id"])
        riders.append(Rider(made["id"], made["token"], order["id"]))
    return riders


def stored_ids(server: LiveServer) -> dict[str, Counter[str]]:
    """Driver id -> how often each of his point ids is stored, filed or not, read behind the
    server's back."""
    rows: dict[int, tuple[int, str]] = {}
    with closing(opened(server)) as database:
        drivers = dict(database.execute("SELECT num, id FROM drivers"))
        for (kept,) in database.execute("SELECT positions FROM arrivals"):
            rows |= {row[0]: (row[1], row[3]) for row in msgspec.msgpack.decode(kept)}
        for num, driver_num, name in database.execute(
            "SELECT num, driver_num, name FROM positions"
        ):
            rows[num] = (driver_num, name)
    found: dict[str, Counter[str]] = {driver_id: Counter() for driver_id in drivers.values()}
    for driver_num, name in rows.values():
        found[drivers[driver_num]][name.removeprefix("i:")] += 1
    return found


def integrity(server: LiveServer) -> str:
    """What SQLite itself says of the file."""
    with closing(opened(server)) as database:
        return str(database.execute("PRAGMA integrity_check").fetchone()[0])


def opened(server: LiveServer) -> sqlite3.Connection:
    """The database, read-only."""
    return sqlite3.connect(f"file:{server.data_dir / 'ontheway.db'}?mode=ro", uri=True)


async def test_points_sent_just_before_a_close_are_stored(live_server: LiveServer) -> None:
    (rider,) = hired(live_server, 1)
    async with driver(live_server, rider.token) as line:
        for _ in range(300):
            await line.say(rider.point())
        # Gone without waiting for a single answer.
    await eventually_async(lambda: len(live_server.driver_positions(rider.id)) == 300)
    kept = live_server.driver_positions(rider.id)
    assert [item["id"] for item in kept] == list(rider.sent)
