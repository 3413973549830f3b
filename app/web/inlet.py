"""The reading side of one socket: frames put together to messages, within bounds.

Pure: frames and times come in, whole messages or a breach go out.
"""

from dataclasses import dataclass, field
from typing import Final

from websockets.frames import Frame, Opcode

from app.domain.errors import Close
from app.domain.limits import Bucket, Rate

MESSAGE_SECONDS: Final = 10.0
MOST_FRAGMENTS: Final = 1_000
CONTROL_RATE: Final = Rate(50, 200)
"""Pings, pongs and empty fragments: a browser sends none, a library one in many seconds."""


class Breach(Exception):
    """The peer must go; ``code`` says why."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(slots=True)
class Inlet:
    """Puts fragments together."""

    control: Bucket
    fragments: list[bytes] = field(default_factory=list)
    binary: bool = False
    begun_at: float | None = None

    def take(self, frame: Frame, now: float) -> tuple[bytes, bool] | None:
        """A data frame: the whole message and whether it is binary, once it is complete.

        Raises `Breach`.
        """
        if frame.opcode is not Opcode.CONT:
            self.binary = frame.opcode is Opcode.BINARY
            if frame.fin:
                return bytes(frame.data), self.binary
            self.begun_at = now
        self.fragments.append(bytes(frame.data))
        if len(self.fragments) > MOST_FRAGMENTS:
            raise Breach(Close.TOO_MANY_SOCKETS)
        if not frame.fin:
            return None
        whole = b"".join(self.fragments)
        self.fragments, self.begun_at = [], None
        return whole, self.binary

    def take_control(self, now: float) -> None:
        """A ping or pong; raises `Breach` for a flood."""
        if self.control.take(1, now):
            raise Breach(Close.TOO_MANY_SOCKETS)

    def overdue(self, now: float) -> bool:
        """Whether a message was begun and not finished in time."""
        return self.begun_at is not None and now - self.begun_at > MESSAGE_SECONDS


def new_inlet(now: float) -> Inlet:
    """For a new socket."""
    return Inlet(Bucket(CONTROL_RATE, now))
