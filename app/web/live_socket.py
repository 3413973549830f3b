"""One open socket of ours: bytes in, messages to its session; messages out, frames in time.

Is the `Socket` that services write to. Knows no credentials; the session does. websockets' parser
reads the bytes; what is written is ours alone, so that a typed answer can go before a close frame.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

from app.domain.errors import Close
from app.protocol import messages
from app.tracking.hub import Shared
from app.tracking.monitor import Connection, Monitor
from app.tracking.services import Services
from app.web import frames
from app.web.inlet import Breach, Inlet
from app.web.outlet import Outlet
from app.web.pulse import Pulse
from app.web.sessions import Session

CREDENTIALS_SECONDS: Final = 5.0
MESSAGE_SECONDS: Final = 10.0
"""By then a frame, or a message in fragments, must be whole, or ..."""
MESSAGE_BYTES: Final = 10_240
"""... have grown by so much: a batch over a bad line takes its time (1 KiB/s)."""
GOODBYE_SECONDS: Final = 2.0
"""How long the peer may take to answer our close frame, or to read what was written before."""
SLICE: Final = 4_096
"""Bytes that are parsed before limits are looked at again."""
LATE_BYTES: Final = 65_536
"""So much is still parsed after our close frame, to find the peer's; the rest is thrown away."""

_log = structlog.get_logger("sockets")


