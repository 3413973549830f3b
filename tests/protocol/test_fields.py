"""Single fields of incoming messages."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import HTTP_STATUS
from app.domain.order import is_order_id
from app.protocol.fields import (
    RULES,
    Invalid,
    blame,
    order_id_text,
    plain_text,
    without_half_characters,
)


class Sample(msgspec.Struct):
    """Two fields of which one is needed."""

    lat: float
    note: str | None = None


def error_of(text: bytes) -> msgspec.ValidationError:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(text, type=Sample)
    return caught.value


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1"), ("1", "1"), (-7, "-7"), (10**63, "1" + "0" * 63)]
)
def test_order_id_is_the_same_as_number_and_as_text(value: str | int, text: str) -> None:
    assert order_id_text(value) == text


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "a" * 65, 10**64, -(10**63)])
def test_order_id_of_a_wrong_form_is_refused(value: str | int) -> None:
    with pytest.raises(Invalid) as refusal:
        order_id_text(value)
    assert refusal.value.field == "orderId"


def test_order_id_too_long_to_print_is_refused() -> None:
    with pytest.raises(Invalid):
        order_id_text(10**5000)


@given(st.text() | st.integers())
def test_order_id_is_usable_or_refused(value: str | int) -> None:
    try:
        assert is_order_id(order_id_text(value))
    except Invalid as error:
        assert error.field == "orderId"


def test_text_with_nul_is_refused_and_any_other_passes() -> None:
    assert plain_text("Grüße 🚲\n", "note") == "Grüße 🚲\n"
    assert plain_text(None, "note") is None
    with pytest.raises(Invalid) as refusal:
        plain_text("a\0b", "note")
    assert refusal.value.field == "note"


@pytest.mark.parametrize("field", RULES)
def test_every_rule_has_an_error_code_and_a_sentence_that_names_the_field(field: str) -> None:
    code, sentence = RULES[field]
    assert code in HTTP_STATUS
    assert sentence.startswith(field)


def test_blame_finds_the_field_that_is_wrong_or_missing() -> None:
    assert blame(error_of(b'{"lat":"x"}')) == ("lat", False)
    assert blame(error_of(b"{}")) == ("lat", True)
    assert blame(error_of(b"[]")) is None


def test_blame_is_not_led_by_what_the_sender_wrote() -> None:
    error = msgspec.ValidationError("Invalid value 'missing required field `lat`' - at `$.type`")
    assert blame(error) == ("type", False)
    assert blame(msgspec.ValidationError("Expected `str` - at `$.locations[3].lat`")) == (
        "locations",
        False,
    )
    assert blame(msgspec.ValidationError("Expected `str` - at `$.else`")) is None


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (rb'"\ud83d"', rb'"\u0000"'),
        (rb'"\uDEB2 x"', rb'"\u0000 x"'),
        (rb'"\ud83d\ud83d\udeb2"', rb'"\u0000\ud83d\udeb2"'),
        (rb'"\ud83d\u0041"', rb'"\u0000\u0041"'),
        (rb'"\ud83d\udeb2"', rb'"\ud83d\udeb2"'),
        (rb'"\\ud83d"', rb'"\\ud83d"'),
        (rb'"\\\ud83d"', rb'"\\\u0000"'),
        (rb'"\" \n \u00e4"', rb'"\" \n \u00e4"'),
    ],
)
def test_half_characters_become_nul_and_whole_ones_stay(text: bytes, mended: bytes) -> None:
    assert without_half_characters(text) == mended


@given(st.text(st.characters()))
def test_whatever_python_writes_can_be_decoded_once_mended(text: str) -> None:
    mended = without_half_characters(json.dumps(text).encode())
    expected = "".join("\0" if "\ud800" <= char <= "\udfff" else char for char in text)
    # Two halves that stand together are one character on the wire.
    joined = json.loads(json.dumps(text))
    if joined == text:
        assert msgspec.json.decode(mended) == expected
    else:
        msgspec.json.decode(mended)
