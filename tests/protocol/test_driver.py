"""Frames of a driver: what they mean, and how they are refused."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import HTTP_STATUS, OnthewayError
from app.domain.order import Status
from app.domain.position import Fix
from app.protocol.driver import (
    MAX_BATCH,
    Auth,
    DriverMessage,
    Duty,
    Locations,
    Ping,
    Point,
    Refusal,
    Refused,
    StatusChange,
    decode,
    refusal_of,
    usable_id,
)

PLACE = {"lat": 48.137, "lng": 11.575}
FIX = Fix(lat=48.137, lng=11.575)


def read(message: Any) -> DriverMessage:
    return decode(json.dumps(message).encode())


def batch(*locations: Any) -> Locations:
    found = read({"type": "location_batch", "locations": list(locations)})
    assert isinstance(found, Locations)
    return found


def refused(message: Any) -> Refusal:
    """The refusal of a whole frame, given as bytes or as what JSON makes of it."""
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    with pytest.raises(Refused) as caught:
        decode(text)
    assert str(caught.value) == caught.value.refusal.message
    return caught.value.refusal


def test_message_without_a_type_is_a_position() -> None:
    assert read({**PLACE, "orderId": "A1"}) == Locations([Point(FIX, None, "A1")])


def test_location_update_is_one_position() -> None:
    message = {"type": "location_update", "id": "p-17", "orderId": 1, **PLACE}
    assert read(message) == Locations([Point(FIX, "p-17", "1")])


def test_type_may_come_last() -> None:
    assert decode(b'{"on":false,"id":"d1","type":"duty"}') == Duty(False, "d1")


def test_batch_is_many_positions_with_their_places() -> None:
    found = batch({"id": "p-18", **PLACE}, {"id": "p-19", **PLACE})
    assert found == Locations([Point(FIX, "p-18", None), Point(FIX, "p-19", None)], (), (0, 1))


def test_empty_batch_is_no_error() -> None:
    assert batch() == Locations([], (), ())


def test_one_bad_point_is_refused_alone() -> None:
    good = [{"id": f"p{number}", **PLACE} for number in range(MAX_BATCH)]
    good[250] = {"id": "p250", "lat": 91, "lng": 11.5}
    found = batch(*good)
    assert len(found.points) == MAX_BATCH - 1
    assert found.indexes == tuple(number for number in range(MAX_BATCH) if number != 250)
    message = "lat must be between -90 and 90"
    assert found.refusals == (Refusal("invalid_coordinates", message, "p250", "lat", 250),)


def test_every_kind_of_bad_point_is_refused_in_its_place() -> None:
    found = batch(
        5,
        None,
        [],
        {"id": "no-place"},
        {"id": "x" * 65, **PLACE},
        {"id": "o", "orderId": "..", **PLACE},
        {"id": "t", "recordedAt": "soon", **PLACE},
        {"id": "ok", **PLACE},
        {"id": 17, **PLACE},
    )
    assert [(each.index, each.id, each.code, each.field) for each in found.refusals] == [
        (0, None, "invalid_message", None),
        (1, None, "invalid_message", None),
        (2, None, "invalid_message", None),
        (3, "no-place", "invalid_coordinates", "lat"),
        (4, None, "invalid_field", "id"),
        (5, "o", "invalid_field", "orderId"),
        (6, "t", "invalid_field", "recordedAt"),
        (8, None, "invalid_field", "id"),
    ]
    assert found.indexes == (7,)


def test_half_a_character_or_a_huge_number_spoils_its_own_point_only() -> None:
    frame = (
        rb'{"type":"location_batch","locations":['
        rb'{"id":"\ud83d","lat":1,"lng":2},{"id":"a","lat":1,"lng":2},'
        rb'{"id":"b","orderId":"\udeb2","lat":1,"lng":2},{"id":1e400,"lat":1,"lng":2},'
        rb'{"id":"c","lat":1,"lng":2,"nick":"\ud83d"}]}'
    )
    found = decode(frame)
    assert isinstance(found, Locations)
    assert [point.id for point in found.points] == ["a", "c"]
    assert [(each.index, each.id, each.field) for each in found.refusals] == [
        (0, None, "id"),
        (2, "b", "orderId"),
        (3, None, "id"),
    ]


def test_bytes_that_are_no_text_spoil_their_own_point_only() -> None:
    found = decode(b'{"type":"location_batch","locations":[{"id":"\xff"},{"lat":1,"lng":2}]}')
    assert isinstance(found, Locations)
    assert [each.code for each in found.refusals] == ["invalid_json"]
    assert found.indexes == (1,)


def test_batch_above_500_is_refused_whole() -> None:
    assert len(batch(*[PLACE] * 500).points) == 500
    refusal = refused({"type": "location_batch", "id": "b", "locations": [PLACE] * 501})
    assert (refusal.code, refusal.id, refusal.field) == ("too_many", None, "locations")
    assert "500" in refusal.message


def test_what_begins_as_a_batch_and_says_another_type_later_is_that() -> None:
    assert isinstance(decode(b'{"type":"location_batch","locations":[],"type":"ping"}'), Ping)


@pytest.mark.parametrize("locations", [None, 5, "x", {}])
def test_batch_without_a_list_is_refused_whole(locations: Any) -> None:
    refusal = refused({"type": "location_batch", "locations": locations})
    assert (refusal.code, refusal.field) == ("invalid_field", "locations")


def test_status_update_names_order_status_and_note() -> None:
    message = {"type": "status_update", "id": "s-3", "orderId": 7, "status": "picked_up"}
    assert read(message) == StatusChange("7", Status.PICKED_UP, "s-3", None)
    assert read({**message, "note": "At the door"}) == StatusChange(
        "7", Status.PICKED_UP, "s-3", "At the door"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("orderId", ".."),
        ("orderId", True),
        ("orderId", None),
        ("status", "lost"),
        ("status", 3),
        ("status", None),
        ("note", "n" * 2001),
        ("note", "n\0"),
        ("note", 5),
    ],
)
def test_status_update_with_a_wrong_field_blames_it_and_keeps_its_id(
    field: str, value: Any
) -> None:
    message = {"type": "status_update", "id": "s-3", "orderId": "A1", "status": "picked_up"}
    refusal = refused({**message, field: value})
    assert (refusal.code, refusal.id, refusal.field) == ("invalid_field", "s-3", field)
    assert refusal.message.startswith(f"{field} must be")


@pytest.mark.parametrize("field", ["orderId", "status"])
def test_status_update_without_a_needed_field_says_that_it_is_missing(field: str) -> None:
    message = {"type": "status_update", "id": "s-3", "orderId": "A1", "status": "picked_up"}
    del message[field]
    assert refused(message) == Refusal("invalid_field", f"{field} is missing", "s-3", field)


def test_note_cut_inside_an_emoji_is_refused_with_the_id_of_its_message() -> None:
    text = rb'{"type":"status_update","id":"s","orderId":"A","status":"failed","note":"\ud83d"}'
    refusal = refused(text)
    assert (refusal.code, refusal.id, refusal.field) == ("invalid_field", "s", "note")


@pytest.mark.parametrize("message_id", ["", "i" * 65, "i\0", 17, ["i"]])
@pytest.mark.parametrize(
    "message",
    [
        PLACE,
        {"type": "status_update", "orderId": "A1", "status": "failed"},
        {"type": "duty", "on": True},
    ],
)
def test_unusable_id_is_refused_without_an_id(message: dict[str, Any], message_id: Any) -> None:
    refusal = refused({**message, "id": message_id})
    assert (refusal.code, refusal.id, refusal.field) == ("invalid_field", None, "id")


def test_duty_says_on_or_off() -> None:
    assert read({"type": "duty", "on": True}) == Duty(True, None)


@pytest.mark.parametrize("on", [1, "yes", None])
def test_duty_is_true_or_false(on: Any) -> None:
    assert refused({"type": "duty", "id": "d", "on": on}) == Refusal(
        "invalid_field", "on must be true or false", "d", "on"
    )


def test_auth_and_ping_are_read() -> None:
    assert read({"type": "auth", "token": "t0ken"}) == Auth("t0ken")
    assert read({"type": "ping"}) == Ping()


@pytest.mark.parametrize("token", ["", None, 5, "t" * 257])
def test_auth_without_a_usable_token_is_refused(token: Any) -> None:
    assert refused({"type": "auth", "token": token}).field == "token"


@pytest.mark.parametrize("kind", ["", "subscribe", "LOCATION_UPDATE"])
def test_unknown_type_is_refused_with_the_id_of_its_message(kind: str) -> None:
    assert refused({"type": kind, "id": "x"}) == Refusal(
        "unknown_type", "type is unknown", "x", "type"
    )


@pytest.mark.parametrize("kind", [None, 5, True, [], {}])
def test_type_that_is_no_text_is_unknown(kind: Any) -> None:
    assert refused({"type": kind, **PLACE}).code == "unknown_type"


@pytest.mark.parametrize("text", [b"[]", b"null", b"5", b'"ping"', b"1e400", b"true"])
def test_frame_that_is_no_object_is_refused_whole(text: bytes) -> None:
    assert refused(text) == Refusal("invalid_message", "A message must be a JSON object")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"{'lat':1}",
        b'{"lat":NaN,"lng":1}',
        b'{"lat":1,"lng":2}{}',
        b"\xef\xbb\xbf{}",
        b'{"id":"\xff","lat":1,"lng":2}',
        b'{"id":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"lat":1,"lng":2,"x":' + b"[" * 100_000,
    ],
)
def test_frame_that_is_no_json_is_refused_whole(text: bytes) -> None:
    assert refused(text) == Refusal("invalid_json", "This is not valid JSON")


def test_text_that_is_broken_inside_a_needed_field_keeps_the_id_of_its_message() -> None:
    text = b'{"type":"status_update","id":"s","orderId":"A","status":"failed","note":"\xff"}'
    assert refused(text) == Refusal("invalid_json", "This is not valid JSON", "s")


@pytest.mark.parametrize("number", [b"1e400", b"1" + b"0" * 5000])
def test_number_beyond_every_bound_blames_its_field(number: bytes) -> None:
    assert refused(b'{"lat":%s,"lng":2,"id":"p"}' % number).field == "lat"
    assert refused(b'{"lat":1,"lng":2,"id":%s}' % number).field == "id"
    assert refused(b'{"lat":1,"lng":2,"type":%s}' % number).code == "unknown_type"
    assert decode(b'{"lat":1,"lng":2,"x":%s}' % number) == Locations(
        [Point(Fix(lat=1, lng=2), None, None)]
    )


def test_unknown_and_duplicate_fields_do_no_harm() -> None:
    found = decode(b'{"lat":1,"lng":2,"lng":3,"role":"admin","driverId":"other"}')
    assert found == Locations([Point(Fix(lat=1, lng=3), None, None)])


def test_hostile_frame_costs_little_time() -> None:
    frames = [
        b'{"a":"' + rb"\ud83d" * 20_000 + b'"}',
        b'{"a":"' + b"\\" * 120_000 + b'"}',
        b'{"type":"location_batch","locations":[' + b",".join([b"{}"] * 40_000) + b"]}",
        b"[" * 130_000,
        b"{" + b",".join(b'"%d":0' % number for number in range(12_000)) + b"}",
    ]
    for frame in frames:
        start = time.process_time()
        with pytest.raises(Refused):
            decode(frame)
        assert time.process_time() - start < 0.1


@pytest.mark.parametrize("value", [None, 5, "", "x" * 65, "a\0", ["a"]])
def test_unusable_ids_are_not_answered_with(value: object) -> None:
    assert usable_id(value) is None


def test_usable_id_is_itself() -> None:
    assert usable_id("p-17") == "p-17"


def test_refusal_of_a_service_answers_the_message() -> None:
    error = OnthewayError("unknown_order", "No such order.", field="orderId")
    assert refusal_of(error, "p1", 3) == Refusal(
        "unknown_order", "No such order.", "p1", "orderId", 3
    )


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=70)
    | st.sampled_from([*Status, "A1", 48.1]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
names = ["id", "orderId", "lat", "lng", "recordedAt", "speed", "status", "note", "on", "token"]
kinds = ["location_update", "location_batch", "status_update", "duty", "auth", "ping"]
some_fields = st.dictionaries(st.sampled_from(names), values)
messages = st.builds(
    lambda kind, fields, points: {"type": kind, "locations": points, **fields},
    st.sampled_from(kinds) | values,
    some_fields,
    st.lists(some_fields, max_size=4) | values,
)


def check_refusal(refusal: Refusal) -> None:
    assert refusal.code in HTTP_STATUS
    assert refusal.message
    assert refusal.id is None or usable_id(refusal.id) == refusal.id


def check(text: bytes) -> None:
    try:
        found = decode(text)
    except Refused as error:
        check_refusal(error.refusal)
        return
    if not isinstance(found, Locations) or found.indexes is None:
        return
    for refusal in found.refusals:
        check_refusal(refusal)
    numbers = [*found.indexes, *(each.index for each in found.refusals if each.index is not None)]
    assert sorted(numbers) == list(range(len(found.points) + len(found.refusals)))
    assert len(found.indexes) == len(found.points)


@given(messages)
def test_any_object_is_a_message_or_refused_by_name(message: Any) -> None:
    check(json.dumps(message).encode())


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_message_or_refused(text: bytes) -> None:
    check(text)
