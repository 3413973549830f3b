"""Frames of a server: unmasked, whole (RFC 6455 section 5.1). Pure."""

from websockets.frames import Close as CloseFrame
from websockets.frames import Frame, Opcode

from app.domain.errors import CLOSE_MEANINGS, Close
from app.tracking.hub import Shared


def wire_of(message: Shared) -> bytes:
    """The frame of a message, made once for all its receivers."""
    if message.wire is None:
        message.wire = Frame(Opcode.TEXT, message.text).serialize(mask=False)
    return message.wire


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
