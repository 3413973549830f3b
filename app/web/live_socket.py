"""One open socket of ours: bytes in, messages to its session; messages out, frames in time.

Is the `Socket` that services write to. Knows no credentials; the session does.
"""

import asyncio
from typing import Final

from websockets.exceptions import PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from app.domain.errors import CLOSE_MEANINGS, Close
from app.protocol import messages
from app.tracking.hub import Shared
from app.tracking.monitor import Connection, Monitor, Now
from app.web.inlet import Breach, new_inlet
from app.web.outlet import Outlet, wire_of
from app.web.sessions import Session

CREDENTIALS_SECONDS: Final = 5.0
GOODBYE_SECONDS: Final = 2.0
"""How long the peer may take to answer our close frame, or to read what was written before."""
HEARTBEAT: Final = 8.0
SILENCE: Final = 16.0
"""Seconds without a byte, pongs included, after which a peer is dead: found within 24."""
ASLEEP: Final = 4.0
"""A heartbeat this late says that we slept, not the peers."""


class LiveSocket:
    """Everything between the transport and the session."""

    record: Connection
    session: Session | None = None

    def __init__(
        self,
        transport: asyncio.Transport,
        conn: ServerProtocol,
        loop: asyncio.AbstractEventLoop,
        now: Now,
    ) -> None:
        self._transport = transport
        self._conn = conn
        self._loop = loop
        self._now = now
        self._outlet = Outlet(transport, loop, self._too_slow)
        self._inlet = new_inlet(loop.time())
        self._ending = False
        self._code: int = Close.GOING_AWAY
        self._goodbye: asyncio.TimerHandle | None = None
        self._credentials: asyncio.TimerHandle | None = None
        self._beat_due = self._heard_at = loop.time()
        self._beat = self._next_beat()

    def attend(self, session: Session) -> None:
        """From now on ``session`` gets what comes; it has five seconds to know who it is."""
        self.session = session
        if not self._ending:
            self._credentials = self._loop.call_later(CREDENTIALS_SECONDS, session.overdue)

    # reading

    def data_received(self, data: bytes) -> None:
        """Bytes of the peer."""
        now = self._heard_at = self._loop.time()
        self._conn.receive_data(data)
        try:
            for event in self._conn.events_received():
                if isinstance(event, Frame):
                    self._frame(event, now)
        except Breach as breach:
            self.end(breach.code)
        error = self._conn.parser_exc
        if error is not None and not self._ending:
            self._broken(error)
        self._flush()

    def eof_received(self) -> None:
        """The peer writes no more: there is nothing left to say (returning None closes)."""
        self._conn.receive_eof()

    def _frame(self, frame: Frame, now: float) -> None:
        if self._ending and frame.opcode is not Opcode.CLOSE:
            return
        if frame.opcode is Opcode.CLOSE:
            received = self._conn.close_rcvd
            self._code = received.code if received is not None else Close.NORMAL
            self._say_goodbye()
        elif frame.opcode in (Opcode.PING, Opcode.PONG):
            self._inlet.take_control(now)
        else:
            whole = self._inlet.take(frame, now)
            if whole is not None:
                self._message(*whole)

    def _message(self, data: bytes, binary: bool) -> None:
        record = self.record
        record.received += 1
        record.received_bytes += len(data)
        record.last_at = self._now()
        session = self.session
        if session is None:
            return
        if binary:
            session.receive_binary()
            return
        try:
            data.decode()
        except UnicodeDecodeError:
            self._conn.fail(Close.INVALID_DATA, "text is not UTF-8")
            self._code = Close.INVALID_DATA
            self._say_goodbye()
            return
        session.receive(data)

    def _broken(self, error: Exception) -> None:
        """The library refuses the bytes, and has its close frame ready; ours goes before."""
        self._code = (
            Close.PROTOCOL_ERROR
            if self._conn.close_sent is None
            else int(self._conn.close_sent.code)
        )
        if isinstance(error, PayloadTooBig):
            most = self._conn.max_message_size
            text = f"A message may have at most {most} bytes."
            self._outlet.send(wire_of(Shared(messages.Error(code="too_large", message=text))))
        self._say_goodbye()

    # writing: what services call

    def send(self, message: Shared) -> None:
        """Send; waits in a bounded queue when the reader is slow."""
        if not self._ending:
            self._count(message)
            self._outlet.send(wire_of(message))

    def send_position(self, topic: int, message: Shared) -> None:
        """Send, or replace the one that waits."""
        if not self._ending:
            self._count(message)
            self._outlet.send_position(topic, wire_of(message))

    def end(self, code: Close) -> None:
        """Close with this code; the peer gets two seconds to take it."""
        if self._ending:
            return
        self._code = code
        if self._conn.state is State.OPEN:
            self._conn.send_close(code, CLOSE_MEANINGS[code].reason)
            self._flush()
        self._say_goodbye()

    def pause_writing(self) -> None:
        """The transport's buffer is full."""
        self._outlet.pause()

    def resume_writing(self) -> None:
        """There is room again."""
        self._outlet.resume()

    def _count(self, message: Shared) -> None:
        self.record.sent += 1
        self.record.sent_bytes += len(message.text)

    def _flush(self) -> None:
        """What the library has to say: pongs, and close frames."""
        data = b"".join(self._conn.data_to_send())
        if data and not self._transport.is_closing():
            self._transport.write(data)
        if self._conn.close_rcvd is not None and self._conn.close_sent is not None:
            self._transport.close()  # both have said it; what is written still goes out

    def _too_slow(self) -> None:
        self.end(Close.SLOW_READER)

    # the end

    def _say_goodbye(self) -> None:
        """From now on nothing is sent or heard; a peer who does not go is cut."""
        if self._ending:
            return
        self._ending = True
        self._goodbye = self._loop.call_later(GOODBYE_SECONDS, self._transport.abort)

    def lost(self, monitor: Monitor) -> None:
        """The connection is gone, whoever began."""
        self._ending = True
        for timer in (self._goodbye, self._credentials, self._beat):
            if timer is not None:
                timer.cancel()
        self._outlet.close()
        if self.session is not None:
            self.session.closed()
        monitor.closed(self.record, self._code)

    # the heartbeat

    def _next_beat(self) -> asyncio.TimerHandle:
        self._beat_due += HEARTBEAT
        return self._loop.call_at(self._beat_due, self._heartbeat)

    def _heartbeat(self) -> None:
        now = self._loop.time()
        if now - self._beat_due > ASLEEP:
            self._beat_due = self._heard_at = now
        if now - self._heard_at >= SILENCE or self._inlet.overdue(now):
            self.end(Close.TIMED_OUT)
            return
        if now - self._heard_at >= HEARTBEAT / 2 and self._conn.state is State.OPEN:
            self._conn.send_ping(b"")
            self._flush()
        self._beat = self._next_beat()
