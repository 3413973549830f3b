"""uvicorn's protocol class for WebSockets: our sockets are served in it directly.

It answers the handshake, and hands the connection over to a `LiveSocket`. Any other path is
`StockProtocol`'s matter.
"""

import asyncio
from http import HTTPStatus
from typing import Any, ClassVar, Final, cast

import structlog
from websockets.http11 import Request

from app.domain.errors import Close, OnthewayError, unavailable
from app.tracking.blocks import address_key
from app.tracking.services import Services
from app.tracking.tasks import spawn
from app.web.crowd import Crowd
from app.web.heartbeat import Heartbeat
from app.web.live_socket import LiveSocket, Surroundings
from app.web.opening import SUBPROTOCOL, Door, Opening, Wire, read_opening
from app.web.sessions import Caller, asks_first, find_caller, hang_on, open_session, tell_of_driver
from app.web.stock_protocol import StockProtocol

ASK_SECONDS: Final = 5.0
"""How long the look-up of a cookie or key may take before the handshake is answered."""
EARLY_BYTES: Final = 65_536
"""What an eager peer may send before the handshake is answered."""

_log = structlog.get_logger("sockets")


class SocketProtocol(StockProtocol):
    """The handshake of one WebSocket; then the connection is ours (``live``) or the stock's."""

    services: ClassVar[Services]
    trusted: ClassVar[frozenset[str]]
    crowd: ClassVar[Crowd]

    surroundings: ClassVar[Surroundings]

    live: LiveSocket | None = None
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
        if refusal is None or refusal.code == "too_many":
            self._accept(opening, caller, shut_out=refusal is not None)
            return
        self.services.monitor.refused(opening.kind, opening.address, refusal.code)
        self.answer(self.conn.reject(refusal.status, ""))

    def _accept(self, opening: Opening, caller: Caller | None, *, shut_out: bool = False) -> None:
        if opening.subprotocol:
            self.response.headers["Sec-WebSocket-Protocol"] = SUBPROTOCOL
        self.conn.send_response(self.response)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.handshake_complete = True
        live = self._hand_over(opening)
        if shut_out or self.services.monitor.blocks.holds(address_key(opening.address)):
            self.services.monitor.refused(opening.kind, opening.address, "blocked")
            shut_out = True
        if not self.crowd.enter(opening.address) or shut_out:
            live.end(Close.TOO_MANY_SOCKETS)
            if opening.door is Door.DRIVER and self.services.monitor.raw_views.watching:
                why = "blocked" if shut_out else "crowded"
                spawn(tell_of_driver(self.services, opening, live.record, why), "driver shut out")
            return
        let_go = hang_on(self.services, caller, live)
        live.attend(open_session(self.services, opening, caller, live, live.record), let_go)
        early, self._early = self._early, None
        if early:
            live.data_received(early)

    def _hand_over(self, opening: Opening) -> LiveSocket:
        """From now on the transport calls a protocol that is small, and all ours."""
        crowd, connections = self.crowd, self.connections

        def lost(socket: LiveSocket) -> None:
            crowd.leave(opening.address)
            connections.discard(socket)

        limits = self.services.limits
        driver = opening.door is Door.DRIVER
        most = limits.frame_bytes if driver else limits.viewer_frame_bytes
        self.live = LiveSocket(self.transport, self.surroundings, opening, most, lost)
        connections.discard(self)
        connections.add(self.live)  # type: ignore[arg-type]  # it only calls shutdown
        self.transport.set_protocol(self.live)
        return self.live

    # what the transport calls until then

    def data_received(self, data: bytes) -> None:
        """Bytes of the peer."""
        if self._early is None:
            super().data_received(data)
        elif len(self._early) + len(data) <= EARLY_BYTES:
            self._early += data
        else:
            self.transport.abort()


def make_socket_protocol(
    services: Services, trusted_proxies: frozenset[str] = frozenset()
) -> type[asyncio.Protocol]:
    """The class for `uvicorn.Config(ws=…)`; ``trusted_proxies`` are addresses or networks."""
    members: dict[str, Any] = {
        "services": services,
        "surroundings": Surroundings(services.monitor, services.now, Heartbeat()),
        "trusted": trusted_proxies,
        "crowd": Crowd(services.limits.sockets_per_address),
    }
    return cast(type[asyncio.Protocol], type("BoundSocketProtocol", (SocketProtocol,), members))
