"""One open socket of ours: bytes in, messages to its session; messages out, frames in time.

Is the protocol that the transport calls, and the `Socket` that services write to: no queue and no
task between. Knows no credentials; the session does. What is written is ours alone, so that a
typed answer can go before a close frame.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from app.domain.errors import Close
from app.protocol import messages
from app.tracking.hub import Run, Shared
from app.tracking.monitor import Monitor, Now
from app.tracking.raw_views import Hear
from app.web import frames
from app.web.full_reader import FullReader
from app.web.heartbeat import ASK_AFTER, Heartbeat
from app.web.inlet import Inlet
from app.web.opening import Opening
from app.web.outlet import Outlet
from app.web.sessions import Session
from app.web.tap import TappedOutlet, TappedSession
from app.web.text_frames import take_texts

CREDENTIALS_SECONDS: Final = 5.0
GOODBYE_SECONDS: Final = 2.0
"""How long the peer may take to answer our close frame, or to read what was written before."""

_log = structlog.get_logger("sockets")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all sockets of a process share."""

    monitor: Monitor
    now: Now
    heartbeat: Heartbeat


class LiveSocket(asyncio.Protocol):
    """Everything between the transport and the session."""

    __slots__ = (
        "_asked_at",
        "_credentials",
        "_goodbye",
        "_inlet",
        "_let_go",
        "_most",
        "_on_lost",
        "_outlet",
        "_reader",
        "_round_trip",
        "_session",
        "_shared",
        "_transport",
        "deaf",
        "ended",
        "heard",
        "record",
        "silence",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        shared: Surroundings,
        opening: Opening,
        most: int,
        on_lost: "Callable[[LiveSocket], None]",
    ) -> None:
        """From now on staff see it. ``most``: bytes of a message, 0 for no limit; ``on_lost`` is
        called when the connection is gone."""
        self._transport = transport
        self._shared = shared
        self._most = most
        self._on_lost = on_lost
        self._outlet: Outlet | TappedOutlet
        self._outlet = Outlet(transport, asyncio.get_running_loop(), self._too_slow)
        self._inlet: Inlet | None = None
        self._reader: FullReader | None = None
        self._session: Session | None = None
        self._credentials: asyncio.TimerHandle | None = None
        self._goodbye: asyncio.TimerHandle | None = None
        self._let_go: Callable[[], None] | None = None
        self.ended = self.deaf = False
        self.heard, self.silence = True, 0
        self._round_trip: float | None = None
        self._asked_at = 0.0
        shared.heartbeat.join(self)
        self.record = shared.monitor.opened(opening.kind, self, opening.address, opening.agent)

    def attend(self, session: Session, let_go: Callable[[], None]) -> None:
        """From now on ``session`` gets what comes; it has five seconds to know who it is.

        ``let_go`` is called at the end.
        """
        outlet = self._outlet
        if isinstance(outlet, TappedOutlet):
            session = TappedSession(session, outlet.hear)
        self._session, self._let_go = session, let_go
        if self.ended:
            self._dismiss()
        else:
            loop = asyncio.get_running_loop()
            self._credentials = loop.call_later(CREDENTIALS_SECONDS, session.overdue)

    # reading

    def data_received(self, data: bytes) -> None:
        """Bytes of the peer."""
        self.heard = True
        if self._reader is None and not self.ended:
            if self.silence >= ASK_AFTER and frames.is_empty_pong(data):
                self.silence = 0  # one for each ping: no way to flood
                self.ponged()
                return
            texts, taken = take_texts(data, self._most)
            for text in texts:
                if self.ended:
                    return
                self.message(text, binary=False)
            if taken == len(data):
                return
            data = data[taken:]
        self._read_fully(data)

    def _read_fully(self, data: bytes) -> None:
        reader = self._reader
        if reader is None:
            if self._inlet is None:
                self._inlet = Inlet(asyncio.get_running_loop().time())
            reader = FullReader(self, asyncio.get_running_loop(), self._most, self._inlet)
            self._reader = reader
        reader.receive(data)
        if reader.idle and not self.ended:
            self._reader = None

    def message(self, data: bytes, *, binary: bool) -> None:
        """A whole message; one that breaks its handler must not cost the connection."""
        session, record = self._session, self.record
        if session is None:
            return
        record.received += 1
        record.received_bytes += len(data)
        record.last_at = self._shared.now()
        try:
            if binary:
                session.receive_binary()
            else:
                session.receive(data)
        except Exception:
            _log.exception("a message broke its handler", socket=record.kind)
            self._say("internal", "Something went wrong in the server.")

    def pinged(self, payload: bytes) -> None:
        """Asked for a sign of life."""
        self._write(frames.pong(payload))

    def ponged(self) -> None:
        """Our ping was answered."""
        if self._asked_at:
            self._round_trip = asyncio.get_running_loop().time() - self._asked_at
            self._asked_at = 0.0

    def too_big(self, most: int | None) -> None:
        """A message over the limit."""
        self._say("too_large", f"A message may have at most {most} bytes.")
        self.cut_off(Close.TOO_BIG)

    def eof_received(self) -> None:
        """The peer writes no more: there is nothing left to say (returning None closes)."""
        self.deaf = True
        self._finish(Close.GOING_AWAY)

    # writing: what services call

    def send(self, message: Shared) -> None:
        """Send; waits in a bounded queue when the reader is slow."""
        if not self.ended:
            self.record.sent += 1
            self.record.sent_bytes += len(message.text)
            self._outlet.send(frames.wire_of(message))

    def send_positions(self, topic: int, run: Run) -> None:
        """Send all; or, when the reader is slow, let the newest replace the one that waits."""
        if not self.ended:
            self.record.sent += len(run.parts)
            wire = frames.wire_of_run(run)
            self.record.sent_bytes += len(wire)
            self._outlet.send_positions(topic, wire, run)

    def end(self, code: Close) -> None:
        """Close with this code; the peer gets two seconds to take it."""
        if not self.ended:
            self._write(frames.close_frame(code))
            self._finish(code)

    def shutdown(self) -> None:
        """The server stops: come back soon."""
        self.end(Close.RESTARTING)

    def pause_writing(self) -> None:
        """The transport's buffer is full."""
        if not self.ended:
            self._outlet.pause()

    def resume_writing(self) -> None:
        """There is room again."""
        if not self.ended:
            self._outlet.resume()

    # what the heartbeat calls, and who looks on

    def ask(self) -> None:
        """A ping; the time to its answer is kept."""
        if not self.ended:
            self._asked_at = self._asked_at or asyncio.get_running_loop().time()
            self._write(frames.ping())

    def dead(self) -> None:
        """No answer."""
        self.end(Close.TIMED_OUT)

    def backlog(self) -> tuple[int, int]:
        """Bytes that wait for a slow reader: in our queue, and in the transport's buffer."""
        return self._outlet.waiting, self._transport.get_write_buffer_size()

    def lag(self) -> float | None:
        """Seconds from our latest ping to its answer, or till now where that is longer."""
        if not self._asked_at:
            return self._round_trip
        waited = asyncio.get_running_loop().time() - self._asked_at
        return max(waited, self._round_trip or 0.0)

    def tap(self, hear: Hear | None) -> None:
        """From now on ``hear`` is told of each message; None: of none."""
        session, outlet = self._session, self._outlet
        session = session.inner if isinstance(session, TappedSession) else session
        outlet = outlet.inner if isinstance(outlet, TappedOutlet) else outlet
        self._session, self._outlet = session, outlet
        if hear is not None:
            self._outlet = TappedOutlet(outlet, hear)
            if session is not None:
                self._session = TappedSession(session, hear)

    def _too_slow(self) -> None:
        self.end(Close.SLOW_READER)

    def _say(self, code: str, message: str) -> None:
        self.send(Shared(messages.Error(code=code, message=message)))

    def _write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)

    # the end

    def closed_by_peer(self, payload: bytes, code: int) -> None:
        """The peer's close frame."""
        if not self.ended:
            self._write(frames.close_echo(payload))
        self.deaf = True
        self._finish(code)
        self._transport.close()  # both have said it; what is written still goes out

    def cut_off(self, code: Close) -> None:
        """Close on a peer whose bytes are of no use any more: they are read and thrown away, or
        the machine would answer them with a reset that destroys our last words."""
        if self.deaf:
            return
        self.end(code)
        self.deaf = True
        if self._transport.can_write_eof() and not self._transport.is_closing():
            self._transport.write_eof()

    def _finish(self, code: int) -> None:
        """Nothing is sent or heard from now on; a peer who does not go is cut."""
        if self.ended:
            return
        self.ended = True
        self._shared.heartbeat.leave(self)
        if self._reader is not None:
            self._reader.stop()
        if self._credentials is not None:
            self._credentials.cancel()
        self._outlet.drop()
        self._goodbye = asyncio.get_running_loop().call_later(
            GOODBYE_SECONDS, self._transport.abort
        )
        self._dismiss()
        self._shared.monitor.closed(self.record, code)

    def _dismiss(self) -> None:
        if self._session is not None:
            self._session.closed()
        if self._let_go is not None:
            self._let_go()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        """The connection is gone, whoever began."""
        self._finish(Close.GOING_AWAY)
        if self._goodbye is not None:
            self._goodbye.cancel()
        self._on_lost(self)
