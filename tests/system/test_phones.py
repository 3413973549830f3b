"""Phone apps against the real server: a crash loses nothing, no bytes make a fault,
and no token gets into the log."""

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import StartServer
from tests.live import LiveServer

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
