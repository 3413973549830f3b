"""Requests from addresses that are blocked for a while: refused before anything looks at them,
but for the files of pages and the question whether we are alive.

Our sockets do not come through here; they are accepted and closed with 4029.
"""

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.domain.errors import OnthewayError
from app.tracking.blocks import Blocks, address_key
from app.web.errors import error_response, is_looking

Page = Callable[[OnthewayError], Response]
"""The answer to those who look with a browser."""

STATIC: Final = "/static/"
"""Nobody's secret, and what the page that refuses looks like."""
CHECKS: Final = frozenset({"/healthz", "/readyz"})
"""Who is refused these takes us for dead, and starts us again: that would lift every block."""
PHONES: Final = "/ingest/"
"""Phone apps keep what they could not send, and come again, after a 503 only."""
PROGRAMS: Final = "/api/"
"""Programs are answered in our one shape, whatever their libraries say that they accept."""


class ShutOut:
    """ASGI middleware for HTTP, and for the sockets of pages; goes inside `Proxies`."""

    def __init__(self, app: ASGIApp, blocks: Blocks, page: Page) -> None:
        self._app = app
        self._blocks = blocks
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        refusal = self._refusal(scope) if scope["type"] in {"http", "websocket"} else None
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            looking = is_looking(Request(scope)) and not scope["path"].startswith(PROGRAMS)
            answer = self._page if looking else error_response
            await answer(refusal)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})  # before accepting: HTTP 403

    def _refusal(self, scope: Scope) -> OnthewayError | None:
        path = scope["path"]
        if path.startswith(STATIC) or path in CHECKS:
            return None
        client = scope.get("client")
        try:
            self._blocks.require(address_key(client[0] if client else None))
        except OnthewayError as error:
            if not path.startswith(PHONES):
                return error
            return OnthewayError("unavailable", error.message, retry_after=error.retry_after)
        return None
