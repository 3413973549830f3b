"""A certificate of one's own: for every name of the machine, kept while it is good."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn

from app import certificate, server
from tests.live import LiveServer
from tests.system.programs import running
from tests.system.test_program import ONTHEWAY

NAMES = {"localhost", "127.0.0.1", "::1", "192.0.2.7", "kitchen.local"}
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_it_is_kept_while_it_names_everything_and_is_valid_for_long(tmp_path: Path) -> None:
    cert, key = certificate.self_signed(tmp_path, NAMES, NOW)
    first = cert.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o777 == 0o700
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    def after(days: int, names: set[str] = NAMES) -> bytes:
        certificate.self_signed(tmp_path, names, NOW + timedelta(days=days))
        return cert.read_bytes()

    assert after(300) == after(0, {"localhost"}) == first
    renewed = after(370)
    assert renewed != first
    assert after(370, NAMES | {"192.0.2.8"}) != renewed


@pytest.mark.parametrize("damage", ["", "not a certificate"])
def test_a_damaged_one_is_made_anew(tmp_path: Path, damage: str) -> None:
    cert, key = certificate.self_signed(tmp_path, NAMES, NOW)
    cert.write_text(damage)
    certificate.self_signed(tmp_path, NAMES, NOW)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)


def test_the_demo_serves_https_and_prints_a_code_for_the_phone(tmp_path: Path) -> None:
    environment = LiveServer(tmp_path / "unused").environment()
    del environment["ONTHEWAY_DATA_DIR"]
    environment["PYTHONUNBUFFERED"] = "1"
    command = ["demo", "--host", "0.0.0.0", "--tls-self-signed", "--data-dir", "demo"]
    with running([*ONTHEWAY, *command], environment, tmp_path) as demo:
        url = demo.line_with("Ready on").removeprefix("Ready on ")
        demo.line_with("Ctrl-C")
        told = "\n".join(demo.lines)
        assert url.startswith("https://")
        assert f"Driver's page    {url}/drive#" in told
        assert "█" in told
        trust = ssl.create_default_context(cafile=str(tmp_path / "demo" / "tls" / "cert.pem"))
        assert httpx.get(f"{url}/drive", verify=trust).status_code == 200
        with pytest.raises(httpx.ConnectError, match="certificate"):
            httpx.get(f"{url}/drive")
        assert demo.end() == 0
    assert "Traceback" not in (tmp_path / "errors.log").read_text()


def test_two_certificates_are_one_too_many(tmp_path: Path) -> None:
    cert, key = certificate.self_signed(tmp_path, NAMES, NOW)
    own = {"ONTHEWAY_TLS_CERT": str(cert), "ONTHEWAY_TLS_KEY": str(key)}
    done = LiveServer(tmp_path / "data", own).command("serve", "--tls-self-signed")
    assert done.returncode == 1
    assert "use one of the two" in done.stderr


@pytest.mark.parametrize("begun", [b"", b"\x16\x03\x01\x02\x00\x01\x00"])
async def test_who_does_not_finish_the_handshake_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(server, "HANDSHAKE_SECONDS", 0.2)
    cert, key = certificate.self_signed(tmp_path, NAMES, NOW)
    config = uvicorn.Config(
        _nothing, lifespan="off", ssl_certfile=cert, ssl_keyfile=key, log_config=None
    )
    ready = asyncio.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    served = server.Server(config, ready.set, asyncio.Event())
    serving = asyncio.create_task(served.serve([listener]))
    await ready.wait()
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    writer.write(begun)
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
    served.stop()
    await serving


async def _nothing(_scope: object, _receive: object, _send: object) -> None:
    """An application that nobody gets to."""
