"""Positions in names and values, as several apps send them in a query or a form. Pure."""

from collections.abc import Mapping
from typing import Final

from app.domain.position import NO_FLAG, Flag
from app.protocol.apps import values
from app.protocol.apps.message import Reading, Sent
from app.protocol.point import Point

LAT: Final = ("lat", "latitude")
LNG: Final = ("lon", "lng", "longitude")
PLACES: Final = (*LAT, *LNG, "location")
TIMES: Final = ("timestamp", "time")
COURSES: Final = ("bearing", "heading", "dir", "direction")
ACCURACIES: Final = ("accuracy", "acc")
ALTITUDES: Final = ("altitude", "alt")
BATTERIES: Final = ("batt", "battery")
CHARGING: Final = ("charge", "ischarging")
DEVICES: Final = ("id", "deviceid", "device", "aid", "ser")
PUSH: Final = "notificationToken"
SAYS_SOMETHING: Final = frozenset({*PLACES, *TIMES, PUSH})

Fields = Mapping[str, str]


def says_something(fields: Fields) -> bool:
    """Whether there is a place, a time, or a token for push messages."""
    return not SAYS_SOMETHING.isdisjoint(fields)


def is_named(sent: Sent, key: str) -> bool:
    """Whether these are names and values that the address says to be of this app."""
    return sent.json is None and sent.app == key and says_something(sent.fields)


def is_unnamed(sent: Sent) -> bool:
    """Whether these are names and values, and only they can tell of which app."""
    return sent.json is None and sent.app is None and says_something(sent.fields)


def has_device(sent: Sent) -> bool:
    """Whether the phone is named as Traccar's are."""
    return "id" in sent.fields or "deviceid" in sent.fields


def first(fields: Fields, names: tuple[str, ...]) -> str | None:
    """The value of the first of these names."""
    for name in names:
        if name in fields:
            return fields[name]
    return None


def read(
    sent: Sent, unit: float, *, accuracies: tuple[str, ...] = ACCURACIES, flags: Flag = NO_FLAG
) -> Reading:
    """What the names say; ``unit`` is that of `speed` in metres per second."""
    fields = sent.fields
    battery = values.percent(first(fields, BATTERIES))
    found = _point(fields, unit, accuracies, battery, flags)
    reason = None if found is not None else _reason(fields)
    return Reading(
        points=[] if found is None else [found],
        battery=battery,
        charging=values.truth(first(fields, CHARGING)),
        words=_words(fields),
        device=values.label(first(fields, DEVICES)),
        unused=int(reason is not None),
        reason=reason,
    )


def _point(
    fields: Fields,
    unit: float,
    accuracies: tuple[str, ...],
    battery: float | None,
    flags: Flag,
) -> Point | None:
    where = _place(fields)
    if where is None:
        return None
    speed = _speed(fields, unit)
    return values.point(
        where,
        values.moment(first(fields, TIMES)),
        accuracy=values.accuracy(first(fields, accuracies)),
        speed=speed,
        course=values.course(first(fields, COURSES)),
        altitude=values.altitude(first(fields, ALTITUDES)),
        battery=battery,
        flags=NO_FLAG if speed is None else flags,
    )


def _place(fields: Fields) -> values.Place | None:
    lat, lng = first(fields, LAT), first(fields, LNG)
    if lat is None and lng is None and "location" in fields:
        lat, _, lng = fields["location"].partition(",")
    return values.place(lat, lng)


def _speed(fields: Fields, unit: float) -> float | None:
    if "speed" in fields:
        return values.speed(fields["speed"], unit)
    plain = first(fields, ("spd", "s"))
    if plain is not None:
        return values.speed(plain, values.METRES_PER_SECOND)
    return values.speed(fields.get("spd_kph"), values.KILOMETRES_PER_HOUR)


def _reason(fields: Fields) -> str | None:
    """Why there is no position; None: the phone only says that it is there."""
    if PUSH in fields:
        return "an address for push messages"
    return "no usable place" if any(name in fields for name in PLACES) else None


def _words(fields: Fields) -> str | None:
    alarm = values.label(fields.get("alarm"))
    return None if alarm is None else f"alarm: {alarm}"
