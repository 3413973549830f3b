"""What a driver may send, decoded and checked: typed first, explained when that fails.

Pure: text in, a message or a refusal that names the field out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from app.domain.errors import OnthewayError
from app.domain.order import Status
from app.protocol.fields import (
    MAX_ID,
    RULES,
    Invalid,
    MessageId,
    Note,
    Token,
    blame,
    order_id_text,
    plain_text,
    without_half_characters,
)
from app.protocol.point import Point as Point
from app.protocol.point import PointIn, decode_point, point_of

MAX_BATCH: Final = 500

T = TypeVar("T")


class BatchIn(Struct, rename="camel"):
    """Many positions; each is read by itself, so that one bad one is refused alone."""

    locations: list[msgspec.Raw]


class _BatchOfPoints(Struct):
    """A batch all of whose positions have fields of the right types."""

    locations: list[PointIn]
    type: str = ""


class _TypedPoint(PointIn, gc=False):
    """A position as it comes alone, with the type that most leave out or name first."""

    type: str = "location_update"


class StatusIn(Struct, rename="camel"):
    """A change of an order's status."""

    order_id: str | int
    status: str
    id: MessageId | None = None
    note: Note | None = None


class DutyIn(Struct, rename="camel"):
    """On or off duty."""

    on: bool
    id: MessageId | None = None


class AuthIn(Struct, rename="camel"):
    """Credentials as the first message."""

    token: Token


class _TypeOnly(Struct):
    type: Any = "location_update"
    id: Any = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one message, or one point of a batch, is refused for good."""

    code: str
    message: str
    id: str | None = None
    field: str | None = None
    index: int | None = None


class Locations(Struct, frozen=True, gc=False):
    """Positions to record, and those of the same frame that are refused.

    ``indexes`` holds each point's place in its batch; None for a single one.
    """

    points: list[Point]
    refusals: tuple[Refusal, ...] = ()
    indexes: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A driver's change of an order's status."""

    order_id: str
    status: Status
    id: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Duty:
    """A driver says whether he is on duty."""

    on: bool
    id: str | None


@dataclass(frozen=True, slots=True)
class Auth:
    """Credentials as a message."""

    token: str


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks for a pong."""


DriverMessage = Locations | StatusChange | Duty | Auth | Ping

_BATCH_BEGINS: Final = b'{"type":"location_batch",'
"""How a batch begins in most apps: what begins so is not read for its type alone first."""

_type_decoder: Final = msgspec.json.Decoder(_TypeOnly)
_typed_point_decoder: Final = msgspec.json.Decoder(_TypedPoint)
_points_decoder: Final = msgspec.json.Decoder(_BatchOfPoints)
_batch_decoder: Final = msgspec.json.Decoder(BatchIn)
_status_decoder: Final = msgspec.json.Decoder(StatusIn)
_duty_decoder: Final = msgspec.json.Decoder(DutyIn)
_auth_decoder: Final = msgspec.json.Decoder(AuthIn)


class Refused(Exception):
    """The whole frame is refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def decode(text: bytes) -> DriverMessage:
    """Read one text frame of a driver.

    Raises `Refused` when the whole frame is refused; single points of a batch are refused in
    `Locations.refusals`.
    """
    simple = _simple_batch(text) if text.startswith(_BATCH_BEGINS) else _simple(text)
    if simple is not None:
        return simple
    try:
        kind, message_id = _head(text)
    except msgspec.ValidationError as error:
        raise Refused(_explain(error, None)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = without_half_characters(text)
        kind, message_id = _second_head(text)
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        message = "type is unknown" if isinstance(kind, str) else "type must be text"
        raise Refused(Refusal("unknown_type", message, message_id, "type"))
    return reader(text, message_id)


def _simple(text: bytes) -> Locations | None:
    """A single position with nothing wrong, in one reading; None: look closer."""
    try:
        raw = _typed_point_decoder.decode(text)
        return Locations([point_of(raw)]) if raw.type == "location_update" else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, Invalid):
        return None


def usable_id(value: object) -> str | None:
    """The message id, when it can be used to answer with."""
    usable = isinstance(value, str) and 1 <= len(value) <= MAX_ID and "\0" not in value
    return str(value) if usable else None


def _head(text: bytes) -> tuple[object, str | None]:
    head = _type_decoder.decode(text)
    return head.type, usable_id(head.id)


