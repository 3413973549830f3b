"""Bare TCP peers: bytes of any kind out, frames and answers in, a deadline on every wait."""

import base64
import contextlib
import json
import os
import re
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from tests.live import LiveServer

Json = dict[str, Any]
WITHIN: Final = 30.0
CONT, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
MASK: Final = bytes(4)
"""A mask of zeros leaves the payload readable, and is one."""


class Gone(Exception):
    """The server closed the connection."""


class Got(NamedTuple):
    """A frame of the server."""

    opcode: int
    payload: bytes

    @property
    def code(self) -> int:
        """The code of a close frame."""
        assert self.opcode == CLOSE, self
        return int(struct.unpack("!H", self.payload[:2])[0])

    @property
    def json(self) -> Json:
        """A text frame's message."""
        assert self.opcode == TEXT, self
        message: Json = json.loads(self.payload)
        return message


def frame(
    opcode: int,
    payload: bytes | str | Json = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    masked: bool = True,
    length: int | None = None,
) -> bytes:
    """The bytes of one frame, legal or not; ``length`` is announced instead of the real one."""
    if isinstance(payload, dict):
        payload = json.dumps(payload)
    data = payload.encode() if isinstance(payload, str) else payload
    size = len(data) if length is None else length
    first, mask_bit = fin << 7 | rsv << 4 | opcode, 0x80 if masked else 0
    if size < 126:
        head = struct.pack("!BB", first, mask_bit | size)
    elif size < 65_536:
        head = struct.pack("!BBH", first, mask_bit | 126, size)
    else:
        head = struct.pack("!BBQ", first, mask_bit | 127, size)
    return head + (MASK if masked else b"") + data


class Raw:
    """One TCP connection."""

    def __init__(self, port: int, *, small: bool = False) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if small:  # this machine takes little for us when we do not read
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        self.socket.settimeout(WITHIN)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """All of it."""
        self.socket.sendall(data)

    def reset(self) -> None:
        """Go without a word: the machine sends a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def take(self, count: int) -> bytes:
        """So many bytes; raises `Gone` at the end of the stream."""
        while len(self._buffer) < count:
            self._more()
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def head(self) -> str:
        """Everything up to the empty line."""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        text, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        return text.decode("latin-1")

    def answer(self) -> tuple[int, Json]:
        """An HTTP answer with a JSON body: status and body."""
        head = self.head()
        length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        assert length, head
        body = self.take(int(length[1]))
        return int(head.split(" ")[1]), json.loads(body) if body.startswith(b"{") else {}

    def hear(self) -> Got:
        """The next frame of the server, checked: whole, unmasked, no reserved bits."""
        first, size = self.take(2)
        assert first & 0xF0 == 0x80, f"not a whole frame without extensions: {first:x}"
        assert size < 0x80, "a server does not mask"
        if size == 126:
            size = struct.unpack("!H", self.take(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", self.take(8))[0]
        return Got(first & 0x0F, self.take(size))

    def hear_text(self) -> Json:
        """The next message."""
        while (got := self.hear()).opcode in (PING, PONG):
            pass
        return got.json

    def hear_answer(self) -> Json:
        """The next message that answers one; how often to report may be told at any time."""
        while (message := self.hear_text())["type"] == "report_interval":
            pass
        return message

    def ended(self) -> tuple[int, list[Got]]:
        """Read until the server closes: its close code and all frames before; then silence."""
        before: list[Got] = []
        while (got := self.hear()).opcode != CLOSE:
            before.append(got)
        self.is_gone()
        return got.code, before

    def is_gone(self) -> None:
        """Nothing comes but the end of the stream; a reset is none."""
        with contextlib.suppress(Gone):
            more = self.take(1)
            raise AssertionError(f"more bytes: {more + self._buffer!r}")

    def upgrade(self, path: str, *headers: str) -> str:
        """Ask for a WebSocket; returns the head of the answer."""
        self.send(handshake(path, *headers))
        return self.head()

    def _more(self) -> None:
        data = self.socket.recv(65_536)
        if not data:
            raise Gone
        self._buffer += data


def handshake(path: str, *headers: str, version: str = "1.1", method: str = "GET") -> bytes:
    """A WebSocket's handshake; later headers win where they name the same thing."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = {
        "host": "Host: 127.0.0.1",
        "upgrade": "Upgrade: websocket",
        "connection": "Connection: Upgrade",
        "sec-websocket-key": f"Sec-WebSocket-Key: {key}",
        "sec-websocket-version": "Sec-WebSocket-Version: 13",
    }
    for line in headers:
        lines[line.partition(":")[0].lower()] = line
    text = "\r\n".join([f"{method} {path} HTTP/{version}", *filter(None, lines.values()), "", ""])
    return text.encode("latin-1")


@contextmanager
def opened(
    server: LiveServer, path: str, *headers: str, token: str | None = None, small: bool = False
) -> Iterator[Raw]:
    """A WebSocket after its handshake."""
    if token is not None:
        headers = (*headers, f"Authorization: Bearer {token}")
    with Raw(server.port, small=small) as raw:
        head = raw.upgrade(path, *headers)
        assert head.startswith("HTTP/1.1 101 "), head
        yield raw


@contextmanager
def phone(server: LiveServer, token: str) -> Iterator[Raw]:
    """A driver's socket after its welcome."""
    with opened(server, "/ws/driver", token=token) as raw:
        assert raw.hear_text()["type"] == "welcome"
        yield raw


@contextmanager
def watch(server: LiveServer, order: Json) -> Iterator[Raw]:
    """A customer's socket after its snapshot."""
    with opened(server, f"/ws/client/{order['trackingToken']}") as raw:
        assert raw.hear_text()["type"] == "snapshot"
        yield raw


@contextmanager
def quiet_log(server: LiveServer, lines: int = 1) -> Iterator[None]:
    """Whatever happens within costs at most so many short lines of the log."""
    before = len(server.log())
    yield
    grown = server.log()[before:].splitlines()
    assert not any("Traceback" in line for line in grown), grown[:3]
    assert len(grown) <= lines, grown
    assert all(len(line) < 400 for line in grown), grown


def sockets(server: LiveServer) -> int:
    """How many sockets the server has open."""
    count = 0
    for entry in Path(f"/proc/{server.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            count += str(entry.readlink()).startswith("socket:")
    return count


def memory(server: LiveServer) -> int:
    """What the server holds in memory, in bytes."""
    pages = int(Path(f"/proc/{server.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def usual(server: LiveServer) -> float:
    """Seconds that a request takes here and now: what a busy machine adds to every time."""
    waits = []
    for _ in range(10):
        begun = time.monotonic()
        server.api.get("/healthz")
        waits.append(time.monotonic() - begun)
    return max(waits)


def until(deadline: float) -> bool:
    """Whether there is time left; waits a moment."""
    time.sleep(0.02)  # what is waited for lies in another process
    return time.monotonic() < deadline
