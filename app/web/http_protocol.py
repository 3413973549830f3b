"""uvicorn's HTTP protocol with the bounds that it lacks (promises, U6): a head or a body that never
ends, a head that is too large, and a reader who stalls, lose their connection."""

import asyncio
from asyncio import TimerHandle
from collections.abc import Callable
from typing import Any, Final

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from app.web.refusals import refusal_body
from app.web.socket_protocol import SocketProtocol

HEAD_SECONDS: Final = 10.0
BODY_SECONDS: Final = 15.0
SLOWEST_BODY: Final = 1_024
"""Bytes per second by which a body earns more than its first seconds."""
LONGEST_BODY: Final = 600.0
"""Seconds that no body gets more than: one that trickles holds the place of others."""
KEEP_ALIVE_SECONDS: Final = 15
STALL_SECONDS: Final = 15.0
SLOWEST_READER: Final = 1_024
"""Bytes per second by which the reader of a large answer earns another `STALL_SECONDS`."""
GOODBYE_SECONDS: Final = 2.0
LARGEST_HEAD: Final = 32_768
FIELD_COST: Final = 32
"""What each header costs beside its bytes, as in RFC 9113 section 6.5.2."""


class HttpProtocol(HttpToolsProtocol):
    """One HTTP connection."""

    _deadline: TimerHandle | None = None
    _stall: TimerHandle | None = None
    _cut: TimerHandle | None = None
    _in_head = True
    _head_begun = False
    _head_raw = 0
    _head_cost = 0
    _body_bytes = 0
    _body_since = 0.0
    _deaf = False

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.timeout_keep_alive = KEEP_ALIVE_SECONDS

    # what the transport calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The head of the first request is expected."""
        super().connection_made(transport)
        self._expect(HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        """Bytes of the peer."""
        if self._deaf:
            return
        self._unset_keepalive_if_required()
        if self._in_head:
            self._head_raw += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[upgrade.args[0] :])
            return
        except httptools.HttpParserError:
            self._refuse(431 if self._head_cost > LARGEST_HEAD else 400)
            return
        if not self._in_head:
            return
        if self._head_raw > LARGEST_HEAD:
            self._refuse(431)
        elif self._deadline is None and (self._head_begun or self._is_idle()):
            self._expect(HEAD_SECONDS)

    def pause_writing(self) -> None:
        """The peer does not read."""
        super().pause_writing()
        self._stall = self._when_unread("_stall")

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        if self._stall is not None:
            self._stall.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._stop_timers()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server stops."""
        super().shutdown()
        if self.transport.is_closing():
            if self._cut is not None:
                self._cut.cancel()
            self._cut = self.loop.call_later(GOODBYE_SECONDS, self.transport.abort)

    # what the parser calls

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self._head_begun = True
        self._head_cost = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        self._pay(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._pay(len(name) + len(value) + FIELD_COST)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The body follows, if there is one."""
        self._in_head = self._head_begun = False
        self._head_raw = self._body_bytes = 0
        self._body_since = self.loop.time()
        self._expect(BODY_SECONDS)
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self.cycle.transport = _Answering(self.transport, self._close_gently)

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._in_head = True
        self._expect(None)
        super().on_message_complete()

    # uvicorn's own events

    def on_response_complete(self) -> None:
        """The answer is written, if not yet read."""
        if self._deaf:
            return
        super().on_response_complete()
        self._cut_when_stalled()

    def timeout_keep_alive_handler(self) -> None:
        """No further request came."""
        super().timeout_keep_alive_handler()
        self._cut_when_stalled()

    # within

    def _upgrade(self, rest: bytes) -> None:
        """``rest``: what an eager peer sent behind its handshake."""
        if not self._should_upgrade():
            # A protocol that we do not speak: the request is answered as any other, and the last.
            self.cycle.keep_alive = False
            return
        if not self._is_idle() or self.parser.get_http_version() != "1.1":
            self._refuse(400)
            return
        self._stop_timers()
        self.handle_websocket_upgrade()
        protocol = self.transport.get_protocol()
        if isinstance(protocol, SocketProtocol) and protocol.live is not None:
            # uvicorn has just put the handshake's protocol in its successor's place again
            protocol = protocol.live
            self.transport.set_protocol(protocol)
        if rest and isinstance(protocol, asyncio.Protocol) and not self.transport.is_closing():
            protocol.data_received(rest)

    def _is_answered(self) -> bool:
        """Whether an answer written now would be taken for that of another request, or be the
        second of this one."""
        if self.cycle is None:
            return False
        if self._in_head:
            return not self.cycle.response_complete
        return self.cycle.response_started

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _pay(self, cost: int) -> None:
        self._head_cost += cost
        if self._head_cost > LARGEST_HEAD:
            raise ValueError("head too large")  # the parser makes its own error of it

    def _expect(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None
        if seconds is not None:
            self._deadline = self.loop.call_later(seconds, self._overdue)

    def _overdue(self) -> None:
        self._deadline = None
        if self._in_head:
            if self._head_begun:
                self._refuse(408)
            else:
                self.transport.close()
            return
        earned = min(BODY_SECONDS + self._body_bytes / SLOWEST_BODY, LONGEST_BODY)
        left = self._body_since + earned - self.loop.time()
        if self.flow.read_paused:
            self._expect(BODY_SECONDS)  # it is we who do not read
        elif left > 0:
            self._expect(left)
        else:
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        """The last answer of this connection; none where another would be taken for it."""
        self._stop_timers()
        if self.transport.is_closing():
            return
        if self._is_answered():
            self.transport.abort()
            return
        body = refusal_body(status)
        head = (
            b"content-type: application/json\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        )
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.waiting_for_100_continue = False
            self.cycle.message_event.set()
        self.transport.write(STATUS_LINE[status] + head + body)
        self._linger()

    def _close_gently(self) -> None:
        """An answer was the last one; a body that it did not wait for may still be coming."""
        if self._in_head:
            self.transport.close()
        elif not self._deaf:
            self._stop_timers()
            self._linger()

    def _linger(self) -> None:
        """Read what still comes, and throw it away: unread bytes would make the machine reset
        the connection, and destroy the answer."""
        self._deaf = True
        self._cut = self.loop.call_later(GOODBYE_SECONDS, self.transport.abort)
        self.flow.resume_reading()
        if self.transport.can_write_eof() and not self.transport.is_closing():
            self.transport.write_eof()
        else:
            self.transport.close()

    def _cut_when_stalled(self) -> None:
        """Closing waits for the peer to read what is written, for ever."""
        if self.transport.is_closing() and self._cut is None:
            self._cut = self._when_unread("_cut")

    def _when_unread(self, timer: str) -> TimerHandle:
        unread = self.transport.get_write_buffer_size()
        return self.loop.call_later(STALL_SECONDS, self._abort_unless_read, timer, unread)

    def _abort_unless_read(self, timer: str, unread: int) -> None:
        """A picture or a file is written at once, and read as fast as the peer's network is."""
        read = unread - self.transport.get_write_buffer_size()
        if read < STALL_SECONDS * SLOWEST_READER:
            self.transport.abort()
        else:
            setattr(self, timer, self._when_unread(timer))

    def _stop_timers(self) -> None:
        for timer in (self._deadline, self._stall, self._cut):
            if timer is not None:
                timer.cancel()
        self._deadline = self._stall = self._cut = None


class _Answering(asyncio.Transport):
    """The transport as the answer to one request sees it: ``close`` is our own."""

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        super().__init__()
        self._transport = transport
        self._close = close

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write at once."""
        self._transport.write(data)

    def is_closing(self) -> bool:
        """Whether the connection ends."""
        return self._transport.is_closing()

    def close(self) -> None:
        """End the connection after what is written."""
        self._close()
