"""The largest body of a request, whether it says its length or comes in chunks."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import OnthewayError
from app.web.errors import error_response

NICEGUI: Final = "/_nicegui"
NICEGUI_BYTES: Final = 1_048_576
"""What pages send to their own server."""
UPLOADS: Final = "/drive/proof/"
"""Photos of drivers."""


class _TooLarge(Exception):
    """Thrown into the reader of a body that does not end in time."""


class BodyLimit:
    """ASGI middleware; ``most`` bytes, and ``upload`` for photos; 0 for any length."""

    def __init__(self, app: ASGIApp, most: int, upload: int) -> None:
        self._app = app
        self._most = most
        self._upload = upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        path = scope["path"] if scope["type"] == "http" else ""
        most = self._upload if path.startswith(UPLOADS) else self._most
        if not path or not most:
            await self._app(scope, receive, send)
            return
        if path.startswith(NICEGUI):
            most = max(most, NICEGUI_BYTES)
        if _length(scope) > most:
            await _refusal(most)(scope, receive, send)
            return
        await _Counted(most, receive, send).run(self._app, scope)


class _Counted:
    """One request whose body is counted as it comes."""

    def __init__(self, most: int, receive: Receive, send: Send) -> None:
        self._most = most
        self._receive = receive
        self._send = send
        self._count = 0
        self._started = False

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        """Let ``app`` answer; where its body is too large, we do."""
        try:
            await app(scope, self._counted, self._watched)
        except _TooLarge:
            if self._started:
                raise
        if self._count > self._most and not self._started:
            await _refusal(self._most)(scope, self._receive, self._send)

    async def _counted(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._count += len(message.get("body", b""))
            if self._count > self._most:
                raise _TooLarge
        return message

    async def _watched(self, message: Message) -> None:
        if self._count > self._most and not self._started:
            return  # whatever the application made of the broken body
        self._started = True
        await self._send(message)


def _length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


def _refusal(most: int) -> ASGIApp:
    error = OnthewayError("too_large", f"A body may have at most {most} bytes.")
    # The rest of the body is not read: the connection cannot be used again.
    return error_response(error, {"Connection": "close"})
