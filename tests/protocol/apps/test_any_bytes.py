"""Whatever arrives, the readers of phone apps say what it is or that they do not know it."""

import json
import math
from typing import Any
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from app.protocol.apps import named, table
from app.protocol.apps.message import App, NotKnown, Reading
from app.protocol.point import Point
from tests.phones.cases import all_cases

FORMS = st.text("&=+%20cE9aé;\0", max_size=40)
METHODS = st.sampled_from(["GET", "POST"])
WORDS = sorted(
    {
        *named.SAYS_SOMETHING,
        *named.COURSES,
        *named.ACCURACIES,
        *named.ALTITUDES,
        *named.BATTERIES,
        *named.CHARGING,
        *named.DEVICES,
        *("app", "speed", "spd", "s", "spd_kph", "hdop", "alarm"),
    }
)
NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([2**31, -(2**63), 10**400, 1e308]))
TEXTS = st.one_of(
    st.text(max_size=20),
    NUMBERS.map(str),
    st.sampled_from(["", "null", "NaN", "{7}", "%ACC", "1_0", "gpslogger", "2026-05-01 08:00:00"]),
)
KEYS = st.sampled_from(
    [
        *("_type", "location", "locations", "current", "device_id", "geometry", "coordinates"),
        *("properties", "timestamp", "coords", "latitude", "longitude", "battery", "level", "lat"),
        *("lon", "tst", "vel", "batt", "action", "type", "battery_level", "provider", "status"),
        *("iOS", "android", "loc", "topic", "tid", "m", "bs", "speed", "course", "heading"),
    ]
)
LEAVES = st.one_of(
    st.none(), st.booleans(), NUMBERS, TEXTS, st.sampled_from(["location", "status"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)


def read(method: str, query: bytes, body: bytes) -> tuple[App, Reading] | None:
    """What it is; anything but the one refusal is a fault, and so is a point out of range."""
    try:
        app, reading = table.read(method, query, body)
    except NotKnown:
        return None
    for point in reading.points:
        check(point)
    for text in (reading.words, reading.device, reading.reason):
        assert text is None or text.encode()
    assert reading.battery is None or 0 <= reading.battery <= 1
    assert reading.charging in {None, True, False}
    return app, reading


def check(point: Point) -> None:
    """A point that the store and its readers can take."""
    fix = point.fix
    assert -90 <= fix.lat <= 90
    assert -180 <= fix.lng <= 180
    assert fix.fix_time is None or 0 <= fix.fix_time < 2**63
    assert fix.speed is None or 0 <= fix.speed <= 1_000.001
    assert fix.heading is None or 0 <= fix.heading < 360
    assert fix.battery is None or 0 <= fix.battery <= 1
    for number in (fix.accuracy, fix.altitude):
        assert number is None or math.isfinite(number)


def encoded(value: Any) -> bytes:
    """JSON as careless phones write it: NaN and half characters included."""
    return json.dumps(value).encode()


@given(METHODS, st.binary(max_size=60), st.binary(max_size=200))
def test_any_bytes(method: str, query: bytes, body: bytes) -> None:
    read(method, query, body)


@given(METHODS, st.dictionaries(st.sampled_from(WORDS), TEXTS, max_size=12), st.booleans())
def test_any_values_of_known_names(method: str, fields: dict[str, str], form: bool) -> None:
    text = "&".join(f"{name}={value}" for name, value in fields.items())
    raw = text.encode("utf-8", "surrogatepass")
    read(method, b"" if form else raw, raw if form else b"")


@given(st.dictionaries(KEYS, VALUES, max_size=8))
def test_any_object_with_known_keys(message: dict[str, Any]) -> None:
    found = read("POST", b"", encoded(message))
    if "_type" in message or isinstance(message.get("locations"), list):
        assert found is not None


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=6), max_size=5), VALUES)
def test_any_batch_of_locations_is_answered(features: list[Any], current: Any) -> None:
    found = read("POST", b"", encoded({"locations": features, "current": current}))
    assert found is not None
    assert found[0].key == "overland"


@given(st.data())
def test_a_real_request_that_was_damaged(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(all_cases()))
    raw = case.body or case.query
    at = data.draw(st.integers(0, max(0, len(raw) - 1)))
    damaged = raw[:at] + data.draw(st.binary(max_size=4)) + raw[at + data.draw(st.integers(0, 4)) :]
    read(case.method, b"" if case.body else damaged, damaged if case.body else b"")


@given(FORMS)
def test_names_and_values_are_read_as_everywhere(text: str) -> None:
    sent = table._take_apart("GET", text.encode(), b"")
    wanted = dict(parse_qsl(text, keep_blank_values=True))
    wanted.pop("app", None)
    assert sent.fields == wanted
