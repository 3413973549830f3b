"""The arrival window."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.eta import FURTHEST, SLOWEST, START_SPEED, STEP, Pace, arrival, update_pace
from app.domain.geo import Place, distance
from app.domain.position import PLAUSIBLE_SPEED
from app.domain.times import HOUR, MINUTE, SECOND
from tests.domain.strategies import nearby

START = Place(48.1, 11.5)
NOW = 1_795_426_200 * SECOND


def north(metres: float) -> Place:
    return Place(START.lat + metres / 111_195, START.lng)


def driven(metres_a_second: float, seconds: int) -> Pace:
    """The pace after driving north at one speed with a fix every five seconds."""
    pace = Pace()
    for passed in range(0, seconds + 1, 5):
        pace = update_pace(pace, north(metres_a_second * passed), NOW + passed * SECOND)
    return pace


def test_without_a_fix_there_is_no_window() -> None:
    assert arrival(Pace(), START) is None


def test_first_fix_says_where_and_not_how_fast() -> None:
    assert update_pace(Pace(), START, NOW) == Pace(START_SPEED, START, NOW)


def test_pace_follows_the_recent_speed() -> None:
    assert driven(12, 60).speed == pytest.approx(START_SPEED + 0.28 * (12 - START_SPEED), rel=0.02)
    assert driven(12, 1800).speed == pytest.approx(12, rel=0.01)


def test_fix_of_the_same_time_moves_the_place_and_not_the_speed() -> None:
    pace = update_pace(Pace(9.0, START, NOW), north(50), NOW)
    assert pace == Pace(9.0, north(50), NOW)


def test_jump_that_no_vehicle_makes_is_no_speed() -> None:
    pace = update_pace(Pace(9.0, START, NOW), north(20_000), NOW + 5 * SECOND)
    assert pace == Pace(9.0, north(20_000), NOW + 5 * SECOND)


def test_window_is_whole_five_minutes_around_the_estimate() -> None:
    window = arrival(Pace(10.0, START, NOW), north(6_000))
    assert window is not None
    estimate = NOW + round(6_000 * 1.3 / 10 + 60) * SECOND
    assert window.begin <= estimate <= window.end
    assert window.begin % STEP == window.end % STEP == 0
    assert window.end - window.begin <= 15 * MINUTE


def test_window_at_the_door_is_the_next_minutes() -> None:
    window = arrival(Pace(10.0, START, NOW), START)
    assert window is not None
    assert window.begin == NOW - NOW % STEP
    assert window.end - window.begin == STEP


def test_standing_driver_is_taken_as_slow_not_as_never_coming() -> None:
    stood = driven(0, 3600)
    assert stood.speed < 0.01
    window = arrival(stood, north(1_000))
    assert window is not None
    assert window.end <= stood.at + round(1_300 / SLOWEST + 60) * 2 * SECOND


def test_too_far_away_is_no_window_rather_than_a_silly_one() -> None:
    pace = Pace(10.0, START, NOW)
    assert arrival(pace, north(FURTHEST / 1.3 - 100)) is not None
    assert arrival(pace, north(FURTHEST / 1.3 + 100)) is None


@given(st.lists(st.tuples(nearby, st.integers(-10, 3600)), max_size=20), nearby)
def test_pace_stays_within_what_vehicles_do_and_windows_lie_ahead(
    steps: list[tuple[Place, int]], destination: Place
) -> None:
    pace, now = Pace(), NOW
    for place, seconds in steps:
        now += seconds * SECOND
        pace = update_pace(pace, place, now)
        assert 0 <= pace.speed <= PLAUSIBLE_SPEED
        assert pace.place == place
    window = arrival(pace, destination)
    assert (window is None) == (not steps)
    if window is not None:
        assert pace.at - STEP < window.begin < window.end
        assert window.end > pace.at
        slow = distance(pace.place or START, destination) * 1.3 / SLOWEST
        assert window.end - pace.at <= (slow + 60) * 1.35 * SECOND + 2 * STEP < 10 * HOUR
