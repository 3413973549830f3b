"""uvicorn's protocol class for WebSockets: our sockets are served in it directly.

Bytes in, a text frame to the session; a message from the session, a frame out: no queue and no
task between. NiceGUI's own socket goes the stock way, with what uvicorn leaves out: refusals that
are flushed, and an end to readers who stall (promises, U1 to U3).
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar, Final, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from app.domain.errors import Close, OnthewayError
from app.tracking.services import Services
from app.tracking.tasks import spawn
from app.web.live_socket import GOODBYE_SECONDS, LiveSocket
from app.web.opening import SUBPROTOCOL, Door, Opening, read_opening
from app.web.sessions import Caller, asks_first, find_caller, hang_on, open_session

STALL_SECONDS: Final = 20.0
"""How long a reader of NiceGUI's socket may leave our buffer full."""


class Crowd:
    """Open sockets per address."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: dict[str | None, int] = {}

    def enter(self, address: str | None) -> bool:
        """Count one more; False when there are too many."""
        self._open[address] = self._open.get(address, 0) + 1
        return not self._most or self._open[address] <= self._most

    def leave(self, address: str | None) -> None:
        """One less."""
        left = self._open.get(address, 0) - 1
        if left > 0:
            self._open[address] = left
        else:
            self._open.pop(address, None)


class SocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket connection: a handshake first, then ours (``live``) or NiceGUI's."""

    services: ClassVar[Services]
    trusted: ClassVar[frozenset[str]]
    crowd: ClassVar[Crowd]

    live: LiveSocket | None = None
    _opening: Opening | None = None
    _let_go: Callable[[], None] | None = None
    _cut: asyncio.TimerHandle | None = None

    # the handshake

    def handle_connect(self, event: Request) -> None:
        """Ours, or NiceGUI's."""
        peer = self.client[0] if self.client else None
        opening = read_opening(event, peer, self.trusted)
        if opening is None:
            super().handle_connect(event)
            return
        self.handshake_initiated = True
        self.response = self.conn.accept(event)
        if self.response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self.conn.send_response(self.response)
            self._write_and_close()
        elif opening.door is Door.NOWHERE:
            self._answer(HTTPStatus.NOT_FOUND)
        elif asks_first(opening):
            spawn(self._ask(opening), "socket handshake")
        else:
            self._accept(opening, None)

    async def _ask(self, opening: Opening) -> None:
        try:
            caller = await find_caller(self.services, opening)
        except OnthewayError:
            self.services.monitor.refused("viewer", opening.address, "cross_origin")
            self._answer(HTTPStatus.FORBIDDEN)
            return
        if not self.transport.is_closing():
            self._accept(opening, caller)

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
        live = LiveSocket(self.transport, self.conn, self.loop, services.now)
        kind = "viewer" if opening.door is Door.CLIENT else opening.door.value
        live.record = services.monitor.opened(kind, live, opening.address, opening.agent)
        self.live, self._opening = live, opening
        if not self.crowd.enter(opening.address):
            live.end(Close.TOO_MANY_SOCKETS)
            return
        self._let_go = hang_on(services, caller, live)
        live.attend(open_session(services, opening, caller, live, live.record))

    def _answer(self, status: HTTPStatus) -> None:
        """A handshake that is refused by HTTP."""
        self.conn.send_response(self.conn.reject(status, status.phrase))
        self._write_and_close()

    def _write_and_close(self) -> None:
        self.handshake_complete = True
        self.close_sent = True
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.close()

    # what the transport calls

    def data_received(self, data: bytes) -> None:
        """Bytes of the peer."""
        if self.live is not None:
            self.live.data_received(data)
            return
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self._write_and_close()  # U3: a malformed handshake is answered, then gone

    def eof_received(self) -> None:
        """The peer writes no more (returning None closes)."""
        if self.live is not None:
            self.live.eof_received()

    def pause_writing(self) -> None:
        """The transport's buffer is full."""
        super().pause_writing()
        if self.live is not None:
            self.live.pause_writing()
        else:
            self._cut = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """There is room again."""
        super().resume_writing()
        if self.live is not None:
            self.live.resume_writing()
        elif self._cut is not None:
            self._cut.cancel()

    def shutdown(self) -> None:
        """The server stops: come back soon."""
        if self.live is not None:
            self.live.end(Close.RESTARTING)
        else:
            super().shutdown()
            self._cut = self.loop.call_later(GOODBYE_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone, whoever began."""
        super().connection_lost(exc)
        if self._cut is not None:
            self._cut.cancel()
        if self.live is None or self._opening is None:
            return
        self.crowd.leave(self._opening.address)
        if self._let_go is not None:
            self._let_go()
        self.live.lost(self.services.monitor)


def make_socket_protocol(
    services: Services, trusted_proxies: frozenset[str]
) -> type[asyncio.Protocol]:
    """The class for `uvicorn.Config(ws=…)`."""
    members: dict[str, Any] = {
        "services": services,
        "trusted": trusted_proxies,
        "crowd": Crowd(services.limits.sockets_per_address),
    }
    return cast(type[asyncio.Protocol], type("BoundSocketProtocol", (SocketProtocol,), members))
