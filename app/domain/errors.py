"""Every error and close code of the product: its name, its sentence, its HTTP status.

Knows no socket and no HTTP library; doors turn these into replies in one place each.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

HTTP_STATUS: Final[dict[str, int]] = {
    # answers to single messages of a driver (contract section 2) and to requests
    "invalid_json": 422,
    "invalid_message": 422,
    "unknown_type": 422,
    "invalid_coordinates": 422,
    "invalid_field": 422,
    "unknown_order": 404,
    "illegal_step": 409,
    "too_many": 429,
    "off_duty": 409,
    "too_large": 413,
    # who is asking, and may they
    "not_authenticated": 401,
    "revoked": 410,
    "expired": 410,
    "forbidden": 403,
    "cross_origin": 403,
    # requests
    "bad_request": 400,
    "not_found": 404,
    "method_not_allowed": 405,
    "conflict": 409,
    "already_exists": 409,
    "unsupported_media_type": 415,
    "unavailable": 503,
    "internal": 500,
}
"""Error code -> HTTP status; the only list of error codes."""


class OnthewayError(Exception):
    """A refusal that its receiver may read.

    ``code`` is a key of `HTTP_STATUS`, ``message`` one plain sentence without inner details,
    ``field`` the name on the wire of what is wrong, ``retry_after`` seconds.
    """

    def __init__(
        self, code: str, message: str, *, field: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.retry_after = retry_after

    @property
    def status(self) -> int:
        """The HTTP status of this refusal."""
        return HTTP_STATUS[self.code]


def not_found(what: str) -> OnthewayError:
    """The refusal for something that does not exist; ``what`` is a word such as "order"."""
    return OnthewayError("not_found", f"There is no such {what}.")


def unavailable() -> OnthewayError:
    """The refusal while the store cannot keep anything."""
    return OnthewayError("unavailable", "Nothing can be stored at the moment.", retry_after=2)


class Close(IntEnum):
    """Close codes of our sockets (contract section 3): 4000-4499 reconnect, 4500-4999 do not."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    INVALID_DATA = 1007
    TOO_BIG = 1009
    INTERNAL = 1011
    RESTARTING = 1012
    TIMED_OUT = 4007
    SLOW_READER = 4008
    DISCONNECTED = 4009
    TOO_MANY_SOCKETS = 4029
    NOT_AUTHENTICATED = 4501
    REVOKED = 4503
    EXPIRED = 4504
    REPLACED = 4512


@dataclass(frozen=True, slots=True)
class CloseMeaning:
    """What a close code says to the program on the other side."""

    reason: str
    sentence: str
    reconnect: bool


CLOSE_MEANINGS: Final[dict[Close, CloseMeaning]] = {
    Close.NORMAL: CloseMeaning("normal", "The other side closed the socket.", True),
    Close.GOING_AWAY: CloseMeaning("going away", "The other side went away.", True),
    Close.PROTOCOL_ERROR: CloseMeaning(
        "protocol error", "The bytes were not a valid WebSocket stream.", True
    ),
    Close.INVALID_DATA: CloseMeaning("invalid data", "A text frame was not UTF-8.", True),
    Close.TOO_BIG: CloseMeaning(
        "too large", "A frame was over the limit; an `error` `too_large` went before.", True
    ),
    Close.INTERNAL: CloseMeaning("internal error", "Something went wrong in the server.", True),
    Close.RESTARTING: CloseMeaning(
        "restarting", "The server is restarting; reconnect with jitter.", True
    ),
    Close.TIMED_OUT: CloseMeaning(
        "timed out", "No sign of life, or a message that was never finished.", True
    ),
    Close.SLOW_READER: CloseMeaning(
        "slow reader", "Messages were not read in time; reconnect and resume.", True
    ),
    Close.DISCONNECTED: CloseMeaning("disconnected", "The staff ended this connection.", True),
    Close.TOO_MANY_SOCKETS: CloseMeaning(
        "too many sockets",
        "A limit of sockets is reached, or the staff blocked this address or token for a while; "
        "try again later.",
        True,
    ),
    Close.NOT_AUTHENTICATED: CloseMeaning(
        "not authenticated", "No credentials, or credentials that were never valid.", False
    ),
    Close.REVOKED: CloseMeaning("revoked", "The token was valid once and was ended.", False),
    Close.EXPIRED: CloseMeaning("expired", "The link was valid once and has expired.", False),
    Close.REPLACED: CloseMeaning(
        "replaced", "A newer socket of the same driver took this one's place.", False
    ),
}
