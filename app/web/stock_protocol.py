"""uvicorn's WebSockets, as NiceGUI's own socket uses them, with what they lack (promises, U1-U5).

Refusals are flushed and have our one error shape, a peer that does not read is cut, fragments are
counted, and bad bytes cost no traceback.
"""

import asyncio
import logging
from asyncio import TimerHandle
from http import HTTPStatus
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import CloseCode, Frame
from websockets.http11 import Response
from websockets.server import ServerProtocol
from websockets.typing import StatusLike

from app.domain.limits import Bucket
from app.web.inlet import CONTROL_RATE, MOST_FRAGMENTS
from app.web.refusals import refusal_body

STALL_SECONDS: Final = 20.0
"""How long a reader may leave our buffer full."""
GOODBYE_SECONDS: Final = 2.0
"""How long a peer may take to read our last words."""


class Handshaker(ServerProtocol):
    """The library's handshake; its refusals say nothing of what came in."""

    def reject(self, status: StatusLike, text: str) -> Response:  # noqa: ARG002 (may echo secrets)
        """The answer to a handshake that is refused, in our one error shape."""
        response = super().reject(status, refusal_body(int(status)).decode())
        del response.headers["Content-Type"]  # setting adds another one
        response.headers["Content-Type"] = "application/json"
        return response


class StockProtocol(WebSocketsSansIOProtocol):
    """A WebSocket that goes through ASGI."""

    _stall: TimerHandle | None = None
    _cut: TimerHandle | None = None

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._control = Bucket(CONTROL_RATE, self.loop.time())
        self.conn = Handshaker(
            max_size=config.ws_max_size, logger=logging.getLogger("uvicorn.error")
        )

    def answer(self, response: Response) -> None:
        """Refuse the handshake."""
        self.conn.send_response(response)
        self._last_words()

    def data_received(self, data: bytes) -> None:
        """Bytes of the peer."""
        if self.handshake_initiated and not self.handshake_complete:
            self.transport.abort()  # it must wait for our answer (RFC 6455 section 4.1)
            return
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self._last_words()  # U3: the answer is ready or missing, and nobody writes it

    def handle_ping(self) -> None:
        """Asked for a sign of life."""
        if self._allows_control():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """A sign of life."""
        if self._allows_control():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        """One more fragment."""
        if len(self.frames) < MOST_FRAGMENTS:
            super().handle_cont(event)
        else:
            self._fail(CloseCode.POLICY_VIOLATION)

    def send_receive_event_to_app(self) -> None:
        """A message is whole: text must be text."""
        if self.curr_msg_data_type == "text":
            self.frames = [b"".join(self.frames)]
            try:
                self.frames[0].decode()
            except UnicodeDecodeError:
                self._fail(CloseCode.INVALID_DATA)
                return
        super().send_receive_event_to_app()

    def pause_writing(self) -> None:
        """The transport's buffer is full."""
        super().pause_writing()
        self._stall = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """There is room again."""
        super().resume_writing()
        if self._stall is not None:
            self._stall.cancel()

    def keepalive_timeout(self) -> None:
        """No pong came."""
        super().keepalive_timeout()
        self._cut_soon()

    def handle_parser_exception(self) -> None:
        """The bytes are wrong, and the close frame is ready."""
        super().handle_parser_exception()
        self._cut_soon()

    def shutdown(self) -> None:
        """The server stops."""
        super().shutdown()
        self._cut_soon()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        super().connection_lost(exc)
        for timer in (self._stall, self._cut):
            if timer is not None:
                timer.cancel()

    def _allows_control(self) -> bool:
        allowed = not self._control.take(1, self.loop.time())
        if not allowed:
            self._fail(CloseCode.POLICY_VIOLATION)
        return allowed

    def _fail(self, code: CloseCode) -> None:
        if self.close_sent:
            return
        self.frames = []
        self.conn.fail(code)
        self.handle_parser_exception()

    def _last_words(self) -> None:
        self.handshake_initiated = self.handshake_complete = self.close_sent = True
        words = b"".join(self.conn.data_to_send())
        if not words:  # the library refuses some requests, such as those with a body, in silence
            words = self.conn.reject(HTTPStatus.BAD_REQUEST, "").serialize()
        self.transport.write(words)
        self.transport.close()
        self._cut_soon()

    def _cut_soon(self) -> None:
        """Whatever the peer reads or not (U1, U2: closing waits for the buffer, for ever)."""
        if self._cut is None:
            self._cut = self.loop.call_later(GOODBYE_SECONDS, self.transport.abort)
