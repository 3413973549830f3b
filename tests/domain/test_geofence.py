"""Coming to a door: in once, out only after having left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.geofence import LEFT_BEYOND, inside

RADIUS = 200.0


@pytest.mark.parametrize(
    ("before", "metres", "accuracy", "after"),
    [
        (None, 200.0, None, True),
        (False, 200.0, 200.0, True),
        (None, 200.1, 5.0, None),
        (True, 300.0, 5.0, True),
        (True, 300.1, 5.0, False),
        (False, 250.0, 5.0, False),
        (False, 10.0, 200.1, False),
        (True, 9_000.0, 200.1, True),
        (None, 10.0, 200.1, None),
    ],
)
def test_who_is_inside(
    before: bool | None, metres: float, accuracy: float | None, after: bool | None
) -> None:
    assert inside(before, metres, accuracy, RADIUS) is after


@given(st.lists(st.floats(0, RADIUS * LEFT_BEYOND)), st.lists(st.floats(0, 1_000)))
def test_a_phone_that_wanders_about_the_line_enters_once(
    wandering: list[float], walk: list[float]
) -> None:
    """Each entry of a walk is at the radius or nearer; none follows another without a fix that is
    clearly outside."""
    for metres in ([0.0, *wandering], walk):
        before, left, entries = False, True, 0
        for at in metres:
            now = bool(inside(before, at, 5.0, RADIUS))
            if now and not before:
                assert at <= RADIUS
                assert left
                entries, left = entries + 1, False
            left = left or at > RADIUS * LEFT_BEYOND
            before = now
        assert metres is walk or entries == 1
