"""The rest of a way, and the arrival window."""

from itertools import accumulate, chain
from math import exp, inf, isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.eta import (
    AROUND,
    CALM,
    COARSE,
    DEFAULT,
    FINE,
    LONGEST_REST,
    PARTS,
    SLOWEST,
    STAGES,
    START_SPEED,
    STAYS_ON,
    TURN,
    Calibration,
    Outlook,
    Pace,
    Straight,
    bounds,
    estimate,
    rest,
    settle,
    update_pace,
    window,
)
from app.domain.geo import Place
from app.domain.lessons import LEAST_HIGH, LEAST_LOW, MOST_HIGH, MOST_LOW, weights
from app.domain.position import PLAUSIBLE_SPEED
from app.domain.times import HOUR, MINUTE, SECOND
from tests.domain.strategies import nearby

START = Place(48.1, 11.5)
NOW = 1_795_426_200 * SECOND


def factors(least: float, most: float) -> st.SearchStrategy[tuple[float, ...]]:
    """A window's factors, each at least half of that of the stage before: then a longer estimate
    has a later window."""
    rows = st.lists(st.floats(least, most), min_size=len(STAGES), max_size=len(STAGES)).map(
        lambda row: list(accumulate(row, lambda before, factor: max(factor, before / 2)))
    )
    return st.tuples(*[rows] * len(PARTS)).map(lambda parts: tuple(chain(*parts)))


calibrations = st.builds(
    Calibration,
    st.floats(0.6, 1.8),
    st.floats(30, 420),
    factors(LEAST_LOW, MOST_LOW),
    factors(LEAST_HIGH, MOST_HIGH),
)
rests = st.floats(0, LONGEST_REST)


def north(metres: float) -> Place:
    return Place(START.lat + metres / 111_195, START.lng)


def driven(metres_a_second: float, seconds: int) -> Pace:
    """The pace after driving north at one speed with a fix every five seconds."""
    pace = Pace()
    for passed in range(0, seconds + 1, 5):
        pace = update_pace(pace, north(metres_a_second * passed), NOW + passed * SECOND)
    return pace


def left(pace: Pace, destination: Place) -> float:
    """Seconds by the defaults."""
    seconds = Straight().rest(pace, destination)
    assert seconds is not None
    return seconds


def test_without_a_fix_there_is_no_estimate() -> None:
    assert rest(Pace(), START) is None
    assert Straight().rest(Pace(), START) is None


def test_first_fix_says_where_and_not_how_fast() -> None:
    pace = update_pace(Pace(), START, NOW)
    assert pace == Pace(START_SPEED, START, NOW, since=NOW)


def test_pace_follows_the_recent_speed() -> None:
    assert driven(12, 60).speed == pytest.approx(START_SPEED + 0.28 * (12 - START_SPEED), rel=0.02)
    assert driven(12, 1800).speed == pytest.approx(12, rel=0.01)
    assert driven(12, 1800).north == pytest.approx(12, rel=0.01)
    assert driven(12, 1800).east == pytest.approx(0)


def test_fix_of_the_same_time_moves_the_place_and_not_the_speed() -> None:
    before = driven(9, 600)
    pace = update_pace(before, north(50), before.at)
    assert (pace.place, pace.speed, pace.at) == (north(50), before.speed, before.at)


def test_fix_of_less_than_a_second_later_says_nothing_new() -> None:
    before = driven(9, 600)
    assert update_pace(before, north(50), before.at + SECOND - 1) is before


def test_jump_that_no_vehicle_makes_is_no_speed() -> None:
    before = driven(9, 600)
    pace = update_pace(before, north(20_000), before.at + 5 * SECOND)
    assert (pace.speed, pace.north) == (before.speed, before.north)
    assert (pace.place, pace.off_north, pace.since) == (north(20_000), 0, pace.at)


def test_rest_is_the_way_over_the_speed_and_the_time_at_the_door() -> None:
    pace = Pace(10.0, START, NOW, since=NOW)
    found = rest(pace, north(6_000))
    assert found is not None
    known = Calibration(1.2, 90.0)
    assert estimate(found, known) == pytest.approx(6_000 / 10 * 1.2 + 90, rel=0.001)


def test_who_drives_towards_the_door_is_there_sooner_than_who_drives_away() -> None:
    pace = driven(12, 1800)
    ahead, behind = north(12 * 1800 + 5_000), north(12 * 1800 - 5_000)
    ratio = left(pace, behind) / left(pace, ahead)
    assert ratio == pytest.approx(exp(2 * TURN * 12 / 13), rel=0.01)


def test_standing_driver_is_taken_as_slow_not_as_never_coming() -> None:
    stood = driven(0, 600)
    assert stood.speed < 0.3
    assert left(stood, north(1_000)) < 1_000 / SLOWEST + 300


def test_who_has_stayed_long_stays_on() -> None:
    stood = driven(0, 7200)
    assert left(stood, START) == STAYS_ON * 7200
    left_again = stood
    for passed in range(5, 120, 5):
        left_again = update_pace(left_again, north(8 * passed), stood.at + passed * SECOND)
    assert left_again.since > stood.at
    assert left(left_again, north(3_000)) < 1_200


def test_walking_about_one_place_is_a_stay() -> None:
    pace = Pace()
    for passed in range(0, 3600, 10):
        pace = update_pace(pace, north(passed % (AROUND - 10)), NOW + passed * SECOND)
    assert pace.since == NOW


