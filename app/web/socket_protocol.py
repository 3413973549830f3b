"""uvicorn's protocol class for WebSockets: our sockets are served in it directly.

Bytes in, a text frame to the session; a message from the session, a frame out: no queue and no
task between. Any other path is `StockProtocol`'s matter.
"""

import asyncio
from http import HTTPStatus
from typing import Any, ClassVar, Final, cast

import structlog
from websockets.http11 import Request

from app.domain.errors import Close, OnthewayError, unavailable
from app.tracking.services import Services
from app.tracking.tasks import spawn
from app.web.crowd import Crowd
from app.web.live_socket import LiveSocket
from app.web.opening import SUBPROTOCOL, Door, Opening, Wire, read_opening
from app.web.sessions import Caller, asks_first, find_caller, hang_on, open_session
from app.web.stock_protocol import StockProtocol

ASK_SECONDS: Final = 5.0
"""How long the look-up of a cookie or key may take before the handshake is answered."""
EARLY_BYTES: Final = 65_536
"""What an eager peer may send before the handshake is answered."""

_log = structlog.get_logger("sockets")


class SocketProtocol(StockProtocol):
    """One WebSocket connection: a handshake first, then ours (``live``) or the stock's."""

    services: ClassVar[Services]
    trusted: ClassVar[frozenset[str]]
    crowd: ClassVar[Crowd]

    live: LiveSocket | None = None
    _opening: Opening | None = None
    _early: bytes | None = None

    # the handshake

    def handle_connect(self, event: Request) -> None:
        """Ours, or NiceGUI's."""
        peer = self.client[0] if self.client else None
        public_url = self.services.look.public_url
        opening = read_opening(event, Wire(peer, self.scheme, public_url, self.trusted))
        if opening is None:
            super().handle_connect(event)
            return
        self.handshake_initiated = True
        self.response = self.conn.accept(event)
        if self.response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self.answer(self.response)
        elif opening.door is Door.NOWHERE:
            self.answer(self.conn.reject(HTTPStatus.NOT_FOUND, ""))
        elif asks_first(opening):
            self._early = b""
            spawn(self._ask(opening), "socket handshake")
        else:
            self._accept(opening, None)

    async def _ask(self, opening: Opening) -> None:
        refusal: OnthewayError | None = None
        caller: Caller | None = None
        try:
            async with asyncio.timeout(ASK_SECONDS):
                caller = await find_caller(self.services, opening)
        except OnthewayError as error:
            refusal = error
        except Exception:
            _log.exception("nobody could be looked up")
            refusal = unavailable()
        if self.transport.is_closing():
            return
        if refusal is None:
            self._accept(opening, caller)
            return
        self.services.monitor.refused(opening.kind, opening.address, refusal.code)
        self.answer(self.conn.reject(refusal.status, ""))

    def _accept(self, opening: Opening, caller: Caller | None) -> None:
        if opening.subprotocol:
            self.response.headers["Sec-WebSocket-Protocol"] = SUBPROTOCOL
        self.conn.send_response(self.response)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.handshake_complete = True
        services, limits = self.services, self.services.limits
        driver = opening.door is Door.DRIVER
        most = limits.frame_bytes if driver else limits.viewer_frame_bytes
        self.conn.max_message_size = most or None
        live = LiveSocket(self.transport, self.conn, self.loop, services)
        record = live.register(opening.kind, opening.address, opening.agent)
        self.live, self._opening = live, opening
        if not self.crowd.enter(opening.address):
            live.end(Close.TOO_MANY_SOCKETS)
            return
        let_go = hang_on(services, caller, live)
        live.attend(open_session(services, opening, caller, live, record), let_go)
        early, self._early = self._early, None
        if early:
            live.data_received(early)

    # what the transport calls

    def data_received(self, data: bytes) -> None:
        """Bytes of the peer."""
        if self.live is not None:
            self.live.data_received(data)
        elif self._early is None:
            super().data_received(data)
        elif len(self._early) + len(data) <= EARLY_BYTES:
            self._early += data
        else:
            self.transport.abort()

    def eof_received(self) -> None:
        """The peer writes no more (returning None closes)."""
        if self.live is not None:
            self.live.eof_received()

    def pause_writing(self) -> None:
        """The transport's buffer is full."""
        if self.live is not None:
            self.live.pause_writing()
        else:
            super().pause_writing()

    def resume_writing(self) -> None:
        """There is room again."""
        if self.live is not None:
            self.live.resume_writing()
        else:
            super().resume_writing()

    def shutdown(self) -> None:
        """The server stops: come back soon."""
        if self.live is not None:
            self.live.end(Close.RESTARTING)
        else:
            super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone, whoever began."""
        super().connection_lost(exc)
        if self.live is not None and self._opening is not None:
            self.crowd.leave(self._opening.address)
            self.live.lost()


def make_socket_protocol(
    services: Services, trusted_proxies: frozenset[str] = frozenset()
) -> type[asyncio.Protocol]:
    """The class for `uvicorn.Config(ws=…)`; ``trusted_proxies`` are addresses or networks."""
    members: dict[str, Any] = {
        "services": services,
        "trusted": trusted_proxies,
        "crowd": Crowd(services.limits.sockets_per_address),
    }
    return cast(type[asyncio.Protocol], type("BoundSocketProtocol", (SocketProtocol,), members))
