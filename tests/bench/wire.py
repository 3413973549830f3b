"""As much of RFC 6455 as a client needs that shall cost little: requests, and masked frames."""

import random
from base64 import b64encode
from typing import Final

TEXT: Final = 0x81
CLOSE: Final = 0x88
PING: Final = 0x89
PONG: Final = 0x8A
_MASKED: Final = 0x80
_SHORT: Final = 126
_MEDIUM: Final = 1 << 16


def request(path: str, port: int, token: str | None) -> bytes:
    """The handshake; no extension is offered, so nothing is compressed."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {b64encode(random.randbytes(16)).decode()}",
        "Sec-WebSocket-Version: 13",
    ]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", ""]).encode()


def frame(payload: bytes, first: int = TEXT) -> bytes:
    """A whole frame, masked with a key of its own as every client must (5.3)."""
    key = random.randbytes(4)
    return _head(len(payload), first) + key + masked(payload, key)


def masked(payload: bytes, key: bytes) -> bytes:
    """The payload under its key; twice gives it back."""
    size = len(payload)
    keys = (key * (size // 4 + 1))[:size]
    # One exclusive or of two long numbers is far quicker than one for each byte.
    return (int.from_bytes(payload) ^ int.from_bytes(keys)).to_bytes(size)


def _head(size: int, first: int) -> bytes:
    if size < _SHORT:
        return bytes((first, _MASKED | size))
    if size < _MEDIUM:
        return bytes((first, _MASKED | 126)) + size.to_bytes(2)
    return bytes((first, _MASKED | 127)) + size.to_bytes(8)