@given(st.lists(st.tuples(nearby, st.integers(-10, 3600)), max_size=20), nearby)
def test_pace_stays_within_what_vehicles_do_and_windows_lie_ahead(
    steps: list[tuple[Place, int]], destination: Place
) -> None:
    pace, now = Pace(), NOW
    outlook = None
    for place, seconds in steps:
        now += seconds * SECOND
        pace = update_pace(pace, place, now)
        assert 0 <= pace.speed <= PLAUSIBLE_SPEED
        assert pace.east**2 + pace.north**2 <= PLAUSIBLE_SPEED**2
        assert pace.place == place
        assert pace.since <= pace.at
        expected = left(pace, destination)
        assert isfinite(expected) and expected > 0
        outlook = settle(outlook, expected, pace.at)
        found = window(outlook, DEFAULT)
        assert (found is None) == (outlook.seconds > LONGEST_REST)
        if found is not None:
            assert pace.at - 2 * COARSE < found.begin < found.end < pace.at + 14 * HOUR
            assert found.end > pace.at
    assert (rest(pace, destination) is None) == (not steps)


@given(
    st.floats(0, PLAUSIBLE_SPEED),
    st.floats(-PLAUSIBLE_SPEED, PLAUSIBLE_SPEED),
    st.integers(0, 7200),
    st.floats(1, 50_000),
    st.floats(1, 50_000),
    calibrations,
)
def test_further_on_is_never_sooner(
    speed: float, course: float, stayed: int, one: float, other: float, known: Calibration
) -> None:
    pace = Pace(speed, START, NOW, 0.0, course, since=NOW - stayed * SECOND)
    near, far = (rest(pace, north(metres)) for metres in sorted((one, other)))
    assert near is not None and far is not None
    assert 0 < estimate(near, known) <= estimate(far, known) * (1 + 1e-9) < inf


@given(rests, st.integers(0, 3 * HOUR), rests)
def test_expectation_moves_no_further_than_to_the_estimate_and_not_at_once(
    before: float, passed: int, fresh: float
) -> None:
    outlook = settle(Outlook(before, NOW), fresh, NOW + passed)
    was = max(0.0, before - passed / SECOND)
    assert min(was, fresh) - 1e-6 <= outlook.seconds <= max(was, fresh) + 1e-6
    assert outlook.seconds - was <= passed / SECOND / CALM * max(0.0, fresh - was) + 1e-6
    assert outlook.at == NOW + passed


def test_blip_hardly_moves_the_expectation() -> None:
    calm = Outlook(600.0, NOW)
    blip = settle(calm, 3_600.0, NOW + SECOND)
    assert blip.seconds < 600 + 70
    for passed in range(2, 120):
        blip = settle(blip, 600.0 - passed, NOW + passed * SECOND)
    assert blip.seconds == pytest.approx(600 - 119, abs=10)


def test_expectation_never_goes_back_in_time() -> None:
    assert settle(Outlook(600.0, NOW), 900.0, NOW - MINUTE) == Outlook(600.0, NOW)


@given(rests, rests, calibrations)
def test_bounds_hold_the_estimate_and_are_later_for_a_later_one(
    one: float, other: float, known: Calibration
) -> None:
    sooner, later = sorted((one, other))
    low, high = bounds(Outlook(sooner, NOW), known)
    assert 0 < low < max(sooner, 20.0) < high
    low_later, high_later = bounds(Outlook(later, NOW), known)
    assert low_later >= low - 1e-9
    assert high_later >= high - 1e-9


@given(rests, st.integers(0, COARSE), calibrations)
def test_window_is_rounded_and_as_wide_as_the_doubt(
    seconds: float, after: int, known: Calibration
) -> None:
    outlook = Outlook(seconds, NOW + after)
    found = window(outlook, known)
    low, high = bounds(outlook, known)
    assert found is not None
    doubt = (high - low) * SECOND
    step = COARSE if doubt >= 2 * COARSE + SECOND else FINE
    assert found.begin % step == found.end % step == 0
    assert found.end > outlook.at
    assert abs((found.end - found.begin) - doubt) <= COARSE + 2 * SECOND
    assert found.end - found.begin >= FINE


@given(rests, st.integers(0, 6 * HOUR), calibrations)
def test_window_goes_over_from_the_begin_of_the_way_to_its_end(
    seconds: float, passed: int, known: Calibration
) -> None:
    begun = weights(Outlook(seconds, NOW, NOW))
    over = weights(Outlook(seconds, NOW + 1_000 * HOUR, NOW))
    now = weights(Outlook(seconds, NOW + passed, NOW))
    for found in (begun, over, now):
        assert sum(weight for _, weight in found) == pytest.approx(1)
        assert all(0 <= weight <= 1 for _, weight in found)
    assert all(weight == 0 for place, weight in begun if place >= len(STAGES))
    assert all(weight == 0 for place, weight in over if place < len(STAGES))
    ends = [
        bounds(Outlook(seconds, NOW, NOW), known),
        bounds(Outlook(seconds, NOW + 1_000 * HOUR, NOW), known),
    ]
    between = bounds(Outlook(seconds, NOW + passed, NOW), known)
    for one, (first, last) in zip(between, zip(*ends, strict=True), strict=True):
        assert min(first, last) - 1e-6 <= one <= max(first, last) + 1e-6


def test_far_away_is_no_window_rather_than_a_silly_one() -> None:
    assert window(Outlook(LONGEST_REST, NOW), DEFAULT) is not None
    assert window(Outlook(LONGEST_REST + 1, NOW), DEFAULT) is None


def test_near_the_door_the_window_is_a_few_minutes() -> None:
    pace = Pace(5.0, START, NOW, since=NOW)
    found = window(Outlook(left(pace, north(100)), NOW), DEFAULT)
    assert found is not None
    assert found.begin <= NOW + 2 * MINUTE
    assert found.end - found.begin <= 10 * MINUTE
