"""From any exception to the one shape of an error on HTTP; nothing of the inside gets out.

``{"error": {"code", "message", "field"?}}`` everywhere (contract section 5).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from app.domain.errors import OnthewayError

NO_ADDRESS: Final = OnthewayError("not_found", "There is nothing at this address.")
NOT_ALLOWED: Final = OnthewayError("method_not_allowed", "This address does not take this method.")

CODES: Final[dict[int, str]] = {
    400: "bad_request",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many",
    503: "unavailable",
}
"""HTTP status of the framework's own refusals -> our code."""

SENTENCES: Final[dict[str, str]] = {
    "missing": "{field} is required",
    "string_type": "{field} must be text",
    "string_too_short": "{field} must not be empty",
    "too_short": "{field} must not be empty",
    "string_too_long": "{field} must have at most {max_length} characters",
    "float_type": "{field} must be a number",
    "finite_number": "{field} must be a number",
    "int_type": "{field} must be an integer",
    "int_parsing": "{field} must be an integer",
    "int_parsing_size": "{field} must be an integer",
    "bool_type": "{field} must be true or false",
    "greater_than_equal": "{field} must be at least {ge}",
    "less_than_equal": "{field} must be at most {le}",
    "enum": "{field} must be {expected}",
    "model_attributes_type": "{field} must be a JSON object",
    "model_type": "{field} must be a JSON object",
}
"""Kind of a validation error -> our sentence; others keep pydantic's words."""


class JsonResponse(Response):
    """JSON by msgspec: UTF-8, no spaces."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Encode ``content``."""
        return msgspec.json.encode(content)


def install(app: FastAPI) -> None:
    """Answer every refusal of ``app`` in our shape."""

    async def refused(_: Request, error: Exception) -> Response:
        return error_response(_known(error))

    for kind in (OnthewayError, RequestValidationError):
        app.add_exception_handler(kind, refused)

    async def framework(_: Request, error: Exception) -> Response:
        headers = error.headers if isinstance(error, HTTPException) else None
        return error_response(_known(error), headers)

    app.add_exception_handler(HTTPException, framework)


def install_pages(app: FastAPI, page: Callable[[str], Response]) -> None:
    """Answer wrong addresses and methods among the pages: ``page`` (of the path) to those who look
    with a browser, without a last slash that is too much; our one shape to everybody else."""

    async def nothing_here(request: Request, _: Exception) -> Response:
        if is_looking(request):
            path = str(request.scope["path"])
            bare = "/" + path.strip("/")  # names no host, whatever was asked
            if path.endswith("/") and bare != "/":
                query = request.url.query
                return RedirectResponse(f"{bare}?{query}" if query else bare)
            return page(path)
        return error_response(NO_ADDRESS)

    async def not_so(_: Request, error: Exception) -> Response:
        headers = error.headers if isinstance(error, HTTPException) else None
        return error_response(NOT_ALLOWED, headers)

    app.add_exception_handler(404, nothing_here)
    app.add_exception_handler(405, not_so)


def is_looking(request: Request) -> bool:
    """Whether somebody looks with a browser, who is answered with a page."""
    return request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", "")


def error_response(error: OnthewayError, headers: Mapping[str, str] | None = None) -> JsonResponse:
    """The answer to a refused request."""
    body: dict[str, str] = {"code": error.code, "message": error.message}
    if error.field is not None:
        body["field"] = error.field
    extra = dict(headers or {})
    if error.retry_after is not None:
        extra["Retry-After"] = str(math.ceil(error.retry_after))
    if error.status == 401:
        extra["WWW-Authenticate"] = "Bearer"
    return JsonResponse({"error": body}, error.status, extra)


def _known(error: Exception) -> OnthewayError:
    if isinstance(error, OnthewayError):
        return error
    if isinstance(error, RequestValidationError):
        return invalid(error.errors())
    if isinstance(error, HTTPException) and error.status_code in CODES:
        if error.status_code == 404:
            return NO_ADDRESS
        if error.status_code == 405:
            return NOT_ALLOWED
        return OnthewayError(CODES[error.status_code], "The request cannot be understood.")
    return OnthewayError("internal", "Something went wrong in the server.")


def invalid(problems: Sequence[Mapping[str, Any]]) -> OnthewayError:
    """The refusal for the first of pydantic's ``problems``; names the field as on the wire."""
    problem = problems[0]
    field = ".".join(str(part) for part in problem["loc"][1:] if isinstance(part, str))
    if not field:
        return OnthewayError("invalid_message", "The body must be a JSON object.")
    pattern = SENTENCES.get(problem["type"])
    if pattern is None:
        text = str(problem["msg"]).removeprefix("Value error, ").replace("{", "(")
        pattern = text if text.startswith(field) else f"{{field}}: {text}"
    message = pattern.format(**{**problem.get("ctx", {}), "field": field})
    return OnthewayError("invalid_field", f"{message}.", field=field)
