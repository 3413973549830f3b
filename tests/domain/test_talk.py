"""Who may write what about an order: plain texts, phases, ratings."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OnthewayError
from app.domain.order import FINAL, OPEN, Status
from app.domain.talk import (
    RATING_CHANGES,
    check_note,
    check_rating,
    check_word,
    may_rate,
    plain_text,
    written,
)


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("  ring twice \n", "ring twice"),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("a\tb", "a b"),
        ("code\u202e7091\u2066\0\x1b[31m", "code7091[31m"),
        ("e\u0301 👩‍🍳 שלום", "é 👩‍🍳 שלום"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("half \ud83d of it", "half  of it"),
        ("\U0001fae8", "\U0001fae8"),
        ("", ""),
    ],
)
def test_a_text_is_kept_plain(given_text: str, kept: str) -> None:
    assert plain_text(given_text, "text", 50) == kept


@pytest.mark.parametrize("value", [None, 7, ["a"], b"a", "x" * 51, " " * 201])
def test_what_is_no_text_or_too_long_is_refused_by_its_field(value: object) -> None:
    with pytest.raises(OnthewayError) as refused:
        plain_text(value, "text", 50)
    assert (refused.value.code, refused.value.field) == ("invalid_field", "text")


@pytest.mark.parametrize("value", ["", " \n\t", "\u202e\0", "\u200b \ufeff\u2060"])
def test_a_message_says_something(value: str) -> None:
    with pytest.raises(OnthewayError, match="must not be empty"):
        written(value, "text", 50)


@given(st.text(st.characters(), max_size=300))
def test_what_is_kept_is_plain_and_is_kept_again_as_it_is(text: str) -> None:
    try:
        kept = plain_text(text, "text", 200)
    except OnthewayError as error:
        assert error.field == "text"
        return
    assert len(kept) <= 200
    assert kept == kept.strip()
    assert all(c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"} for c in kept)
    assert plain_text(kept, "text", 200) == kept
    assert kept.encode().decode() == kept


def test_a_note_is_for_orders_that_a_driver_still_brings() -> None:
    for status in OPEN:
        check_note(status)
        check_word(status, has_driver=True)
    for status in FINAL:
        with pytest.raises(OnthewayError):
            check_note(status)
        with pytest.raises(OnthewayError):
            check_word(status, has_driver=True)
    with pytest.raises(OnthewayError):
        check_word(Status.PENDING, has_driver=False)


def test_a_delivery_is_rated_and_for_a_day_again() -> None:
    assert may_rate(Status.DELIVERED, None, 5)
    assert may_rate(Status.DELIVERED, 5, 4 + RATING_CHANGES)
    check_rating(Status.DELIVERED, None, 5)
    for status, rated_at in ((Status.DELIVERED, 4), (Status.FAILED, None), (Status.ARRIVING, None)):
        assert not may_rate(status, rated_at, 4 + RATING_CHANGES)
        with pytest.raises(OnthewayError) as refused:
            check_rating(status, rated_at, 4 + RATING_CHANGES)
        assert refused.value.code == "illegal_step"
