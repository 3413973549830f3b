"""How far a driver travelled: which fixes count, and what they add."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.geo import Place, distance
from app.domain.position import Flag
from app.domain.times import MINUTE, SECOND
from app.domain.travel import GAP, STILL, Odometer, counts
from tests.domain.strategies import nearby

START = Place(48.1, 11.5)


def north(metres: float) -> float:
    """The latitude so far north of the start."""
    return START.lat + metres / 111_195


def begun() -> Odometer:
    """At the start, at the time 0."""
    return Odometer(START.lat, START.lng, 0)


@pytest.mark.parametrize(
    "flag", [Flag.LATE, Flag.REPEATED, Flag.SAME_TIME, Flag.TELEPORT, Flag.INACCURATE]
)
def test_what_may_not_move_the_marker_does_not_count(flag: Flag) -> None:
    assert not counts(flag)
    assert not counts(flag | Flag.SPEED_UNIT_ASSUMED)


@pytest.mark.parametrize("flag", [Flag(0), Flag.FUTURE, Flag.SPEED_UNIT_ASSUMED])
def test_what_moves_the_marker_counts(flag: Flag) -> None:
    assert counts(flag)


def test_a_drive_is_as_long_as_its_steps() -> None:
    odometer = begun()
    steps = [odometer.add(north(60 * n), START.lng, 5 * n * SECOND, 8.0) for n in range(1, 101)]
    assert sum(steps) == pytest.approx(6_000, rel=0.001)


def test_a_phone_that_lies_still_travels_nowhere_however_long() -> None:
    odometer = begun()
    for n in range(1, 2_000):
        wobble = north(4 if n % 2 else -4)
        assert odometer.add(wobble, START.lng, 5 * n * SECOND, None) == 0


def test_a_vague_fix_has_to_be_further_away() -> None:
    odometer = begun()
    assert odometer.add(north(40), START.lng, 5 * SECOND, 60.0) == 0
    assert odometer.add(north(40), START.lng, 10 * SECOND, 12.0) == pytest.approx(40, rel=0.01)


def test_a_slow_walk_counts_once_it_is_far_enough() -> None:
    odometer = begun()
    steps = [odometer.add(north(3.0 * n), START.lng, 5 * n * SECOND, 5.0) for n in range(1, 41)]
    assert sum(steps) == pytest.approx(120, abs=STILL + 3)


def test_what_happened_in_a_long_silence_is_not_guessed() -> None:
    odometer = begun()
    assert odometer.add(north(9_000), START.lng, GAP + 1, None) == 0
    assert odometer.add(north(9_050), START.lng, GAP + MINUTE, None) == pytest.approx(50, rel=0.01)


def test_a_tunnel_is_bridged_and_a_rest_with_fixes_is_no_silence() -> None:
    odometer = begun()
    assert odometer.add(north(2_000), START.lng, GAP, None) == pytest.approx(2_000, rel=0.01)
    for minute in range(16, 90):
        assert odometer.add(north(2_001), START.lng, minute * MINUTE, None) == 0
    assert odometer.add(north(2_060), START.lng, 91 * MINUTE, None) == pytest.approx(60, rel=0.01)


@given(st.lists(st.tuples(nearby, st.integers(1, 60)), max_size=30))
def test_it_is_never_longer_than_the_straight_steps_and_never_negative(
    fixes: list[tuple[Place, int]],
) -> None:
    odometer, at, before = begun(), 0, START
    added = straight = 0.0
    for place, seconds in fixes:
        at += seconds * SECOND
        metres = odometer.add(place.lat, place.lng, at, None)
        assert metres >= 0
        added += metres
        straight += distance(before, place)
        before = place
    assert added <= straight * 1.002 + 0.001
