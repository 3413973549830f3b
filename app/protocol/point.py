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


class PointIn(Struct, rename="camel"):
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
    raw = _decoder.decode(text)
    order_id = None if raw.order_id is None else order_id_text(raw.order_id)
    return Point(_fix(raw), plain_text(raw.id, "id"), order_id)


def _fix(raw: PointIn) -> Fix:
    heading = _or_unknown(raw.heading, "heading")
    return Fix(
        lat=raw.lat,
        lng=raw.lng,
        fix_time=None if raw.recorded_at is None else _time(raw.recorded_at),
        accuracy=None if raw.accuracy is None or raw.accuracy < 0 else raw.accuracy,
        speed=_or_unknown(raw.speed, "speed"),
        heading=0.0 if heading == 360 else heading,
        altitude=raw.altitude,
        battery=_or_unknown(raw.battery, "battery"),
    )


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
