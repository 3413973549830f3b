"""The whole of RFC 6455 for one socket: the library's parser, fragments, deadlines.

Takes over from `text_frames` where something else comes than a simple text frame, and gives back
once all that was begun is whole. Writes nothing itself.
"""

import asyncio
from typing import Final, Protocol

from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from app.domain.errors import Close
from app.web.frame_bounds import FrameBounds
from app.web.inlet import Breach, Inlet

MESSAGE_SECONDS: Final = 10.0
"""By then a frame, or a message in fragments, must be whole, or ..."""
MESSAGE_BYTES: Final = 10_240
"""... have grown by so much: a batch over a bad line takes its time (1 KiB/s)."""
SLICE: Final = 4_096
"""Bytes that are parsed before limits are looked at again."""
LATE_BYTES: Final = 65_536
"""So much is still parsed after our close frame, to find the peer's; the rest is thrown away."""


class Listener(Protocol):
    """The socket that is read for."""

    deaf: bool
    """Whether nothing is of interest any more."""
    ended: bool
    """Whether our close frame is written: only the peer's is of interest."""

    def message(self, data: bytes, *, binary: bool) -> None:
        """A whole message; text is UTF-8."""

    def pinged(self, payload: bytes) -> None:
        """A ping."""

    def ponged(self) -> None:
        """The answer to a ping."""

    def closed_by_peer(self, payload: bytes, code: int) -> None:
        """The peer's close frame."""

    def too_big(self, most: int | None) -> None:
        """A message over the limit."""

    def cut_off(self, code: Close) -> None:
        """The bytes are of no use from here on."""


class FullReader:
    """What a socket is in the middle of."""

    def __init__(
        self, listener: Listener, loop: asyncio.AbstractEventLoop, most: int, inlet: Inlet
    ) -> None:
        self._listener = listener
        self._loop = loop
        self._inlet = inlet
        self._parser = ServerProtocol(state=OPEN, max_size=most or None)
        self._bounds = FrameBounds()
        self._late = 0
        self._window = 0
        self._messages = 0
        self._unfinished: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing is begun."""
        return not self._begun

    @property
    def _begun(self) -> bool:
        return self._inlet.begun or not self._bounds.between

    def receive(self, data: bytes) -> None:
        """Bytes of the peer."""
        listener = self._listener
        self._window += len(data)
        self._bounds.follow(data)
        before = self._messages
        for begin in range(0, len(data), SLICE):
            if listener.deaf:
                return
            self._parse(data if len(data) <= SLICE else data[begin : begin + SLICE])
        if not listener.ended:
            self._watch_unfinished(progress=self._messages != before)

    def stop(self) -> None:
        """The socket ends."""
        if self._unfinished is not None:
            self._unfinished.cancel()
            self._unfinished = None

    def _parse(self, data: bytes) -> None:
        listener = self._listener
        if listener.ended:
            self._late += len(data)
            listener.deaf = self._late > LATE_BYTES
        self._parser.receive_data(data)
        self._parser.data_to_send()  # pongs and close frames of its own: ours are sent instead
        for event in self._parser.events_received():
            if isinstance(event, Frame) and not listener.deaf:
                self._frame(event)
        error = self._parser.parser_exc
        if error is not None and not listener.deaf:
            self._broken(error)

    def _frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            received = self._parser.close_rcvd
            code = Close.NORMAL if received is None else received.code
            self._listener.closed_by_peer(bytes(frame.data), code)
            return
        if self._listener.ended:
            return
        try:
            if frame.opcode is Opcode.PING or frame.opcode is Opcode.PONG:
                self._inlet.take_control(self._loop.time())
                if frame.opcode is Opcode.PING:
                    self._listener.pinged(bytes(frame.data))
                else:
                    self._listener.ponged()
                return
            whole = self._inlet.take(frame)
        except Breach as breach:
            self._listener.cut_off(breach.code)
            return
        if whole is not None:
            self._messages += 1
            self._listener.message(whole[0], binary=whole[1])

    def _broken(self, error: Exception) -> None:
        """The parser refuses the bytes."""
        if isinstance(error, PayloadTooBig):
            self._listener.too_big(self._parser.max_message_size)
        elif isinstance(error, UnicodeDecodeError):
            self._listener.cut_off(Close.INVALID_DATA)
        elif isinstance(error, ProtocolError):
            self._listener.cut_off(Close.PROTOCOL_ERROR)
        else:
            self._listener.cut_off(Close.INTERNAL)

    def _watch_unfinished(self, *, progress: bool) -> None:
        """A deadline for what was begun; each whole message begins it anew."""
        if self._unfinished is not None:
            if self._begun and not progress:
                return
            self.stop()
        if self._begun:
            self._open_window()

    def _open_window(self) -> None:
        self._window = 0
        self._unfinished = self._loop.call_later(MESSAGE_SECONDS, self._window_over)

    def _window_over(self) -> None:
        self._unfinished = None
        if self._window < MESSAGE_BYTES:
            self._listener.cut_off(Close.TIMED_OUT)
        else:
            self._open_window()
