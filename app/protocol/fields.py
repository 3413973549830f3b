"""The single fields of incoming messages: their bounds, and the sentence for each that breaks.

Pure, and knows no message: both sockets use it, and the protocol page quotes the sentences.
"""

import re
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from app.domain.order import Status, is_order_id

MAX_ID: Final = 64
MAX_NOTE: Final = 2_000
MAX_TOKEN: Final = 256

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
MessageId = Annotated[str, Meta(min_length=1, max_length=MAX_ID)]
Note = Annotated[str, Meta(max_length=MAX_NOTE)]
Token = Annotated[str, Meta(min_length=1, max_length=MAX_TOKEN)]
Epoch = Annotated[str, Meta(max_length=64)]
Seq = Annotated[int, Meta(ge=0, le=2**53)]

RULES: Final[dict[str, tuple[str, str]]] = {
    "type": ("unknown_type", "type is unknown"),
    "lat": ("invalid_coordinates", "lat must be between -90 and 90"),
    "lng": ("invalid_coordinates", "lng must be between -180 and 180"),
    "id": ("invalid_field", f"id must be text of 1 to {MAX_ID} characters"),
    "orderId": (
        "invalid_field",
        "orderId must be 1 to 64 letters, digits or . _ ~ -, or an integer",
    ),
    "recordedAt": (
        "invalid_field",
        "recordedAt must be RFC 3339, or epoch seconds or milliseconds, from 1970 to 9999",
    ),
    "accuracy": ("invalid_field", "accuracy must be a number of metres"),
    "speed": ("invalid_field", "speed must be metres per second from 0 to 1000, or -1"),
    "heading": ("invalid_field", "heading must be degrees from 0 to 360, or -1"),
    "altitude": ("invalid_field", "altitude must be metres from -12000 to 100000"),
    "battery": ("invalid_field", "battery must be between 0 and 1, or -1"),
    "locations": ("invalid_field", "locations must be a list of positions"),
    "status": ("invalid_field", "status must be one of " + ", ".join(Status)),
    "note": ("invalid_field", f"note must be text of at most {MAX_NOTE} characters"),
    "on": ("invalid_field", "on must be true or false"),
    "token": ("invalid_field", f"token must be text of 1 to {MAX_TOKEN} characters"),
    "epoch": ("invalid_field", "epoch must be text of at most 64 characters"),
    "seq": ("invalid_field", "seq must be an integer from 0 on"),
}
"""Field on the wire -> error code and sentence when its value is refused."""

_ESCAPE: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair: one character
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})"  # a half without its other half
    rb"|.)",
    re.DOTALL,
)


class Invalid(Exception):
    """A field whose type is right, but whose value cannot be used."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def order_id_text(value: str | int) -> str:
    """The order id as text (1 and "1" are the same); raises `Invalid`."""
    # An integer that is too long to print (beyond 4300 digits) must not reach str().
    text = value if isinstance(value, str) else str(value) if abs(value) < 10**64 else ""
    if not is_order_id(text):
        raise Invalid("orderId")
    return text


def plain_text(value: str | None, field: str) -> str | None:
    """The text itself; raises `Invalid` where it holds NUL, which not every store can keep."""
    if value is not None and "\0" in value:
        raise Invalid(field)
    return value


def blame(error: msgspec.ValidationError) -> tuple[str, bool] | None:
    """The field of `RULES` that ``error`` is about, and whether it is missing; None: the whole.

    msgspec says "Object missing required field `lat`", or ends in "- at `$.lat`".
    """
    text = str(error)
    if text.startswith("Object missing required field"):
        return text.split("`")[1], True
    field = text.rpartition("`$.")[2].rstrip("`").partition("[")[0]
    return (field, False) if field in RULES else None


def without_half_characters(text: bytes) -> bytes:
    r"""JSON with NUL for each escape that is half a character, such as ``"\ud83d"``.

    JavaScript writes those when a text was cut inside an emoji. The decoder refuses the frame
    whole, and its sender would not learn which message is at fault; NUL no field takes.
    """
    return _ESCAPE.sub(lambda match: rb"\u0000" if match[1] else match[0], text)
