"""uvicorn's HTTP protocol with the deadlines that it lacks (promises, U6): a head or a body that
never ends, and a reader who stalls, lose their connection."""

import asyncio
from asyncio import TimerHandle
from typing import Any, Final

import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_SECONDS: Final = 10.0
BODY_SECONDS: Final = 15.0
STALL_SECONDS: Final = 20.0
LARGEST_HEAD: Final = 32_768


class HttpProtocol(HttpToolsProtocol):
    """One HTTP connection."""

    _deadline: TimerHandle | None = None
    _stall: TimerHandle | None = None
    _head_bytes = 0
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The head of the first request is expected."""
        super().connection_made(transport)
        self._expect(HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        """Bytes of the peer; a head is bounded in size and time from its first byte on."""
        if self._in_head:
            self._head_bytes += len(data)
            if self._deadline is None:
                self._expect(HEAD_SECONDS)
        super().data_received(data)
        if self._in_head and self._head_bytes > LARGEST_HEAD:
            self._refuse(431, "The head of the request is too large.")

    def on_headers_complete(self) -> None:
        """The body follows, if there is one."""
        self._in_head = False
        self._head_bytes = 0
        self._expect(BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._in_head = True
        self._expect(None)
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """From here on the socket's own deadlines count."""
        self._expect(None)
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """The peer does not read."""
        super().pause_writing()
        self._stall = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        if self._stall is not None:
            self._stall.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._expect(None)
        if self._stall is not None:
            self._stall.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 (its words are for us)
        """Bytes that are no HTTP, answered in our one error shape."""
        self._expect(None)
        self._refuse(400, "This is not a valid HTTP request.")

    def _expect(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None
        if seconds is not None:
            self._deadline = self.loop.call_later(seconds, self._overdue)

    def _overdue(self) -> None:
        self._deadline = None
        if self._in_head and self._head_bytes == 0:
            self.transport.close()
            return
        started = self.cycle is not None and self.cycle.response_started
        if started and not self.cycle.response_complete:
            self.transport.abort()
            return
        self._refuse(408, "The request took too long.")

    def _refuse(self, status: int, message: str) -> None:
        if self.transport.is_closing():
            return
        error: dict[str, Any] = {"error": {"code": "bad_request", "message": message}}
        body = msgspec.json.encode(error)
        head = (
            b"content-type: application/json\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        )
        self.transport.write(STATUS_LINE[status] + head + body)
        self.transport.close()
