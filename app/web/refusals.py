"""Refusals that are written before any application runs, in our one error shape.

They say nothing of what came in: it may hold secrets. Pure.
"""

from typing import Final

import msgspec

CODES: Final[dict[int, tuple[str, str]]] = {
    400: ("bad_request", "This is not a valid request."),
    403: ("cross_origin", "Only Ontheway's own pages may connect with a sign-in."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method."),
    408: ("bad_request", "The request took too long."),
    414: ("bad_request", "The address is too long."),
    426: ("bad_request", "This address takes WebSockets only."),
    431: ("bad_request", "The head of the request is too large."),
    500: ("internal", "Something went wrong in the server."),
    503: ("unavailable", "The server cannot answer at the moment."),
    505: ("bad_request", "WebSockets need HTTP/1.1."),
}
"""HTTP status -> our code and sentence."""


def refusal_body(status: int) -> bytes:
    """The JSON body for an HTTP status."""
    code, message = CODES.get(status, CODES[400])
    return msgspec.json.encode({"error": {"code": code, "message": message}})
