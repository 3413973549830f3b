"""Overland: GeoJSON features, many at a time; metres per second, battery from 0 to 1. Pure."""

from typing import Any, Final
from urllib.parse import quote

from app.protocol.apps import values
from app.protocol.apps.message import App, Phone, Reading, Reply, Sent, Setup
from app.protocol.point import Point

OK: Final = Reply(b'{"result":"ok"}', json=True)
EVENTS: Final = {
    "did_enter_background": "app in background",
    "will_resign_active": "app in background",
    "will_terminate": "app closed",
    "paused_location_updates": "location paused by the phone",
    "tracking_stopped": "tracking switched off",
}
"""What the app tells of itself, as far as it explains a silence."""
CHARGING: Final = {"charging": True, "full": True, "unplugged": False}


def claims(sent: Sent) -> bool:
    """A list of locations."""
    return sent.json is not None and isinstance(sent.json.get("locations"), list)


def read(sent: Sent) -> Reading:
    """All positions of a batch, and the current one, which is newer than they are."""
    message = sent.json or {}
    features = [*message["locations"], message.get("current")]
    points: list[Point] = []
    words: str | None = None
    unused = 0
    newest: dict[str, Any] = {}
    for feature in features:
        if not isinstance(feature, dict):
            unused += feature is not None
            continue
        about = _object(feature.get("properties"))
        if _is_event(feature, about):
            words = _event(about)
            continue
        found = _point(feature, about)
        if found is None:
            unused += 1
            continue
        points.append(found)
        newest = about
    return Reading(
        points=points,
        battery=values.share(newest.get("battery_level")),
        charging=_charging(newest),
        words=words,
        device=values.label(newest.get("device_id")),
        unused=unused,
        reason="no usable place" if unused else None,
    )


def _is_event(feature: dict[str, Any], about: dict[str, Any]) -> bool:
    """Whether it is no fix, but something that happened."""
    return feature.get("geometry") is None or "action" in about or about.get("type") == "trip"


def _event(about: dict[str, Any]) -> str | None:
    action = about.get("action")
    return EVENTS.get(action) if isinstance(action, str) else None


def _point(feature: dict[str, Any], about: dict[str, Any]) -> Point | None:
    coordinates = _object(feature["geometry"]).get("coordinates")
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        return None
    where = values.place(coordinates[1], coordinates[0])
    if where is None:
        return None
    high = about.get("altitude", coordinates[2] if len(coordinates) > 2 else None)
    return values.point(
        where,
        values.moment(about.get("timestamp")),
        accuracy=values.accuracy(about.get("horizontal_accuracy")),
        speed=values.speed(about.get("speed"), values.METRES_PER_SECOND),
        course=values.course(about.get("course")),
        altitude=values.altitude(high),
        battery=values.share(about.get("battery_level")),
    )


def _charging(about: dict[str, Any]) -> bool | None:
    state = about.get("battery_state")
    return CHARGING.get(state) if isinstance(state, str) else None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def setup(phone: Phone) -> Setup:
    """A link that the app opens."""
    address, name = quote(phone.address, safe=""), quote(phone.name, safe="")
    link = f"overland://setup?url={address}&token=&device_id={name}"
    return Setup(
        steps=(
            "Open the link on the phone; Overland takes over the address.",
            "Switch tracking on, and set the sending interval to 10 seconds or less.",
        ),
        picture=link,
        link=link,
        texts=(("Receiver endpoint", phone.address),),
    )


APP: Final = App(
    key="overland",
    name="Overland",
    phones="iPhone",
    claims=claims,
    read=read,
    reply=OK,
    setup=setup,
)
