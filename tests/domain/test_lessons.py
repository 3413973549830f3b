"""What delivered orders teach about arrivals."""

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.eta import DEFAULT, PARTS, STAGES, Rest
from app.domain.geo import Place
from app.domain.lessons import (
    BINS,
    LEAST_HIGH,
    LEAST_LOW,
    MOST,
    MOST_HIGH,
    MOST_LOW,
    PAIRS,
    Lesson,
    Sample,
    add,
    believed,
    calibrations,
    learn,
    nothing,
    remember,
    samples,
)
from app.domain.times import MINUTE, SECOND

START = Place(48.1, 11.5)
NOW = 1_795_426_200 * SECOND


def north(metres: float) -> Place:
    return Place(START.lat + metres / 111_195, START.lng)


def way(detour: float, dwell: float, minutes: int = 15) -> list[Sample]:
    """Samples of a way on which just this detour and dwell are right."""
    found = []
    for passed in range(0, minutes * 60, 30):
        driving = minutes * 60 - passed
        seconds = driving * detour + dwell
        found.append(Sample(NOW + passed * SECOND, Rest(driving, 1.0, 0.0), seconds))
    return found


def many(lesson: Lesson, count: int) -> Lesson:
    """The same order so often."""
    return add(nothing(), lesson, count)


def test_before_anything_is_learned_the_defaults_hold() -> None:
    known = calibrations({})
    assert len(known) == 24
    for one in known:
        assert one.detour == pytest.approx(DEFAULT.detour, rel=0.1)
        assert one.dwell == pytest.approx(DEFAULT.dwell, rel=0.1)
        assert one.low == pytest.approx(DEFAULT.low, rel=0.05)
        assert one.high == pytest.approx(DEFAULT.high, rel=0.05)


def test_nothing_is_learned_of_no_samples() -> None:
    assert learn([], DEFAULT) == nothing()


@pytest.mark.parametrize(("detour", "dwell"), [(1.4, 60.0), (0.8, 300.0)])
def test_business_with_other_ways_is_known_after_some_orders(detour: float, dwell: float) -> None:
    lesson = many(learn(way(detour, dwell), DEFAULT), 200)
    known = calibrations({12: lesson})[12]
    assert known.detour == pytest.approx(detour, rel=0.1)
    assert known.dwell == pytest.approx(dwell, rel=0.25)


def test_few_orders_move_the_defaults_a_little() -> None:
    lesson = learn(way(1.8, 30.0), DEFAULT)
    one, ten = (calibrations({12: many(lesson, count)})[12].detour for count in (1, 10))
    assert DEFAULT.detour < one < ten < 1.8


def test_hours_are_told_apart_and_others_learn_from_them_too() -> None:
    slow, quick = (learn(way(detour, 120.0), DEFAULT) for detour in (1.6, 0.8))
    known = calibrations({8: many(slow, 100), 20: many(quick, 100)})
    assert known[20].detour < known[3].detour < known[8].detour
    assert known[3] == known[4]


def test_arrivals_that_are_always_foretold_well_make_the_window_narrow() -> None:
    right = learn(way(DEFAULT.detour, DEFAULT.dwell, minutes=30), DEFAULT)
    known = calibrations({12: many(right, 300)})[12]
    assert known.low[1] == pytest.approx(MOST_LOW, abs=0.1)
    assert known.high[1] == pytest.approx(1.2, abs=0.15)


@given(
    st.lists(
        st.tuples(st.floats(0, 7200), st.floats(0.5, 1.9), st.floats(0, 7200), st.floats(1, 9000)),
        min_size=1,
        max_size=20,
    )
)
def test_one_order_counts_once_and_what_is_known_stays_within_bounds(
    rows: list[tuple[float, float, float, float]],
) -> None:
    ways = [
        Sample(NOW + place * MINUTE, Rest(driving, turn, least), seconds)
        for place, (driving, turn, least, seconds) in enumerate(rows)
    ]
    lesson = learn(ways, DEFAULT)
    assert lesson.orders == 1
    assert sum(map(sum, lesson.factors)) == pytest.approx(1)
    assert all(loss >= 0 for loss in lesson.losses)
    known = calibrations({5: many(lesson, 50)})[5]
    assert PAIRS[0][0] - 1e-9 <= known.detour <= PAIRS[-1][0] + 1e-9
    assert all(LEAST_LOW <= low <= MOST_LOW for low in known.low)
    assert all(LEAST_HIGH <= high <= MOST_HIGH for high in known.high)


def test_remembering_stays_small_and_follows_what_changed() -> None:
    lesson = many(learn(way(1.6, 240.0), DEFAULT), int(MOST))
    fresh = learn(way(0.8, 60.0), DEFAULT)
    for _ in range(int(MOST) * 3):
        lesson = remember(lesson, fresh)
    assert lesson.orders == pytest.approx(MOST)
    assert len(lesson.losses) == len(PAIRS)
    assert [len(counts) for counts in lesson.factors] == [BINS] * len(PARTS) * len(STAGES)
    assert calibrations({12: lesson})[12].detour == pytest.approx(0.8, rel=0.1)


def test_what_was_believed_before_can_be_another() -> None:
    prior = believed(DEFAULT)
    assert calibrations({}, prior) == calibrations({})
    assert min(prior.losses) == 0


def test_samples_know_nothing_of_what_comes_later() -> None:
    trail = [(north(10 * passed), NOW + passed * SECOND) for passed in range(0, 601, 5)]
    door, arrived = trail[-1]
    found = samples(trail, door, arrived, NOW + 60 * SECOND, 60 * SECOND)
    assert [one.seconds for one in found] == [540 - 60 * place for place in range(9)]
    cut = samples(
        [fix for fix in trail if fix[1] <= found[4].at], door, arrived, found[0].at, MINUTE
    )
    assert cut[:5] == found[:5]


def test_samples_go_on_while_nothing_is_heard_and_begin_with_the_first_fix() -> None:
    trail = [(START, NOW + 90 * SECOND)]
    found = samples(trail, north(500), NOW + 5 * MINUTE, NOW, MINUTE)
    assert [one.at for one in found] == [NOW + minute * MINUTE for minute in (2, 3, 4)]
    assert len({one.left for one in found}) == 1


def test_turn_and_stay_are_part_of_what_is_compared() -> None:
    turned = [Sample(NOW, Rest(600.0, exp(0.5), 0.0), 600 * 1.1 + exp(0.5) * 90)]
    lesson = learn(turned, DEFAULT)
    assert PAIRS[lesson.losses.index(min(lesson.losses))] == (1.1, 90.0)
    stayed = learn([Sample(NOW, Rest(60.0, 1.0, 3_600.0), 3_600.0)], DEFAULT)
    assert stayed.losses == [0.0] * len(PAIRS)
