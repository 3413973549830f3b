"""What the note of a failed order says of the next try."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.again import note_of_failed, tried_as, waits_for_somebody
from app.domain.order import Status

LONGEST = 2_000


@given(st.none() | st.text(max_size=2_500), st.from_regex(r"[A-Za-z0-9._~-]{1,64}", fullmatch=True))
def test_the_next_try_is_found_behind_any_note(note: str | None, next_id: str) -> None:
    said = note_of_failed(note, next_id, LONGEST)
    assert tried_as(said) == next_id
    assert len(said) <= LONGEST


@pytest.mark.parametrize("note", [None, "", "Ring twice", "Tried again as # .", "#A1."])
def test_without_a_next_try_there_is_none(note: str | None) -> None:
    assert tried_as(note) is None


def test_the_note_itself_stays() -> None:
    said = note_of_failed("Ring twice", "B2", LONGEST)
    assert said == "Ring twice Tried again as #B2."
    assert waits_for_somebody(Status.FAILED, 1, "Ring twice", 2)
    assert not waits_for_somebody(Status.FAILED, 1, said, 2)
