"""Frames of a viewer."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import HTTP_STATUS, OnthewayError
from app.protocol.viewer import (
    Auth,
    Ping,
    Resume,
    Subscribe,
    Unsubscribe,
    ViewerMessage,
    decode,
    order_id_text,
)


def read(**message: Any) -> ViewerMessage:
    return decode(json.dumps(message).encode())


def refused(message: Any) -> OnthewayError:
    text = message if isinstance(message, bytes) else json.dumps(message).encode()
    with pytest.raises(OnthewayError) as caught:
        decode(text)
    return caught.value


def test_auth_brings_a_token_and_may_bring_order_and_resume_point() -> None:
    assert read(type="auth", token="t") == Auth("t")
    assert read(type="auth", token="t", orderId="A1", epoch="e", seq=7) == Auth("t", "A1", "e", 7)


def test_subscribe_names_an_order_and_staff_need_no_token() -> None:
    assert read(type="subscribe", orderId=1) == Subscribe(1)
    assert read(type="subscribe", orderId="A1", token="t", epoch="e", seq=0) == Subscribe(
        "A1", "t", "e", 0
    )


def test_unsubscribe_resume_and_ping_are_read() -> None:
    assert read(type="unsubscribe", orderId="A1") == Unsubscribe("A1")
    assert read(type="resume", orderId="A1", epoch="e", seq=7) == Resume("A1", "e", 7)
    assert read(type="ping") == Ping()


def test_unknown_fields_are_ignored() -> None:
    assert read(type="ping", role="admin", driverId="d") == Ping()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("token", ""),
        ("token", 5),
        ("token", "t" * 257),
        ("orderId", True),
        ("orderId", 1.5),
        ("orderId", ".."),
        ("orderId", "a/b"),
        ("epoch", 5),
        ("epoch", "e" * 65),
        ("seq", -1),
        ("seq", "7"),
        ("seq", True),
        ("seq", 2**53 + 1),
    ],
)
def test_field_of_a_wrong_form_is_named(field: str, value: Any) -> None:
    kind = "resume" if field in {"epoch", "seq"} else "auth"
    message = {"type": kind, "token": "t", "orderId": "A1", "epoch": "e", "seq": 7}
    error = refused({**message, field: value})
    assert (error.code, error.field) == ("invalid_field", field)
    assert error.message.startswith(f"{field} must be")


@pytest.mark.parametrize("kind", ["auth", "subscribe"])
@pytest.mark.parametrize("place", [{"seq": -1}, {"seq": "x"}, {"seq": 10**30}, {"epoch": 5}])
def test_an_unusable_place_to_resume_from_does_not_spoil_good_credentials(
    kind: str, place: dict[str, Any]
) -> None:
    message = {"type": kind, "token": "t", "orderId": "A1", "epoch": "e", "seq": 7, **place}
    decoded = decode(json.dumps(message).encode())
    assert isinstance(decoded, Auth | Subscribe)
    assert (decoded.token, decoded.epoch, decoded.seq) == ("t", None, None)


def test_an_unusable_place_beside_another_fault_names_the_other_fault() -> None:
    error = refused({"type": "auth", "token": "", "seq": -1})
    assert (error.code, error.field) == ("invalid_field", "token")


@pytest.mark.parametrize("field", ["orderId", "epoch", "seq"])
def test_missing_field_is_named(field: str) -> None:
    message: dict[str, Any] = {"type": "resume", "orderId": "A1", "epoch": "e", "seq": 7}
    del message[field]
    error = refused(message)
    assert (error.code, error.field, error.message) == (
        "invalid_field",
        field,
        f"{field} is missing.",
    )


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"token": "t"},
        {"type": "location_update"},
        {"type": 5},
        {"type": None},
        {"type": "missing required field `token`"},
        {"type": "x - at `$.token`"},
    ],
)
def test_unknown_or_missing_type_is_named(message: Any) -> None:
    error = refused(message)
    assert (error.code, error.field) == ("unknown_type", "type")


@pytest.mark.parametrize("text", [b"[]", b"null", b"5", b'"ping"'])
def test_frame_that_is_no_object_is_refused(text: bytes) -> None:
    assert refused(text).code == "invalid_message"


@pytest.mark.parametrize(
    "text", [b"", b"{", b'{"type":"auth","token":"\xff"}', b'{"x":' + b"[" * 100_000]
)
def test_frame_that_is_no_json_is_refused(text: bytes) -> None:
    assert refused(text).code == "invalid_json"


def test_order_id_is_text_in_the_end_or_named_as_wrong() -> None:
    assert order_id_text(1) == order_id_text("1") == "1"
    for wrong in (".", "..", "", "a/b", 10**5000):
        with pytest.raises(OnthewayError) as caught:
            order_id_text(wrong)
        assert (caught.value.code, caught.value.field) == ("invalid_field", "orderId")


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
names = st.sampled_from(["type", "token", "orderId", "epoch", "seq"])
kinds = st.sampled_from(["auth", "subscribe", "unsubscribe", "resume", "ping"])


@given(kinds, st.dictionaries(names, values))
def test_any_object_is_a_message_or_refused_by_name(kind: str, fields: dict[str, Any]) -> None:
    try:
        decode(json.dumps({"type": kind, **fields}).encode())
    except OnthewayError as error:
        assert error.code in HTTP_STATUS
        assert error.field is None or error.field in {"type", "token", "orderId", "epoch", "seq"}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_refused(text: bytes) -> None:
    try:
        decode(text)
    except OnthewayError as error:
        assert error.code in HTTP_STATUS
