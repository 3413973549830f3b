"""Phone apps against the real server: a crash loses nothing, no bytes make a fault, many come at
once, and no token gets into the log."""

import asyncio
import json

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect as open_socket

from tests.bench.phones import FORMATS, Phone, all_stored, connect
from tests.conftest import StartServer
from tests.live import LiveServer

DRIVERS = 100
EACH = 2

AT = 1_777_622_400
BODIES = st.one_of(
    st.binary(max_size=100),
    st.sampled_from(
        [b"{", b"[", b'{"locations":[', b'{"_type":', b"lat=", b"\xff\xfe{", b"%", b"&&"]
    ),
    st.text(max_size=40).map(lambda text: f"lat=1&lon=2&{text}".encode("utf-8", "surrogatepass")),
)
ENCODINGS = st.sampled_from(["", "gzip", "deflate", "br", "x"])


def test_no_bytes_make_a_fault(live_server: LiveServer) -> None:
    token = live_server.driver("Fuzz")["token"]
    before = len(live_server.log())
    with httpx.Client(base_url=live_server.url, timeout=10) as client:

        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(st.sampled_from(["GET", "POST"]), BODIES, BODIES, ENCODINGS)
        def tried(method: str, query: bytes, body: bytes, encoding: str) -> None:
            quoted = "".join(f"%{byte:02x}" for byte in query)
            headers = {"Content-Encoding": encoding} if encoding else {}
            answer = client.request(
                method, f"/ingest/{token}?{quoted}", content=body, headers=headers
            )
            assert answer.status_code in {200, 400}, answer.text

        tried()
    assert token not in live_server.log()[before:]


def test_what_was_answered_survives_a_crash(start_server: StartServer) -> None:
    server = start_server()
    driver = server.driver()
    for second in range(5):
        query = f"id=1&lat=48&lon={11 + second / 1e4}&timestamp={AT + second}"
        answer = httpx.post(f"{server.url}/ingest/{driver['token']}?{query}")
        assert answer.status_code == 200
    server.kill()
    server.start()
    assert len(server.driver_positions(driver["id"])) == 5
    for second in range(5):
        query = f"id=1&lat=48&lon={11 + second / 1e4}&timestamp={AT + second}"
        assert httpx.post(f"{server.url}/ingest/{driver['token']}?{query}").status_code == 200
    assert len(server.driver_positions(driver["id"])) == 5
    assert driver["token"] not in server.log()


async def test_a_hundred_drivers_come_by_every_app_and_a_socket_at_once(
    live_server: LiveServer,
) -> None:
    key = {"Authorization": live_server.api.headers["Authorization"]}
    async with httpx.AsyncClient(base_url=live_server.url, headers=key, timeout=60) as api:

        async def hire(number: int) -> tuple[str, str]:
            made = await api.post("/api/v1/drivers", json={"name": f"Driver {number}"})
            return made.json()["id"], made.json()["token"]

        async def positions(driver_id: str) -> int:
            return len((await api.get(f"/api/v1/drivers/{driver_id}/positions")).json()["items"])

        drivers = await asyncio.gather(*map(hire, range(DRIVERS)))
        phones = [
            # The count tells when it begins: no two formats of a driver name the same fix.
            Phone(token, form, EACH * number)
            for number, form in enumerate(FORMATS.values(), 1)
            for _, token in drivers
        ]
        await connect(live_server.port, phones)
        for phone in phones:
            phone.send(EACH)
        sockets = asyncio.gather(*(drive(live_server.ws, token) for _, token in drivers))
        await all_stored(phones, 60)
        await sockets
        for phone in phones:
            phone.close()
        found = await asyncio.gather(*(positions(driver_id) for driver_id, _ in drivers))
    assert found == [EACH * (len(FORMATS) + 1)] * DRIVERS


async def drive(server: str, token: str) -> None:
    """Some positions over a socket, each acked."""
    credentials = {"Authorization": f"Bearer {token}"}
    async with open_socket(
        f"{server}/ws/driver", additional_headers=credentials, proxy=None, open_timeout=60
    ) as socket:
        assert json.loads(await socket.recv())["type"] == "welcome"
        for number in range(EACH):
            await socket.send(json.dumps({"lat": 48.5, "lng": 11 + number / 100}))
            assert json.loads(await socket.recv())["type"] == "ack"
