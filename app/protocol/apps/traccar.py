"""Traccar Client: names in the query (up to 8), JSON (9), a form (10); speeds in knots, but m/s in
JSON. Pure."""

from typing import Any, Final
from urllib.parse import quote, urlencode

from app.domain.position import Flag
from app.protocol.apps import named, values
from app.protocol.apps.message import App, Phone, Reading, Sent, Setup
from app.protocol.point import Point

SETTINGS: Final = {
    "accuracy": "high",
    "interval": "10",
    "distance": "10",
    "angle": "30",
    "heartbeat": "60",
    "buffer": "true",
    "wakelock": "true",
    "stop_detection": "false",
}
"""Fit for deliveries: seconds, metres, degrees. The app's own would report every 5 minutes."""
LINK: Final = "org.traccar.client://config"
DENIED: Final = 2
ONLY_OPEN: Final = 4
"""Of the location permission, as the app's `provider.status` counts."""


def claims(sent: Sent) -> bool:
    """Its own JSON, or names with the phone's `id`, or any form that no other app claims."""
    if sent.json is not None:
        return "device_id" in sent.json and "location" in sent.json
    return named.is_named(sent, "traccar") or (
        named.is_unnamed(sent) and (sent.form or named.has_device(sent))
    )


def read(sent: Sent) -> Reading:
    """One position, or a sign of life."""
    if sent.json is None:
        return named.read(sent, values.KNOTS)
    return _read_json(sent.json)


def _read_json(message: dict[str, Any]) -> Reading:
    location = _object(message["location"])
    battery = _object(location.get("battery"))
    level = values.share(battery.get("level"))
    found = _point(location, level)
    useless = found is None and "coords" in location
    return Reading(
        points=[] if found is None else [found],
        battery=level,
        charging=values.truth(battery.get("is_charging")),
        words=_words(location),
        device=values.label(message["device_id"]),
        unused=int(useless),
        reason="no usable place" if useless else None,
    )


def _point(location: dict[str, Any], battery: float | None) -> Point | None:
    coords = _object(location.get("coords"))
    where = values.place(coords.get("latitude"), coords.get("longitude"))
    if where is None:
        return None
    return values.point(
        where,
        values.moment(location.get("timestamp")),
        accuracy=values.accuracy(coords.get("accuracy")),
        speed=values.speed(coords.get("speed"), values.METRES_PER_SECOND),
        course=values.course(coords.get("heading")),
        altitude=values.altitude(coords.get("altitude")),
        battery=battery,
    )


def _words(location: dict[str, Any]) -> str | None:
    alarm = values.label(location.get("alarm"))
    if alarm is not None:
        return f"alarm: {alarm}"
    provider = _object(location.get("provider"))
    if provider.get("status") == DENIED:
        return "location permission lost"
    if provider.get("enabled") is False:
        return "location is switched off"
    if provider.get("status") == ONLY_OPEN:
        return "location only while the app is open"
    return None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def setup(phone: Phone) -> Setup:
    """The app reads its settings from the query of the address, and drops the query."""
    query = urlencode({"id": phone.name, **SETTINGS}, quote_via=quote)
    return Setup(
        steps=(
            "In Traccar Client, scan the code, or open the link on the phone.",
            "Switch on \N{LEFT DOUBLE QUOTATION MARK}Continuous tracking"
            "\N{RIGHT DOUBLE QUOTATION MARK}, and allow the location \N{LEFT DOUBLE QUOTATION MARK}"
            "Always\N{RIGHT DOUBLE QUOTATION MARK}.",
        ),
        picture=f"{phone.address}?{query}",
        link=f"{LINK}?url={quote(phone.address, safe='')}&{query}",
        texts=(("Server address", phone.address),),
    )


APP: Final = App(
    key="traccar",
    by_key=True,
    name="Traccar Client",
    phones="iPhone and Android",
    claims=claims,
    read=read,
    setup=setup,
)


def _read_unsure(sent: Sent) -> Reading:
    return named.read(sent, values.KNOTS, flags=Flag.SPEED_UNIT_ASSUMED)


UNSURE: Final = App(key="unsure", name="a phone app", claims=named.is_unnamed, read=_read_unsure)
"""Names without any sign of the app: read as Traccar's own server reads them, and flagged."""
