"""OwnTracks in HTTP mode: one JSON object with its `_type`; speeds in km/h, battery in percent.
Pure.

It sends its queue in order, and stops at anything but a list as the answer.
"""

import json
from base64 import b64encode
from typing import Any, Final
from urllib.parse import quote

from app.protocol.apps import named, values
from app.protocol.apps.message import App, Phone, Reading, Reply, Sent, Setup, Wish

LIST: Final = Reply(b"[]", json=True)
CHARGING: Final = {1: False, 2: True, 3: True}
"""Of `bs`: unplugged, charging, full."""
MODES: Final = {
    -1: "the app is in Quiet mode",
    0: "the app is in Manual mode",
    1: "the app reports significant changes only",
}
"""Of `m`, as far as a mode explains a silence."""
ONLY_OPEN: Final = "location only while the app is open"
LOST: Final = "location permission lost"
ANDROID_ONLY_OPEN: Final = (-2, -3)
ANDROID_LOST: Final = -4
"""Of `loc` in its status, and below."""
AT_FIRST: Final = 10
"""Seconds and metres between positions, as a phone is set up."""
FAST: Final = 15
"""Metres per second: an iPhone reports when the time is over, and also whenever it has come as far
as ``locatorDisplacement``, which must not come first on the road."""


def claims(sent: Sent) -> bool:
    """An object with a type; an empty message says that a friend was deleted."""
    if sent.json is not None:
        return "_type" in sent.json
    return sent.method == "POST" and sent.empty and not named.says_something(sent.fields)


def read(sent: Sent) -> Reading:
    """One position, or what it says of itself."""
    message = sent.json
    if message is None:
        return Reading(unused=1, reason="an empty message")
    kind = message["_type"]
    if kind == "location":
        return _location(message)
    if kind == "status":
        return Reading(words=_status(message), device=_device(message))
    if kind == "encrypted":
        return Reading(unused=1, reason="encrypted: the app must send without a secret of its own")
    name = values.label(kind) or "unknown"
    return Reading(device=_device(message), unused=1, reason=f"a message of type {name}")


def _location(message: dict[str, Any]) -> Reading:
    battery = values.percent(message.get("batt"))
    where = values.place(message.get("lat"), message.get("lon"))
    points = []
    if where is not None:
        found = values.point(
            where,
            values.moment(message.get("tst")),
            accuracy=values.accuracy(message.get("acc")),
            speed=values.speed(message.get("vel"), values.KILOMETRES_PER_HOUR),
            course=values.course(message.get("cog")),
            altitude=values.altitude(message.get("alt")),
            battery=battery,
        )
        points.append(found)
    return Reading(
        points=points,
        battery=battery,
        charging=_of(CHARGING, message.get("bs")),
        words=_of(MODES, message.get("m")),
        device=_device(message),
        unused=int(where is None),
        reason="no usable place" if where is None else None,
    )


def _status(message: dict[str, Any]) -> str | None:
    """What of the phone's own settings explains a silence."""
    ios, android = message.get("iOS"), message.get("android")
    if isinstance(ios, dict):
        allowed = str(ios.get("locationManagerAuthorizationStatus"))
        if "Denied" in allowed or "Restricted" in allowed:
            return LOST
        if "WhenInUse" in allowed:
            return ONLY_OPEN
        if "Denied" in str(ios.get("backgroundRefreshStatus")):
            return "background refresh is switched off"
    if isinstance(android, dict):
        allowance = values.number(android.get("loc"))
        if allowance is not None and allowance <= ANDROID_LOST:
            return LOST
        if allowance in ANDROID_ONLY_OPEN:
            return ONLY_OPEN
        if values.truth(android.get("ps")):
            return "power saving is on"
    return None


def _of(words: dict[int, Any], value: object) -> Any:
    return words.get(value) if type(value) is int else None


def _device(message: dict[str, Any]) -> str | None:
    topic = message.get("topic")
    if isinstance(topic, str) and "/" in topic:
        return values.label(topic.rpartition("/")[2])
    return values.label(message.get("tid"))


def tell(wish: Wish) -> Reply:
    """Commands in the list: the app obeys them where its configuration allows it (see `setup`)."""
    commands: list[dict[str, Any]] = []
    if wish.seconds is not None:
        distance = max(AT_FIRST, wish.seconds * FAST)
        wanted = {"_type": "configuration", **_pace(wish.seconds, distance)}
        commands.append({"_type": "cmd", "action": "setConfiguration", "configuration": wanted})
    if wish.place:
        commands.append({"_type": "cmd", "action": "reportLocation"})
    return Reply(json.dumps(commands, separators=(",", ":")).encode(), json=True)


def _pace(seconds: int, metres: int) -> dict[str, int]:
    """How often to report in Move mode: Android has a name of its own for the time."""
    return {
        "locatorInterval": seconds,
        "moveModeLocatorInterval": seconds,
        "locatorDisplacement": metres,
    }


def setup(phone: Phone) -> Setup:
    """A configuration, in the link itself and as a file."""
    configuration = {
        "_type": "configuration",
        "mode": 3,
        "url": phone.address,
        "auth": False,
        "deviceId": phone.name,
        "tid": initials(phone.name),
        "monitoring": 2,
        **_pace(AT_FIRST, AT_FIRST),
        "cmd": True,
        "remoteConfiguration": True,
        "allowRemoteLocation": True,
    }
    text = json.dumps(configuration)
    inline = quote(b64encode(text.encode()).decode(), safe="=")
    link = f"owntracks:///config?inline={inline}"
    return Setup(
        steps=(
            "Open the link on the phone, and let OwnTracks import the configuration.",
            "Allow the location \N{LEFT DOUBLE QUOTATION MARK}Always\N{RIGHT DOUBLE QUOTATION MARK}"
            ". The app must stay in Move mode, and must not encrypt.",
        ),
        picture=link,
        link=link,
        texts=(("URL (mode HTTP)", phone.address),),
        file=("driver.otrc", text),
    )


def initials(name: str) -> str:
    """Two letters for the map of the app."""
    letters = [word[0] for word in name.split() if word[0].isascii() and word[0].isalnum()]
    plain = [char for char in name if char.isascii() and char.isalnum()]
    return "".join(letters if len(letters) > 1 else plain)[:2].upper().ljust(2, "X")


APP: Final = App(
    key="owntracks",
    name="OwnTracks",
    phones="iPhone and Android",
    claims=claims,
    read=read,
    reply=LIST,
    tell=tell,
    setup=setup,
)
