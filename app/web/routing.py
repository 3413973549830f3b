"""Routes that admit before they look: right first, then content type, then JSON, then the rest."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

import msgspec
from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from app.domain.errors import OnthewayError
from app.web.guard import READING, admit, admit_link, require_same_origin
from app.web.rules import RULES

NOT_JSON: Final = OnthewayError("invalid_json", "The body must be JSON.")
WRONG_TYPE: Final = OnthewayError(
    "unsupported_media_type", "The Content-Type must be application/json."
)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class JsonRequest(Request):
    """A request whose body was read and decoded before."""

    def __init__(self, request: Request, text: bytes, value: Any) -> None:
        super().__init__(request.scope, request.receive)
        self._text = text
        self._value = value

    async def body(self) -> bytes:
        """The bytes as they came."""
        return self._text

    async def json(self) -> Any:
        """The decoded value."""
        return self._value


class GuardedRoute(APIRoute):
    """A route for those whom `RULES` names; one without a line there cannot be made."""

    def get_route_handler(self) -> Handler:
        """The handler behind the guard."""
        handler = super().get_route_handler()
        (method,) = sorted(self.methods or ())
        action = RULES[method, self.path]
        if action is None:
            raise LookupError(f"{method} {self.path} is open, but goes through the guard")
        field = self.body_field
        required = field is not None and field.field_info.is_required()

        async def guarded(request: Request) -> Response:
            request.state.caller = await admit(request, action)
            if field is not None:
                request = await _decoded(request, required=required)
            return await handler(request)

        return guarded


class LinkRoute(APIRoute):
    """A route for the bearer of a tracking link, which is in its path; writes come from our own
    page."""

    def get_route_handler(self) -> Handler:
        """The handler behind the link."""
        handler = super().get_route_handler()
        (method,) = sorted(self.methods or ())
        if RULES[method, self.path] is not None:
            raise LookupError(f"{method} {self.path} needs a role, but asks for a link")
        field = self.body_field

        async def admitted(request: Request) -> Response:
            if method not in READING:
                require_same_origin(request)
            request.state.grant = await admit_link(request)
            if field is not None:
                request = await _decoded(request, required=True)
            return await handler(request)

        return admitted


async def _decoded(request: Request, *, required: bool) -> Request:
    text = await request.body()
    kind = request.headers.get("content-type")
    if not text and kind is None and not required:
        return request
    essence = (kind or "").partition(";")[0].strip().lower()
    if essence != "application/json" and not essence.endswith("+json"):
        raise WRONG_TYPE
    if not text and not required:
        return request
    return JsonRequest(request, text, decode(text))


def decode(text: bytes) -> Any:
    """JSON as the standard has it: no NaN, no half characters; raises ``invalid_json``."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NOT_JSON from None
