"""One position as phones send it."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.position import Fix
from app.domain.times import SECOND
from app.protocol.fields import Invalid
from app.protocol.point import Point, decode_point

MOMENT = 1_795_426_200 * SECOND


def read(**fields: Any) -> Point:
    """The point with these fields, at some place."""
    return decode_point(json.dumps({"lat": 48.137, "lng": 11.575, **fields}).encode())


def refused_field(**fields: Any) -> str:
    """The field that is blamed; fails when the point is taken."""
    try:
        point = read(**fields)
    except Invalid as error:
        return error.field
    except msgspec.ValidationError as error:
        return str(error).rpartition("$.")[2].rstrip("`")
    raise AssertionError(f"taken: {point}")


def test_simplest_point_has_a_place_and_nothing_else() -> None:
    assert read() == Point(Fix(lat=48.137, lng=11.575), None, None)


def test_full_point_keeps_every_field() -> None:
    point = read(
        type="location_update",
        id="p-17",
        orderId="A1",
        recordedAt="2026-11-23T09:30:00.250Z",
        accuracy=6.0,
        speed=8.3,
        heading=270.0,
        altitude=519.0,
        battery=0.82,
        isMoving=True,
    )
    fix = Fix(
        lat=48.137,
        lng=11.575,
        fix_time=MOMENT + 250_000,
        accuracy=6.0,
        speed=8.3,
        heading=270.0,
        altitude=519.0,
        battery=0.82,
    )
    assert point == Point(fix, "p-17", "A1")


def test_whole_numbers_are_numbers_too() -> None:
    fix = read(lat=48, lng=-180, speed=0, battery=1).fix
    assert (fix.lat, fix.lng, fix.speed, fix.battery) == (48, -180, 0, 1)


@pytest.mark.parametrize("time", ["2026-11-23T10:30:00+01:00", 1_795_426_200, 1_795_426_200_000])
def test_time_comes_as_text_seconds_or_milliseconds(time: str | int) -> None:
    assert read(recordedAt=time).fix.fix_time == MOMENT


@pytest.mark.parametrize("order_id", [1, "1"])
def test_order_is_named_by_number_or_text(order_id: str | int) -> None:
    assert read(orderId=order_id).order_id == "1"


@pytest.mark.parametrize(
    "field",
    ["id", "orderId", "recordedAt", "accuracy", "speed", "heading", "altitude", "battery"],
)
def test_null_is_the_same_as_missing(field: str) -> None:
    assert read(**{field: None}) == read()


@pytest.mark.parametrize("field", ["speed", "heading", "battery", "accuracy"])
@pytest.mark.parametrize("value", [-1, -1.0])
def test_minus_one_is_unknown(field: str, value: float) -> None:
    assert read(**{field: value}) == read()


@pytest.mark.parametrize("value", [-0.5, -20, -1e300])
def test_any_negative_accuracy_is_unknown(value: float) -> None:
    assert read(accuracy=value) == read()


def test_altitude_below_the_sea_is_an_altitude() -> None:
    assert read(altitude=-1).fix.altitude == -1


def test_heading_of_360_is_north() -> None:
    assert read(heading=360).fix.heading == 0
    assert read(heading=359.9).fix.heading == 359.9


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lat", 90.0001),
        ("lat", -91),
        ("lat", None),
        ("lat", "48.1"),
        ("lat", True),
        ("lng", 180.0001),
        ("lng", -181),
        ("lng", False),
        ("lng", [11]),
        ("speed", -5),
        ("speed", -0.01),
        ("speed", 1001),
        ("speed", "fast"),
        ("speed", True),
        ("heading", 360.1),
        ("heading", 720),
        ("heading", -0.5),
        ("accuracy", 1e9),
        ("accuracy", "6"),
        ("altitude", 100_001),
        ("altitude", -12_001),
        ("battery", 1.01),
        ("battery", 82),
        ("battery", -0.1),
        ("battery", True),
        ("recordedAt", "yesterday"),
        ("recordedAt", True),
        ("recordedAt", -1),
        ("recordedAt", 1e300),
        ("recordedAt", {"at": 1}),
        ("orderId", "."),
        ("orderId", ".."),
        ("orderId", ""),
        ("orderId", "a b"),
        ("orderId", "a" * 65),
        ("orderId", 10**64),
        ("orderId", 1.5),
        ("orderId", True),
        ("id", ""),
        ("id", "a" * 65),
        ("id", 17),
        ("id", "a\0"),
    ],
)
def test_value_out_of_range_or_of_another_kind_blames_its_field(field: str, value: Any) -> None:
    assert refused_field(**{field: value}) == field


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"1" + b"0" * 5000])
@pytest.mark.parametrize("field", ["lat", "accuracy", "recordedAt", "orderId", "id"])
def test_number_beyond_every_bound_is_refused(field: str, number: bytes) -> None:
    text = b'{"lat":1,"lng":2,"%s":%s}' % (field.encode(), number)
    with pytest.raises((Invalid, msgspec.ValidationError)):
        decode_point(text)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
def test_what_is_no_json_number_is_no_json(number: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_point(b'{"lat":%s,"lng":2}' % number)


@pytest.mark.parametrize("length", [1, 64])
def test_id_of_1_to_64_characters_is_taken(length: int) -> None:
    assert read(id="🚲" * length).id == "🚲" * length


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_coordinates_pass_through_unrounded(lat: float, lng: float) -> None:
    assert read(lat=lat, lng=lng).fix.place == (lat, lng)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
numbers = st.floats(-2000, 2000) | st.integers(-2000, 2000) | json_values
names = ["id", "orderId", "recordedAt", "accuracy", "speed", "heading", "altitude", "battery"]


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*names, "lat", "lng", "x"], numbers)))
def test_whatever_is_sent_is_taken_in_range_or_refused(fields: dict[str, Any]) -> None:
    try:
        point = decode_point(json.dumps({"lat": 1, "lng": 2, **fields}).encode())
    except (Invalid, msgspec.DecodeError, UnicodeDecodeError):
        return
    fix = point.fix
    assert -90 <= fix.lat <= 90
    assert -180 <= fix.lng <= 180
    assert fix.heading is None or 0 <= fix.heading < 360
    assert fix.battery is None or 0 <= fix.battery <= 1
    assert fix.speed is None or fix.speed >= 0
    assert fix.accuracy is None or fix.accuracy >= 0
    assert point.id is None or 1 <= len(point.id) <= 64
