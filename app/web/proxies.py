"""Requests through proxies: believed only from those that are named, else stripped of claims.

Below this, ``scope["client"]`` is where a request really comes from, as far as we can know.
"""

from collections.abc import Iterable
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.address import client_address, is_trusted

CLAIMS: Final = (
    b"x-forwarded",
    b"forwarded",
    b"x-real-ip",
    b"x-client-ip",
    b"x-cluster-client-ip",
    b"true-client-ip",
    b"cf-connecting-ip",
    b"via",
)
"""How names of headers begin by which proxies speak of the request before them."""
PROXIED: Final = "ontheway.proxied"

Header = tuple[bytes, bytes]


def was_proxied(scope: Scope) -> bool:
    """Whether any proxy's header was on the request, believed or not."""
    return bool(scope.get(PROXIED))


class Proxies:
    """ASGI middleware for HTTP and sockets alike."""

    def __init__(self, app: ASGIApp, trusted: frozenset[str]) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] in {"http", "websocket"}:
            scope = self._seen(scope)
        await self._app(scope, receive, send)

    def _seen(self, scope: Scope) -> Scope:
        claims = [header for header in scope["headers"] if header[0].startswith(CLAIMS)]
        if not claims:
            return scope
        client = scope.get("client")
        peer = client[0] if client else None
        if not is_trusted(peer, self._trusted):
            kept = [header for header in scope["headers"] if header not in claims]
            return {**scope, "headers": kept, PROXIED: True}
        address = client_address(peer, _value(claims, b"x-forwarded-for"), self._trusted)
        return {
            **scope,
            "client": None if address is None else (address, 0),
            "scheme": _scheme(scope["scheme"], _value(claims, b"x-forwarded-proto")),
            PROXIED: True,
        }


def _value(headers: Iterable[Header], name: bytes) -> str | None:
    values = [value.decode("latin-1") for key, value in headers if key == name]
    return ", ".join(values) if values else None


def _scheme(own: str, claimed: str | None) -> str:
    """The scheme that the outermost proxy saw, in the words of this kind of connection."""
    said = (claimed or "").split(",")[0].strip().lower()
    if said not in {"http", "https"}:
        return own
    secure = said == "https"
    if own in {"ws", "wss"}:
        return "wss" if secure else "ws"
    return said