def _second_head(text: bytes) -> tuple[object, str | None]:
    try:
        return _head(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Refused(Refusal("invalid_json", "This is not valid JSON")) from None


def _read_point(text: bytes, message_id: str | None) -> Locations:
    point = _point(text)
    if isinstance(point, Refusal):
        raise Refused(Refusal(point.code, point.message, message_id, point.field))
    return Locations([point])


def _read_batch(text: bytes, message_id: str | None) -> Locations:
    simple = None if text.startswith(_BATCH_BEGINS) else _simple_batch(text)  # was tried first
    return simple or _mixed_batch(text, message_id)


def _simple_batch(text: bytes) -> Locations | None:
    """A batch with nothing wrong in it, in one reading; None: look at each by itself."""
    try:
        batch = _points_decoder.decode(text)
        raws = batch.locations
        if batch.type != "location_batch" or len(raws) > MAX_BATCH:
            return None
        return Locations([point_of(raw) for raw in raws], (), tuple(range(len(raws))))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, Invalid):
        return None


def _mixed_batch(text: bytes, message_id: str | None) -> Locations:
    raws = _typed(_batch_decoder, text, message_id).locations
    if len(raws) > MAX_BATCH:
        raise Refused(
            Refusal("too_many", f"A batch holds at most {MAX_BATCH} positions", None, "locations")
        )
    points: list[Point] = []
    indexes: list[int] = []
    refusals: list[Refusal] = []
    for index, raw in enumerate(raws):
        item = _point(raw)
        if isinstance(item, Point):
            points.append(item)
            indexes.append(index)
        else:
            refusals.append(Refusal(item.code, item.message, item.id, item.field, index))
    return Locations(points, tuple(refusals), tuple(indexes))


def _read_status(text: bytes, message_id: str | None) -> StatusChange:
    raw = _typed(_status_decoder, text, message_id)
    try:
        return StatusChange(
            order_id=order_id_text(raw.order_id),
            status=_status(raw.status),
            id=plain_text(raw.id, "id"),
            note=plain_text(raw.note, "note"),
        )
    except Invalid as error:
        raise Refused(_broken(error.field, message_id)) from None


def _read_duty(text: bytes, message_id: str | None) -> Duty:
    raw = _typed(_duty_decoder, text, message_id)
    try:
        return Duty(raw.on, plain_text(raw.id, "id"))
    except Invalid as error:
        raise Refused(_broken(error.field, message_id)) from None


def _read_auth(text: bytes, message_id: str | None) -> Auth:
    return Auth(_typed(_auth_decoder, text, message_id).token)


def _read_ping(_text: bytes, _message_id: str | None) -> Ping:
    return Ping()


_READERS: Final[dict[str, Callable[[bytes, str | None], DriverMessage]]] = {
    "location_update": _read_point,
    "location_batch": _read_batch,
    "status_update": _read_status,
    "duty": _read_duty,
    "auth": _read_auth,
    "ping": _read_ping,
}


def _typed(decoder: msgspec.json.Decoder[T], text: bytes, message_id: str | None) -> T:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        raise Refused(_explain(error, message_id)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(Refusal("invalid_json", "This is not valid JSON", message_id)) from None


def _point(text: bytes | msgspec.Raw) -> Point | Refusal:
    try:
        return decode_point(text)
    except Invalid as error:
        return _broken(error.field, _id_of(text))
    except msgspec.ValidationError as error:
        return _explain(error, _id_of(text))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refusal("invalid_json", "This is not valid JSON")


def _id_of(text: bytes | msgspec.Raw) -> str | None:
    try:
        return usable_id(_type_decoder.decode(text).id)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _status(value: str) -> Status:
    try:
        return Status(value)
    except ValueError:
        raise Invalid("status") from None


def _broken(field: str, message_id: str | None) -> Refusal:
    code, message = RULES[field]
    return Refusal(code, message, usable_id(message_id), field)


def _explain(error: msgspec.ValidationError, message_id: str | None) -> Refusal:
    blamed = blame(error)
    if blamed is None:
        return Refusal("invalid_message", "A message must be a JSON object", message_id)
    field, missing = blamed
    if missing:
        return Refusal(RULES[field][0], f"{field} is missing", message_id, field)
    return _broken(field, message_id)


def refusal_of(error: OnthewayError, message_id: str | None, index: int | None = None) -> Refusal:
    """A service's refusal as the answer to one message."""
    return Refusal(error.code, error.message, message_id, error.field, index)
