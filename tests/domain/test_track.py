"""Gaps, stops and the way driven, as a track says them of itself."""

from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.geo import near_distance
from app.domain.position import Flag
from app.domain.times import MINUTE, SECOND
from app.domain.track import GAP, LEFT_OUT, STOP_REACH, STOP_TIME, Track, TrackFix, belongs, is_gap

LAT, LNG = 48.0, 11.0
METRE = 1 / 111_195
"""Degrees of latitude."""
METRE_EAST = METRE / cos(radians(LAT))


def fix(seconds: float, north: float = 0, east: float = 0) -> TrackFix:
    """A fix so many metres from a place, so many seconds after a time."""
    return TrackFix(round(seconds * SECOND), LAT + north * METRE, LNG + east * METRE_EAST)


def read(*fixes: TrackFix) -> Track:
    """What these say."""
    track = Track()
    for one in fixes:
        track.add(one)
    track.finish()
    return track


def drive(begin: int, seconds: int, north: float, speed: float = 10) -> list[TrackFix]:
    """A fix a second, northwards from so many metres."""
    return [fix(begin + n, north + n * speed) for n in range(seconds)]


def stand(begin: int, seconds: int, north: float, jitter: float = 4) -> list[TrackFix]:
    """A fix a second at one place, as a phone sees it."""
    return [fix(begin + n, north + jitter * (n % 3 - 1), jitter * (n % 2)) for n in range(seconds)]


def test_nothing_says_nothing() -> None:
    track = read()
    assert (track.count, track.gaps, track.stops, track.metres) == (0, [], [], 0.0)


def test_the_way_is_as_long_as_it_was_driven() -> None:
    track = read(*drive(0, 101, 0))
    assert track.metres == pytest.approx(1_000, rel=1e-3)
    assert (track.count, track.gaps, track.stops) == (101, [], [])


def test_a_minute_without_a_fix_is_no_gap_and_more_is_one() -> None:
    assert not is_gap(0, GAP)
    assert is_gap(0, GAP + 1)
    track = read(fix(0), fix(60, 600), fix(121, 1_300), fix(122, 1_310))
    assert track.gaps == [2]
    assert track.metres == pytest.approx(610, rel=1e-3)


def test_two_minutes_at_a_place_are_a_stop_and_less_is_none() -> None:
    for seconds, stops in ((120, 0), (121, 1)):
        track = read(*drive(0, 60, 0), *stand(60, seconds, 800), *drive(60 + seconds, 60, 1_000))
        assert len(track.stops) == stops, seconds
    (stop,) = track.stops
    assert (stop.begin, stop.end) == (60 * SECOND, 180 * SECOND)
    assert near_distance(fix(0, 800), stop) < 4


def test_who_stands_drives_no_way_however_much_his_phone_trembles() -> None:
    track = read(*stand(0, 600, 0, jitter=8))
    assert len(track.stops) == 1
    assert track.metres == pytest.approx(0, abs=1e-6)


def test_a_stop_at_the_end_is_one_too() -> None:
    track = read(*drive(0, 60, 0), *stand(60, 300, 700))
    assert [stop.end for stop in track.stops] == [359 * SECOND]


def test_a_phone_that_sleeps_while_it_stands_has_a_stop_and_a_gap() -> None:
    track = read(*drive(0, 30, 0), fix(30, 300), fix(900, 305), *drive(901, 30, 400))
    assert track.gaps == [31]
    assert [(stop.begin, stop.end) for stop in track.stops] == [(26 * SECOND, 900 * SECOND)]


def test_coming_to_a_place_slowly_hides_no_stop() -> None:
    coming = [fix(n, n * 0.9) for n in range(100)]
    track = read(*coming, *stand(100, 200, 90), *drive(300, 60, 200))
    (stop,) = track.stops
    assert stop.begin < 100 * SECOND
    assert near_distance(fix(0, 90), stop) < STOP_REACH


def test_a_stop_across_the_date_line_lies_there() -> None:
    track = Track()
    for n in range(200):
        track.add(TrackFix(n * SECOND, 0.0, 179.9999 if n % 2 else -179.9999))
    track.finish()
    (stop,) = track.stops
    assert abs(abs(stop.lng) - 180) < 0.001


steps = st.tuples(st.integers(0, 100), st.floats(-40, 40), st.floats(-40, 40))


def walked(moves: list[tuple[int, float, float]]) -> list[TrackFix]:
    """Fixes after so many seconds and metres each."""
    fixes, seconds, north, east = [fix(0)], 0, 0.0, 0.0
    for pause, northward, eastward in moves:
        seconds, north, east = seconds + pause, north + northward, east + eastward
        fixes.append(fix(seconds, north, east))
    return fixes


@given(st.lists(steps, max_size=60))
def test_stops_are_long_in_order_and_in_reach_and_the_way_is_never_negative(
    moves: list[tuple[int, float, float]],
) -> None:
    fixes = walked(moves)
    track = read(*fixes)
    assert track.count == len(fixes)
    assert track.metres >= -1e-6
    ends = [0] + [stop.end for stop in track.stops]
    for stop, before in zip(track.stops, ends, strict=False):
        assert stop.begin >= before
        assert stop.end - stop.begin >= STOP_TIME
    for i in range(1, len(fixes)):
        assert (i in track.gaps) == (fixes[i].at - fixes[i - 1].at > MINUTE)


@given(st.lists(steps, max_size=40), st.lists(st.tuples(st.floats(-17, 17), st.floats(-17, 17))))
def test_no_long_time_at_one_place_is_missed(
    moves: list[tuple[int, float, float]], places: list[tuple[float, float]]
) -> None:
    before = walked(moves)
    begin = before[-1].at / SECOND + 10
    here = [fix(begin + 10 * n, 5_000 + y, x) for n, (y, x) in enumerate([*places, *[(0, 0)] * 13])]
    track = read(*before, *here)
    assert any(stop.begin <= here[-13].at and stop.end >= here[-1].at for stop in track.stops)


def test_a_fix_that_is_wrong_or_says_nothing_new_is_left_out_and_a_late_one_is_not() -> None:
    for flag in Flag:
        assert belongs(flag) == (flag not in LEFT_OUT), flag
    assert belongs(0)
    assert belongs(Flag.LATE | Flag.SPEED_UNIT_ASSUMED)
    assert not belongs(Flag.LATE | Flag.INACCURATE)
