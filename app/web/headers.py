"""Headers that keep browsers safe, and a policy for scripts: only ours, by a nonce per answer.

The framework of the staff's pages compiles templates in the browser: they get ``unsafe-eval``.
"""

import re
import secrets
from typing import Final

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.tiles import tile_source
from app.tracking.services import Look

ASSETS: Final = ("/static/", "/_nicegui/")
PRIVATE: Final = ("/track/", "/drive")
SECRET: Final = (*PRIVATE, "/ingest/")
NEVER_KEPT: Final = ("/admin", "/api", "/login", "/logout", "/metrics", "/readyz", *SECRET)
PLAIN_PAGES: Final = PRIVATE
"""Pages of hand-written scripts: they need no eval."""
EMBEDDED: Final = "/track/"
"""Whose small version may stand on a page of one of `Look.embed_origins`."""
NOBODY: Final = "'none'"

_SCRIPT: Final = re.compile(rb"<script\b", re.IGNORECASE)


class SafeHeaders:
    """ASGI middleware for all answers over HTTP; images may come from where tiles do now."""

    def __init__(self, app: ASGIApp, look: Look) -> None:
        self._app = app
        self._look = look

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if not path.startswith(ASSETS):
            # Pages must come plain, so that their scripts can be given the nonce.
            headers = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
            scope = {**scope, "headers": headers}
        tiles = tile_source(self._look.tile_url)
        images = "'self' data: blob:" + (f" {tiles}" if tiles else "")
        frames = self._frames(path, scope["query_string"])
        await self._app(scope, receive, _Answer(images, frames, path, send).send)

    def _frames(self, path: str, query: bytes) -> str:
        """Whose pages may show this one in a frame; "" for nobody's."""
        # Read as the page reads it: what says two things must not be framed and be the whole page.
        small = path.startswith(EMBEDDED) and QueryParams(query).get("embed") == "1"
        return " ".join(sorted(self._look.embed_origins)) if small else ""

    @staticmethod
    def policy(images: str, frames: str, nonce: str, *, evaluates: bool) -> str:
        """The Content-Security-Policy of a page."""
        evaluating = " 'unsafe-eval'" if evaluates else ""
        return (
            f"default-src 'self'; script-src 'self' 'nonce-{nonce}'{evaluating}; "
            f"style-src 'self' 'unsafe-inline'; img-src {images}; font-src 'self' data:; "
            "connect-src 'self'; object-src 'none'; base-uri 'none'; "
            f"frame-ancestors {frames or NOBODY}; form-action 'self'"
        )


class _Answer:
    """One answer; that of a page is kept until it is whole."""

    def __init__(self, images: str, frames: str, path: str, send: Send) -> None:
        self._images = images
        self._frames = frames
        self._path = path
        self._send = send
        self._start: Message | None = None
        self._body: list[bytes] = []

    async def send(self, message: Message) -> None:
        """Pass on, with our headers."""
        if message["type"] == "http.response.start":
            harden(MutableHeaders(raw=message["headers"]), self._path, self._frames)
            if _is_page(Headers(raw=message["headers"])):
                self._start = message
                return
        elif self._start is not None and message["type"] == "http.response.body":
            self._body.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._send_page(self._start)
            return
        await self._send(message)

    async def _send_page(self, start: Message) -> None:
        nonce = secrets.token_urlsafe(16)
        tag = f'<script nonce="{nonce}"'.encode()
        body = _SCRIPT.sub(tag, b"".join(self._body))
        headers = MutableHeaders(raw=start["headers"])
        evaluates = not self._path.startswith(PLAIN_PAGES)
        policy = SafeHeaders.policy(self._images, self._frames, nonce, evaluates=evaluates)
        headers["Content-Security-Policy"] = policy
        headers["Content-Length"] = str(len(body))
        for name in ("ETag", "Last-Modified"):
            del headers[name]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_page(headers: Headers) -> bool:
    return (
        headers.get("content-type", "").startswith("text/html")
        and "content-encoding" not in headers
    )


def harden(headers: MutableHeaders, path: str, frames: str = "") -> None:
    """Add what keeps browsers safe to an answer from ``path``, which ``frames`` may show."""
    headers["X-Content-Type-Options"] = "nosniff"
    if path.startswith(ASSETS):
        return
    _forget_packing(headers)
    if not frames:
        headers["X-Frame-Options"] = "DENY"
    # The origin and never the path: tile servers ask for it, and links are secrets.
    headers["Referrer-Policy"] = "strict-origin"
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    geolocation = "(self)" if path.startswith("/drive") else "()"
    headers["Permissions-Policy"] = f"geolocation={geolocation}, camera=(), microphone=()"
    if path.startswith(NEVER_KEPT):
        headers["Cache-Control"] = "no-store"
    if path.startswith(PRIVATE):
        headers["X-Robots-Tag"] = "noindex, nofollow"


def _forget_packing(headers: MutableHeaders) -> None:
    """What the pages' own framework says of it: it saw nothing of what the client accepts, and who
    packs the answer says so himself."""
    named = ",".join(headers.getlist("vary")).split(",")
    rest = [name.strip() for name in named if name.strip().lower() != "accept-encoding"]
    del headers["vary"]
    if any(rest):
        headers["vary"] = ", ".join(filter(None, rest))
