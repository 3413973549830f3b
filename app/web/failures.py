"""What nobody expected: told in general words with a request id, logged with all of it."""

import secrets
from typing import Any, Final

import structlog
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.errors import JsonResponse

_log: Final[Any] = structlog.get_logger("web")

PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Something went wrong</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/shared/ontheway.css"></head>
<body class="message"><main><h1>Something went wrong.</h1>
<p>Please try again in a moment. If you tell us about it, say this: {request_id}</p></main></body>
</html>
"""


class Failures:
    """ASGI middleware; the framework's own pages for errors show what went wrong inside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await _Watched(scope, receive, send).run(self._app)


class _Watched:
    """One request."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._id = secrets.token_hex(8)
        self._started = False
        self._failed = False
        self._gone = False

    async def run(self, app: ASGIApp) -> None:
        try:
            await app(self._scope, self._hear, self._watch)
        except ClientDisconnect:
            return
        except Exception as error:
            if self._gone:
                return  # nobody is there to be answered; frameworks stumble over that
            self._failed = True
            where = _general(self._scope["path"])
            _log.error(
                "request failed",
                request_id=self._id,
                method=self._scope["method"],
                path=where,
                exc_info=error,
            )
            if self._started:
                raise  # half an answer: the connection must end
        if self._failed and not self._started:
            await self._answer()(self._scope, self._receive, self._send)

    async def _hear(self) -> Message:
        message = await self._receive()
        self._gone = self._gone or message["type"] == "http.disconnect"
        return message

    async def _watch(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"]).get("content-type", "")
            self._failed = message["status"] >= 500 and not kind.startswith("application/json")
        if not self._failed:
            self._started = True
            await self._send(message)

    def _answer(self) -> Response:
        accepts = Headers(scope=self._scope).get("accept", "")
        if "text/html" in accepts and not self._scope["path"].startswith("/api/"):
            return HTMLResponse(PAGE.format(request_id=self._id), 500)
        message = f"Something went wrong in the server; it is logged as {self._id}."
        return JsonResponse({"error": {"code": "internal", "message": message}}, 500)


def _general(path: str) -> str:
    """The path without names and secrets."""
    parts = path.split("/")
    return "/".join(parts[:4] if parts[1:2] == ["api"] else parts[:2])
