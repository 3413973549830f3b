"""A long way becomes short, keeps its shape, and hides no gap."""

from math import cos, hypot, pi, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.thin import CLOSE, ThinWay
from app.domain.track import TrackFix

DEGREE = 111_195
SECOND = 1_000_000


def thinned(fixes: list[TrackFix], most: int = 2_000) -> ThinWay:
    """All of them, given one by one."""
    way = ThinWay(most)
    for fix in fixes:
        way.add(fix)
    way.finish()
    return way


def off(fix: TrackFix, begin: TrackFix, end: TrackFix) -> float:
    """Metres from a fix to the line between two others."""
    east = DEGREE * cos(radians(begin.lat))

    def flat(of: TrackFix) -> tuple[float, float]:
        return (of.lng - begin.lng) * east, (of.lat - begin.lat) * DEGREE

    (x, y), (to_x, to_y) = flat(fix), flat(end)
    length = to_x * to_x + to_y * to_y
    share = 0.0 if length == 0 else max(0.0, min(1.0, (x * to_x + y * to_y) / length))
    return hypot(x - share * to_x, y - share * to_y)


def farthest(fixes: list[TrackFix], way: ThinWay) -> float:
    """Metres from the line through what is kept to that fix which lies farthest from it."""
    most, at = 0.0, 0
    for fix in fixes:
        while fix.at > way.points[at + 1].at:
            at += 1
        most = max(most, off(fix, way.points[at], way.points[at + 1]))
    return most


def test_a_straight_way_is_its_ends_and_a_turn_is_kept() -> None:
    north = [TrackFix(n * SECOND, 48 + n / 10_000, 11.5) for n in range(50)]
    east = [TrackFix((50 + n) * SECOND, 48.0049, 11.5 + n / 10_000) for n in range(1, 50)]
    assert thinned(north).points == [north[0], north[-1]]
    way = thinned(north + east)
    assert way.points == [north[0], north[-1], east[-1]]
    assert way.within == CLOSE


def test_who_comes_back_the_same_way_was_at_its_end() -> None:
    out = [TrackFix(n * SECOND, 48 + n / 10_000, 11.5) for n in range(50)]
    back = [TrackFix((50 + n) * SECOND, 48.0049 - n / 10_000, 11.5) for n in range(1, 50)]
    assert farthest(out + back, thinned(out + back)) <= 2 * CLOSE


def test_both_sides_of_a_gap_are_kept() -> None:
    before = [TrackFix(n * SECOND, 48 + n / 10_000, 11.5) for n in range(20)]
    after = [TrackFix((200 + n) * SECOND, 48.01 + n / 10_000, 11.5) for n in range(20)]
    way = thinned(before + after)
    assert way.points == [before[0], before[-1], after[0], after[-1]]
    assert way.gaps == [2]


def test_a_day_of_every_second_is_a_few_thousand_points_near_the_way() -> None:
    fixes = [
        TrackFix(n * SECOND, 48 + sin(n / 40) / 50 + n / 5e6, 11.5 + cos(n / 61) / 40)
        for n in range(30_000)
    ]
    way = thinned(fixes, 1_000)
    assert len(way.points) <= 1_000
    assert (way.points[0], way.points[-1]) == (fixes[0], fixes[-1])
    assert way.within > CLOSE
    assert farthest(fixes, way) <= 2 * way.within


def test_a_way_of_gaps_alone_is_kept_whole() -> None:
    fixes = [TrackFix(n * 120 * SECOND, 48 + n / 1_000, 11.5) for n in range(100)]
    way = thinned(fixes, 10)
    assert way.points == fixes
    assert way.gaps == list(range(1, 100))


@given(st.lists(st.tuples(st.floats(0, 2 * pi), st.floats(0, 60)), min_size=2, max_size=80))
def test_what_is_left_out_lies_near_what_is_drawn(moves: list[tuple[float, float]]) -> None:
    lat, lng, fixes = 48.0, 11.5, [TrackFix(0, 48.0, 11.5)]
    for number, (direction, way) in enumerate(moves, 1):
        lat += way * sin(direction) / DEGREE
        lng += way * cos(direction) / (DEGREE * cos(radians(48)))
        fixes.append(TrackFix(number * SECOND, lat, lng))
    made = thinned(fixes)
    assert farthest(fixes, made) <= 2 * CLOSE + 0.1


@pytest.mark.parametrize("count", [0, 1])
def test_of_nothing_and_of_one_fix_there_is_just_that(count: int) -> None:
    fixes = [TrackFix(0, 48, 11.5)][:count]
    assert thinned(fixes).points == fixes
