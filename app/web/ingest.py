"""Phone apps that exist: `/ingest/{token}`, told apart by what arrives (docs/phone-apps.md).

What phones send takes a short way of its own, past the framework: a request costs a few times as
much as a message on a socket, and not twenty times. The routes below are for people: one who opens
the address in a browser, and GPSLogger's file of settings.
"""

import asyncio
from typing import Final

import structlog
from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import OnthewayError
from app.protocol.apps import gpslogger, osmand, table
from app.protocol.apps.message import App, NotKnown, Reading, Reply
from app.tracking.blocks import address_key
from app.tracking.phones import come_again
from app.tracking.raw_views import Way
from app.tracking.services import Services
from app.web.address import client_address
from app.web.errors import error_response
from app.web.guard import address_of, services_of
from app.web.headers import harden
from app.web.overheard import answer_text, refusal_text, request_text
from app.web.packed import TooLarge, unpack
from app.web.setup_page import setup_page

PREFIX: Final = "/ingest/"
METHODS: Final = frozenset({"GET", "POST"})
LONGEST_TOKEN: Final = 256
MUCH: Final = 65_536
"""Bytes from which a body is read in a thread: it takes longer than others may wait."""
HOLD_SECONDS: Final = 2.0
"""OsmAnd repeats at once what could not be stored: its answer is held back for so long."""
NO_TOKEN: Final = OnthewayError("not_authenticated", "This driver token is not valid.")
NO_FORMAT: Final = OnthewayError("bad_request", "This is no message of a phone app that we know.")

_log = structlog.get_logger("ingest")

Header = tuple[bytes, bytes]

router: Final = APIRouter(include_in_schema=False)


@router.api_route("/ingest/{token}", methods=sorted(METHODS))
async def opened(request: Request, token: str) -> HTMLResponse:
    """For a person who opened the address of a set-up code in a browser."""
    services = services_of(request)
    await _identify(services, token, address_of(request))
    return HTMLResponse(setup_page(services.look.public_url, token, request.url.query))


@router.get("/ingest/{token}/driver.properties")
async def gpslogger_file(request: Request, token: str) -> PlainTextResponse:
    """GPSLogger's settings; the address is as secret as what they hold, and ends with it."""
    services = services_of(request)
    await _identify(services, token, address_of(request))
    return PlainTextResponse(gpslogger.properties(f"{services.look.public_url}{PREFIX}{token}"))


