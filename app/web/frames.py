"""Frames of a server: unmasked, whole (RFC 6455 section 5.1). Pure."""

from collections.abc import Iterator

from websockets.frames import Close as CloseFrame
from websockets.frames import Frame, Opcode

from app.domain.errors import CLOSE_MEANINGS, Close
from app.tracking.hub import Run, Shared


def is_empty_pong(data: bytes) -> bool:
    """Whether this is exactly the answer to our ping: FIN, opcode 10, a mask, no payload."""
    return len(data) == 6 and data[0] == 0x8A and data[1] == 0x80


def wire_of(message: Shared) -> bytes:
    """The frame of a message, made once for all its receivers (RFC 6455 section 5.2)."""
    wire = message.wire
    if wire is None:
        text = message.text
        length = len(text)
        if length < 126:
            wire = bytes((0x81, length)) + text
        elif length < 65_536:
            wire = b"\x81\x7e" + length.to_bytes(2, "big") + text
        else:
            wire = b"\x81\x7f" + length.to_bytes(8, "big") + text
        message.wire = wire
    return wire


def wire_of_run(run: Run) -> bytes:
    """The frames of a run of positions in one piece, made once for all its receivers."""
    if run.wire is None:
        parts = run.parts
        run.wire = wire_of(parts[0]) if len(parts) == 1 else b"".join(map(wire_of, parts))
    return run.wire


def payloads(wire: bytes) -> Iterator[bytes]:
    """The messages in frames that `wire_of` or `wire_of_run` made."""
    begin = 0
    while begin < len(wire):
        length, body = wire[begin + 1], begin + 2
        if length >= 126:
            size = 2 if length == 126 else 8
            length, body = int.from_bytes(wire[body : body + size], "big"), body + size
        begin = body + length
        yield wire[body:begin]


def close_frame(code: Close) -> bytes:
    """The goodbye with its reason."""
    return close_echo(CloseFrame(code, CLOSE_MEANINGS[code].reason).serialize())


def close_echo(payload: bytes) -> bytes:
    """The answer to a close frame with this payload."""
    return Frame(Opcode.CLOSE, payload).serialize(mask=False)


def ping() -> bytes:
    """A sign of life, asking for one."""
    return Frame(Opcode.PING, b"").serialize(mask=False)


def pong(payload: bytes) -> bytes:
    """The answer to a ping with this payload."""
    return Frame(Opcode.PONG, payload).serialize(mask=False)
