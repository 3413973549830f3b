"""One position as drivers send it, alone or in a batch. Pure."""

from typing import Annotated, Final

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


class Point(Struct, frozen=True, gc=False):
    """One position that a driver sent; ``id`` and ``order_id`` as he named them, or None.

    ``flags`` is what its reader knows of it already (`Flag`).
    """

    fix: Fix
    id: str | None
    order_id: str | None
    flags: int = 0


_decoder: Final = msgspec.json.Decoder(PointIn)


def decode_point(text: bytes | msgspec.Raw) -> Point:
    """Read one position.

    Raises `Invalid` for a value that cannot be used, else what msgspec raises.
    """
    return point_of(_decoder.decode(text))


def point_of(raw: PointIn) -> Point:
    """The position of fields whose types are right; raises `Invalid`."""
    recorded_at, order_id, message_id = raw.recorded_at, raw.order_id, raw.id
    accuracy, speed, heading, battery = raw.accuracy, raw.speed, raw.heading, raw.battery
    # Most phones leave most of these out: only what is there costs a call.
    if accuracy is not None and accuracy < 0:
        accuracy = None
    if speed is not None and speed < 0:
        speed = _or_invalid(speed, "speed")
    if heading is not None and not 0 <= heading < 360:
        heading = 0.0 if heading == 360 else _or_invalid(heading, "heading")
    if battery is not None and battery < 0:
        battery = _or_invalid(battery, "battery")
    fix_time = None if recorded_at is None else _time(recorded_at)
    fix = Fix(raw.lat, raw.lng, fix_time, accuracy, speed, heading, raw.altitude, battery)
    return Point(
        fix, plain_text(message_id, "id"), None if order_id is None else order_id_text(order_id)
    )


def _time(value: str | int | float) -> int:
    try:
        return parse_time(value)
    except ValueError:
        raise Invalid("recordedAt") from None


def _or_invalid(value: float, field: str) -> float | None:
    """-1 is the phones' word for unknown (CLLocation, Geolocation plug-ins)."""
    if value != -1:
        raise Invalid(field)
    return None
