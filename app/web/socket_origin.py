"""NiceGUI's own socket takes any origin; this lets only our own pages reach it.

Its messages act for whoever is signed in on that page (contract section 3).
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.domain.errors import OnthewayError
from app.web.errors import error_response
from app.web.origin import same_origin

PATH: Final = "/_nicegui_ws"
REFUSAL: Final = OnthewayError("cross_origin", "Only Ontheway's own pages may connect here.")


class SocketOrigin:
    """ASGI middleware for the WebSocket and for the polling that stands in for it."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        is_socket = scope["type"] in {"http", "websocket"} and scope["path"].startswith(PATH)
        if not is_socket or self._is_ours(Headers(scope=scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await error_response(REFUSAL)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})  # before accepting: HTTP 403

    def _is_ours(self, headers: Headers) -> bool:
        if headers.get("sec-fetch-site") == "same-origin":
            return True
        origin = headers.get("origin")
        if origin is None and "sec-fetch-site" not in headers:
            # A browser's GET to its own server over plain http says neither, only where from.
            origin = _origin_of(headers.get("referer"))
        return same_origin(origin, headers.get("host"), self._public_url)


def _origin_of(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}"
