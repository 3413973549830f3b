"""The values of the settings page: each has a rule, and comes back from its JSON as it was."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OnthewayError
from app.domain.picture import picture
from app.domain.preferences import RULES, WORDS, Preferences, checked, from_json, to_json
from app.domain.sight import SeenFrom
from app.domain.tiles import OSM_TILES
from tests.domain.pictures import png

GOOD: list[tuple[str, Any, Any]] = [
    ("business_name", "  Bäckerei 👩‍🍳 ", "Bäckerei 👩‍🍳"),
    ("business_name", "n" * 80, "n" * 80),
    ("colour", "#ABC", "#aabbcc"),
    ("colour", None, None),
    ("logo", png(), picture(png())),
    ("logo", None, None),
    ("tile_url", OSM_TILES, OSM_TILES),
    ("tile_url", None, None),
    ("tile_attribution", "", ""),
    ("tile_attribution", '<a href="https://a.example">A</a>', '<a href="https://a.example">A</a>'),
    ("courier_from", "assigned", SeenFrom.ASSIGNED),
    ("place_from", "never", SeenFrom.NEVER),
    ("arrival_from", SeenFrom.ARRIVING, SeenFrom.ARRIVING),
    ("customer_notes", False, False),
    ("customer_messages", True, True),
    ("customer_notices", False, False),
    ("late_after", 5.0, 5),
    ("silent_after", 15, 15),
    ("arriving_within", 5_000, 5_000),
    ("keep_days", 0, 0),
    ("keep_proof_days", 30, 30),
    ("keep_message_days", 30, 30),
    ("keep_customer_days", 90.0, 90),
]
BAD: list[tuple[str, Any]] = [
    ("business_name", "   "),
    ("business_name", "n" * 81),
    ("business_name", "a\nb"),
    ("business_name", "a\u202eb"),
    ("business_name", None),
    ("colour", "red"),
    ("logo", b"<svg/>"),
    ("logo", "text"),
    ("tile_url", "none"),
    ("tile_attribution", "a" * 301),
    ("tile_attribution", None),
    ("courier_from", True),
    ("place_from", None),
    ("place_from", "delivered"),
    ("arrival_from", ["never"]),
    ("customer_notes", "yes"),
    ("customer_messages", 0),
    ("customer_notices", None),
    ("late_after", True),
    ("late_after", -1),
    ("late_after", 0.5),
    ("late_after", float("nan")),
    ("silent_after", 14),
    ("silent_after", "60"),
    ("arriving_within", 5_001),
    ("keep_days", 3_651),
    ("keep_proof_days", -1),
    ("nothing", 1),
]


def test_every_value_has_a_rule_and_a_word() -> None:
    names = {field.name for field in fields(Preferences)}
    assert set(RULES) == set(WORDS) == names


@pytest.mark.parametrize(("name", "given", "value"), GOOD)
def test_good_values_are_taken_and_kept(name: str, given: Any, value: Any) -> None:
    assert checked(name, given) == value
    assert from_json(name, to_json(value)) == value


@pytest.mark.parametrize(("name", "given"), BAD)
def test_others_are_refused_by_name(name: str, given: Any) -> None:
    with pytest.raises(OnthewayError) as refusal:
        checked(name, given)
    assert (refusal.value.code, refusal.value.field) == ("invalid_field", name)


@given(st.sampled_from(sorted(RULES)), st.text())
def test_damaged_json_is_refused_and_nothing_else_happens(name: str, text: str) -> None:
    try:
        from_json(name, text)
    except OnthewayError as error:
        assert error.field == name


@given(
    st.sampled_from(sorted(RULES)),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
)
def test_what_is_taken_once_is_taken_again(name: str, given: object) -> None:
    try:
        value = checked(name, given)
    except OnthewayError:
        return
    assert checked(name, value) == value
    assert from_json(name, to_json(value)) == value
