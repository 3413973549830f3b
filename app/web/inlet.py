"""The reading side of one socket: frames put together to messages, within bounds.

Pure: frames and times come in, whole messages or a breach go out.
"""

from typing import Final

from websockets.frames import Frame, Opcode

from app.domain.errors import Close
from app.domain.limits import Bucket, Rate

MOST_FRAGMENTS: Final = 1_000
"""Of one message, empty ones included: they cost more than their bytes."""
CONTROL_RATE: Final = Rate(100, 200)
"""Pings and pongs per second: a browser answers one in ten seconds, a library sends few."""


class Breach(Exception):
    """The peer must go; ``code`` says why."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code


class Inlet:
    """Puts fragments together and counts what costs more than its bytes."""

    __slots__ = ("_binary", "_control", "_fragments")

    def __init__(self, now: float) -> None:
        self._control = Bucket(CONTROL_RATE, now)
        self._fragments: list[bytes] = []
        self._binary = False

    @property
    def begun(self) -> bool:
        """Whether a message lacks its last fragment."""
        return bool(self._fragments)

    def take(self, frame: Frame) -> tuple[bytes, bool] | None:
        """A data frame: the whole message and whether it is binary, once it is complete.

        The text is UTF-8. Raises `Breach`.
        """
        if frame.opcode is not Opcode.CONT:
            self._binary = frame.opcode is Opcode.BINARY
        if frame.fin and not self._fragments:
            return self._checked(bytes(frame.data))
        self._fragments.append(bytes(frame.data))
        if len(self._fragments) > MOST_FRAGMENTS:
            raise Breach(Close.TOO_MANY_SOCKETS)
        if not frame.fin:
            return None
        whole = b"".join(self._fragments)
        self._fragments = []
        return self._checked(whole)

    def take_control(self, now: float) -> None:
        """A ping or pong; raises `Breach` for a flood."""
        if self._control.take(1, now):
            raise Breach(Close.TOO_MANY_SOCKETS)

    def _checked(self, data: bytes) -> tuple[bytes, bool]:
        if not self._binary and not data.isascii():
            try:
                data.decode()
            except UnicodeDecodeError:
                raise Breach(Close.INVALID_DATA) from None
        return data, self._binary