class Phones:
    """ASGI middleware in front of all others: answers what phones send, passes on the rest.

    ``trusted`` are the proxies that are believed.
    """

    def __init__(self, app: ASGIApp, services: Services, trusted: frozenset[str]) -> None:
        self._app = app
        self._services = services
        self._trusted = trusted
        self._most = services.limits.ingest_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        token = scope["path"][len(PREFIX) :]
        if not token or "/" in token or scope["method"] not in METHODS or _is_person(scope):
            await self._app(scope, receive, send)
            return
        try:
            start, body = await self._answer(scope, receive, token)
        except OnthewayError as error:
            await _refusal(error)(scope, receive, send)
        except ClientDisconnect:
            return
        except Exception as error:
            _log.error("request failed", path=PREFIX, exc_info=error)
            await _refusal(OnthewayError("internal", "Something went wrong in the server."))(
                scope, receive, send
            )
        else:
            await send(start)
            await send(body)

    async def _answer(self, scope: Scope, receive: Receive, token: str) -> tuple[Message, Message]:
        """Both parts of the answer of success; raises `OnthewayError`."""
        headers = dict(scope["headers"])
        address = self._address(scope)
        self._admit(address)
        num = await _identify(self._services, token, address)
        if self._services.monitor.raw_views.watched(num):
            reply = await self._overheard(scope, receive, headers, num)
        else:
            raw = await _body(receive, self._most, headers)
            reply = await self._taken(scope, raw, headers, num)
        return _ANSWERS.get(reply) or _messages(reply)

    async def _taken(
        self, scope: Scope, raw: bytes, headers: dict[bytes, bytes], num: int
    ) -> Reply:
        """Read and store a message of the driver ``num``; what the app is answered."""
        app, reading = await self._read(scope, raw, headers.get(b"content-encoding", b""))
        try:
            return await self._services.phone_door.take(num, app, reading)
        except OnthewayError as error:
            if error.status == 503 and app is osmand.APP:
                await asyncio.sleep(HOLD_SECONDS)
            raise

    async def _overheard(
        self, scope: Scope, receive: Receive, headers: dict[bytes, bytes], num: int
    ) -> Reply:
        """As `_taken`, while staff look at this driver's messages."""
        views = self._services.monitor.raw_views
        try:
            raw = await _body(receive, self._most, headers)
            text = await asyncio.to_thread(
                request_text, scope["method"], scope["query_string"], headers, raw, self._most
            )
            views.overheard(num, Way.IN, len(raw), text)
            reply = await self._taken(scope, raw, headers, num)
        except OnthewayError as error:
            views.overheard(num, Way.OUT, 0, refusal_text(error))
            raise
        views.overheard(num, Way.OUT, len(reply.body), answer_text(reply))
        return reply

    def _address(self, scope: Scope) -> str | None:
        client = scope.get("client")
        peer = client[0] if client else None
        if not self._trusted:
            return peer
        # Some proxies add to the header that is there, others add one of their own.
        said = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        return client_address(peer, b",".join(said).decode("latin-1"), self._trusted)

    def _admit(self, address: str | None) -> None:
        """Whoever is shut out may come again: phones keep what they could not send."""
        try:
            self._services.monitor.blocks.require(address_key(address))
        except OnthewayError as error:
            raise come_again(error.retry_after or 1.0) from None

    async def _read(self, scope: Scope, raw: bytes, encoding: bytes) -> tuple[App, Reading]:
        method, query = scope["method"], scope["query_string"]
        try:
            if encoding or len(raw) > MUCH:
                return await asyncio.to_thread(self._unpacked, method, query, raw, encoding)
            return table.read(method, query, raw)
        except NotKnown:
            raise NO_FORMAT from None
        except TooLarge:
            raise _too_large(self._most) from None

    def _unpacked(
        self, method: str, query: bytes, raw: bytes, encoding: bytes
    ) -> tuple[App, Reading]:
        return table.read(method, query, unpack(raw, encoding, self._most))


async def _identify(services: Services, token: str, address: str | None) -> int:
    """The driver's row; a block of his token is a reason to come again."""
    if len(token) > LONGEST_TOKEN:
        raise NO_TOKEN
    try:
        return await services.phone_door.identify(token, address)
    except OnthewayError as error:
        if error.code == "too_many":
            raise come_again(error.retry_after or 1.0) from None
        raise


async def _body(receive: Receive, most: int, headers: dict[bytes, bytes]) -> bytes:
    """The whole body, at most ``most`` bytes (0: any length); raises ``too_large``."""
    length = headers.get(b"content-length", b"0")
    if most and length.isdigit() and int(length[:20]) > most:
        raise _too_large(most)
    pieces: list[bytes] = []
    count = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece = message.get("body", b"")
        count += len(piece)
        if most and count > most:
            raise _too_large(most)
        pieces.append(piece)
        if not message.get("more_body", False):
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _too_large(most: int) -> OnthewayError:
    return OnthewayError("too_large", f"A body may have at most {most} bytes.")


def _is_person(scope: Scope) -> bool:
    """Whether a browser opened the address, and not an app."""
    if scope["method"] != "GET":
        return False
    for name, value in scope["headers"]:
        if name == b"accept" and b"text/html" in value:
            return table.is_silent(scope["query_string"])
    return False


def _refusal(error: OnthewayError) -> Response:
    extra = {"Connection": "close"} if error.code == "too_large" else None
    response = error_response(error, extra)
    harden(response.headers, PREFIX)
    return response


def _messages(reply: Reply) -> tuple[Message, Message]:
    """A reply as it is sent, made once."""
    kind = "application/json" if reply.json else None
    response = Response(reply.body, 200, media_type=kind)
    harden(response.headers, PREFIX)
    start = {"type": "http.response.start", "status": 200, "headers": response.raw_headers}
    return start, {"type": "http.response.body", "body": reply.body}


_ANSWERS: Final = {app.reply: _messages(app.reply) for app in table.APPS}