class LiveSocket:
    """Everything between the transport and the session."""

    def __init__(
        self,
        transport: asyncio.Transport,
        parser: ServerProtocol,
        loop: asyncio.AbstractEventLoop,
        services: Services,
    ) -> None:
        self._transport = transport
        self._parser = parser
        self._loop = loop
        self._now = services.now
        self._monitor: Monitor = services.monitor
        self._outlet = Outlet(transport, loop, lambda: self.end(Close.SLOW_READER))
        self._inlet = Inlet(loop.time())
        self._pulse = Pulse(loop, self._ask, lambda: self.end(Close.TIMED_OUT))
        self._record: Connection | None = None
        self._session: Session | None = None
        self._ended = False
        self._deaf = False
        self._late = 0
        self._window = 0
        self._frames = 0
        self._unfinished: asyncio.TimerHandle | None = None
        self._credentials: asyncio.TimerHandle | None = None
        self._goodbye: asyncio.TimerHandle | None = None
        self._let_go: Callable[[], None] | None = None

    def register(self, kind: str, address: str | None, agent: str | None) -> Connection:
        """From now on staff see it."""
        self._record = self._monitor.opened(kind, self, address, agent)
        return self._record

    def attend(self, session: Session, let_go: Callable[[], None]) -> None:
        """From now on ``session`` gets what comes; it has five seconds to know who it is.

        ``let_go`` is called at the end.
        """
        self._session, self._let_go = session, let_go
        if self._ended:
            self._dismiss()
        else:
            self._credentials = self._loop.call_later(CREDENTIALS_SECONDS, session.overdue)

    # reading

    def data_received(self, data: bytes) -> None:
        """Bytes of the peer."""
        self._pulse.heard()
        self._window += len(data)
        self._frames = 0
        before = self._received
        for begin in range(0, len(data), SLICE):
            if self._deaf:
                return
            self._parse(data if len(data) <= SLICE else data[begin : begin + SLICE])
        if not self._ended:
            self._watch_unfinished(progress=self._received != before)

    def eof_received(self) -> None:
        """The peer writes no more: there is nothing left to say (returning None closes)."""
        self._deaf = True
        self._finish(Close.GOING_AWAY)

    def _parse(self, data: bytes) -> None:
        if self._ended:
            self._late += len(data)
            self._deaf = self._late > LATE_BYTES
        self._parser.receive_data(data)
        self._parser.data_to_send()  # pongs and close frames of its own: ours are sent instead
        for event in self._parser.events_received():
            if isinstance(event, Frame) and not self._deaf:
                self._frames += 1
                self._frame(event)
        error = self._parser.parser_exc
        if error is not None and not self._deaf:
            self._broken(error)

    def _frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            self._closed_by_peer(bytes(frame.data))
            return
        if self._ended:
            return
        try:
            if frame.opcode is Opcode.PING or frame.opcode is Opcode.PONG:
                self._inlet.take_control(self._loop.time())
                if frame.opcode is Opcode.PING:
                    self._write(frames.pong(bytes(frame.data)))
                return
            whole = self._inlet.take(frame)
        except Breach as breach:
            self._cut_off(breach.code)
            return
        if whole is not None:
            self._message(*whole)

    def _message(self, data: bytes, binary: bool) -> None:
        record, session = self._record, self._session
        if record is None or session is None:
            return
        record.received += 1
        record.received_bytes += len(data)
        record.last_at = self._now()
        try:
            if binary:
                session.receive_binary()
            else:
                session.receive(data)
        except Exception:
            # One message must not cost the connection, let alone the server.
            _log.exception("a message broke its handler", socket=record.kind)
            self._say("internal", "Something went wrong in the server.")

    def _broken(self, error: Exception) -> None:
        """The parser refuses the bytes."""
        if isinstance(error, PayloadTooBig):
            most = self._parser.max_message_size
            self._say("too_large", f"A message may have at most {most} bytes.")
            self._cut_off(Close.TOO_BIG)
        elif isinstance(error, UnicodeDecodeError):
            self._cut_off(Close.INVALID_DATA)
        elif isinstance(error, ProtocolError):
            self._cut_off(Close.PROTOCOL_ERROR)
        else:
            self._cut_off(Close.INTERNAL)

    def _watch_unfinished(self, *, progress: bool) -> None:
        """A deadline for what was begun; each whole message begins it anew."""
        # Bytes that completed no frame may all be in the parser, as a part of a header.
        waits = self._inlet.begun or self._parser.reader.buffer or not self._frames
        if self._unfinished is not None:
            if waits and not progress:
                return
            self._unfinished.cancel()
            self._unfinished = None
        if waits:
            self._open_window()

    def _open_window(self) -> None:
        self._window = 0
        self._unfinished = self._loop.call_later(MESSAGE_SECONDS, self._window_over)

    def _window_over(self) -> None:
        if self._window < MESSAGE_BYTES:
            self._cut_off(Close.TIMED_OUT)
        else:
            self._open_window()

    @property
    def _received(self) -> int:
        return 0 if self._record is None else self._record.received

    # writing: what services call

    def send(self, message: Shared) -> None:
        """Send; waits in a bounded queue when the reader is slow."""
        if not self._ended:
            self._count(message)
            self._outlet.send(frames.wire_of(message))

    def send_position(self, topic: int, message: Shared) -> None:
        """Send, or replace the one that waits."""
        if not self._ended:
            self._count(message)
            self._outlet.send_position(topic, frames.wire_of(message))

    def end(self, code: Close) -> None:
        """Close with this code; the peer gets two seconds to take it."""
        if not self._ended:
            self._write(frames.close_frame(code))
            self._finish(code)

    def pause_writing(self) -> None:
        """The transport's buffer is full."""
        if not self._ended:
            self._outlet.pause()

    def resume_writing(self) -> None:
        """There is room again."""
        if not self._ended:
            self._outlet.resume()

    def _ask(self) -> None:
        self._write(frames.ping())

    def _say(self, code: str, message: str) -> None:
        self.send(Shared(messages.Error(code=code, message=message)))

    def _write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)

    def _count(self, message: Shared) -> None:
        if self._record is not None:
            self._record.sent += 1
            self._record.sent_bytes += len(message.text)

    # the end

    def _closed_by_peer(self, payload: bytes) -> None:
        received = self._parser.close_rcvd
        if not self._ended:
            self._write(frames.close_echo(payload))
        self._deaf = True
        self._finish(Close.NORMAL if received is None else received.code)
        self._transport.close()  # both have said it; what is written still goes out

    def _cut_off(self, code: Close) -> None:
        """Close on a peer whose bytes are of no use any more: they are read and thrown away, or
        the machine would answer them with a reset that destroys our last words."""
        if self._deaf:
            return
        self.end(code)
        self._deaf = True
        if self._transport.can_write_eof() and not self._transport.is_closing():
            self._transport.write_eof()

    def _finish(self, code: int) -> None:
        """Nothing is sent or heard from now on; a peer who does not go is cut."""
        if self._ended:
            return
        self._ended = True
        self._pulse.stop()
        for timer in (self._unfinished, self._credentials):
            if timer is not None:
                timer.cancel()
        self._outlet.drop()
        self._goodbye = self._loop.call_later(GOODBYE_SECONDS, self._transport.abort)
        self._dismiss()
        if self._record is not None:
            self._monitor.closed(self._record, code)

    def _dismiss(self) -> None:
        if self._session is not None:
            self._session.closed()
        if self._let_go is not None:
            self._let_go()

    def lost(self) -> None:
        """The connection is gone, whoever began."""
        self._finish(Close.GOING_AWAY)
        if self._goodbye is not None:
            self._goodbye.cancel()
