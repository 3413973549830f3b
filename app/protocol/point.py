"""One position as drivers send it, alone or in a batch. Pure."""

from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta, Struct

from app.domain.position import Fix
from app.domain.times import parse_time
from app.protocol.fields import (
    Invalid,
    Latitude,
    Longitude,
    MessageId,
    order_id_text,
    plain_text,
)


class PointIn(Struct, rename="camel", gc=False):
    """The fields of a position; what is not named here is ignored."""

    lat: Latitude
    lng: Longitude
    id: MessageId | None = None
    order_id: str | int | None = None
    recorded_at: str | int | float | None = None
    accuracy: Annotated[float, Meta(le=40_000_000)] | None = None
    speed: Annotated[float, Meta(ge=-1, le=1_000)] | None = None
    heading: Annotated[float, Meta(ge=-1, le=360)] | None = None
    altitude: Annotated[float, Meta(ge=-12_000, le=100_000)] | None = None
    battery: Annotated[float, Meta(ge=-1, le=1)] | None = None


class Point(NamedTuple):
    """One position that a driver sent; ``id`` and ``order_id`` as he named them, or None."""

    fix: Fix
    id: str | None
    order_id: str | None


_decoder: Final = msgspec.json.Decoder(PointIn)


def decode_point(text: bytes | msgspec.Raw) -> Point:
    """Read one position.

    Raises `Invalid` for a value that cannot be used, else what msgspec raises.
    """
    return point_of(_decoder.decode(text))


def point_of(raw: PointIn) -> Point:
    """The position of fields whose types are right; raises `Invalid`."""
    order_id, recorded_at, accuracy = raw.order_id, raw.recorded_at, raw.accuracy
    heading = _or_unknown(raw.heading, "heading")
    fix = Fix(
        raw.lat,
        raw.lng,
        None if recorded_at is None else _time(recorded_at),
        None if accuracy is None or accuracy < 0 else accuracy,
        _or_unknown(raw.speed, "speed"),
        0.0 if heading == 360 else heading,
        raw.altitude,
        _or_unknown(raw.battery, "battery"),
    )
    order = None if order_id is None else order_id_text(order_id)
    return Point(fix, plain_text(raw.id, "id"), order)


def _time(value: str | int | float) -> int:
    try:
        return parse_time(value)
    except ValueError:
        raise Invalid("recordedAt") from None


def _or_unknown(value: float | None, field: str) -> float | None:
    """-1 is the phones' word for unknown (CLLocation, Geolocation plug-ins)."""
    if value is None or value == -1:
        return None
    if value < 0:
        raise Invalid(field)
    return value
