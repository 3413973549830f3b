"""The verdict on a new fix."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.geo import Place, distance
from app.domain.position import (
    FLAG_WORDS,
    KEEPS_MARKER,
    Fix,
    Flag,
    Spot,
    Trail,
    flag_names,
    live_time,
    plausible,
)
from app.domain.times import HOUR, MINUTE, SECOND
from tests.domain.strategies import nearby

NOW = 1_795_426_200 * SECOND
HERE = Place(48.1, 11.5)
NONE = Flag(0)


def north(metres: float) -> Place:
    return Place(HERE.lat + metres / 111_195, HERE.lng)


class Phone:
    """Judges the fixes of one driver one after the other."""

    def __init__(self) -> None:
        self.trail = Trail()

    def sends(
        self, place: Place, seconds: float, *, accuracy: float | None = None, known: int = NONE
    ) -> int:
        at = NOW + round(seconds * SECOND)
        return self.trail.judge(*place, at, accuracy, known)

    @property
    def marker(self) -> Place | None:
        newest = self.trail.newest
        return None if newest is None else Place(newest.lat, newest.lng)


def test_first_fix_moves_the_marker() -> None:
    phone = Phone()
    assert phone.sends(HERE, 0) == NONE
    assert phone.marker == HERE


def test_standing_still_is_no_error() -> None:
    phone = Phone()
    assert {phone.sends(HERE, 5 * step) for step in range(100)} == {NONE}
    assert phone.trail.newest == Spot(*HERE, NOW + 495 * SECOND)


def test_older_fix_is_late_and_keeps_the_marker() -> None:
    phone = Phone()
    phone.sends(HERE, 10)
    assert phone.sends(north(100), 5) == Flag.LATE
    assert phone.marker == HERE


def test_age_at_arrival_alone_is_not_late() -> None:
    phone = Phone()
    buffered = [phone.sends(north(10 * step), step - 8 * 3600) for step in range(50)]
    assert set(buffered) == {NONE}


def test_late_fix_far_away_is_late_and_no_teleport() -> None:
    phone = Phone()
    phone.sends(HERE, 10)
    assert phone.sends(north(50_000), 9) == Flag.LATE


def test_late_and_inaccurate_are_both_told() -> None:
    phone = Phone()
    phone.sends(HERE, 10)
    assert phone.sends(HERE, 5, accuracy=500) == Flag.LATE | Flag.INACCURATE


@pytest.mark.parametrize("known", [Flag.REPEATED, Flag.SAME_TIME])
def test_repeated_and_same_time_never_move_the_marker(known: Flag) -> None:
    phone = Phone()
    phone.sends(HERE, 0)
    assert phone.sends(north(20), 0, known=known) == known
    assert phone.sends(north(20), 1, known=known) == known
    assert phone.trail.newest == Spot(*HERE, NOW)


@pytest.mark.parametrize("known", [Flag.REPEATED, Flag.SAME_TIME])
def test_marker_does_not_start_from_a_doubtful_fix(known: Flag) -> None:
    phone = Phone()
    assert phone.sends(HERE, 0, known=known) == known
    assert phone.trail.newest is None


def test_one_fix_for_two_orders_is_no_teleport_and_not_late() -> None:
    phone = Phone()
    assert phone.sends(HERE, 0) == NONE
    assert phone.sends(HERE, 0) == NONE


@pytest.mark.parametrize(("accuracy", "flag"), [(100, NONE), (100.1, Flag.INACCURATE), (0, NONE)])
def test_accuracy_above_100_metres_is_inaccurate(accuracy: float, flag: Flag) -> None:
    phone = Phone()
    phone.sends(HERE, 0)
    assert phone.sends(north(10), 5, accuracy=accuracy) == flag
    assert phone.marker == (HERE if flag else north(10))


def test_inaccurate_first_fix_does_not_set_the_marker() -> None:
    phone = Phone()
    assert phone.sends(HERE, 0, accuracy=3000) == Flag.INACCURATE
    assert phone.marker is None


@pytest.mark.parametrize(("metres", "flag"), [(699, NONE), (701, Flag.TELEPORT)])
def test_more_than_70_metres_a_second_is_a_teleport(metres: float, flag: Flag) -> None:
    phone = Phone()
    phone.sends(HERE, 0)
    assert phone.sends(north(metres), 10) == flag


def test_one_teleport_is_set_aside_and_the_way_goes_on() -> None:
    phone = Phone()
    phone.sends(HERE, 0)
    assert phone.sends(north(30_000), 5) == Flag.TELEPORT
    assert phone.marker == HERE
    assert phone.sends(north(50), 10) == NONE
    assert phone.marker == north(50)
    assert phone.trail.suspect is None


def test_two_mutually_plausible_fixes_start_anew_from_the_second() -> None:
    phone = Phone()
    phone.sends(HERE, 0)
    assert phone.sends(north(30_000), 5) == Flag.TELEPORT
    assert phone.sends(north(30_050), 10) == NONE
    assert phone.marker == north(30_050)
    assert phone.sends(north(30_100), 15) == NONE


def test_jumps_all_over_the_map_never_start_anew() -> None:
    phone = Phone()
    phone.sends(HERE, 0)
    for step in range(1, 20):
        assert phone.sends(north(30_000 * step), step) == Flag.TELEPORT
    assert phone.marker == HERE


def test_good_fix_between_two_far_ones_keeps_them_teleports() -> None:
    phone = Phone()
    phone.sends(HERE, 0)
    assert phone.sends(north(30_000), 5) == Flag.TELEPORT
    assert phone.sends(HERE, 10) == NONE
    assert phone.sends(north(30_000), 15) == Flag.TELEPORT


def test_inaccurate_fix_never_starts_anew() -> None:
    phone = Phone()
    phone.sends(HERE, 0)
    assert phone.sends(north(30_000), 5) == Flag.TELEPORT
    vague = phone.sends(north(30_020), 10, accuracy=400)
    assert vague == Flag.TELEPORT | Flag.INACCURATE
    assert phone.marker == HERE


def test_every_second_fix_inaccurate_does_not_freeze_the_marker_after_a_jump() -> None:
    phone = Phone()
    phone.sends(HERE, 0)
    phone.sends(north(30_000), 5)
    phone.sends(north(30_020), 10, accuracy=400)
    assert phone.sends(north(30_040), 15) == NONE
    assert phone.marker == north(30_040)


@pytest.mark.parametrize("metres", [0, -30_000])
def test_inaccurate_fix_elsewhere_speaks_against_a_jump(metres: float) -> None:
    phone = Phone()
    phone.sends(HERE, 0)
    phone.sends(north(30_000), 5)
    phone.sends(north(metres), 10, accuracy=400)
    assert phone.trail.suspect is None
    assert phone.sends(north(30_040), 15) == Flag.TELEPORT


def test_late_and_repeated_fixes_between_do_not_hide_a_restart() -> None:
    phone = Phone()
    phone.sends(HERE, 0)
    phone.sends(north(30_000), 5)
    assert phone.sends(north(10), -5) == Flag.LATE
    assert phone.sends(north(30_000), 5, known=Flag.REPEATED) == Flag.REPEATED
    assert phone.sends(north(30_050), 10) == NONE


def test_fix_without_a_time_counts_at_its_arrival() -> None:
    assert live_time(None, NOW) == (NOW, NONE)


@pytest.mark.parametrize("ahead", [-8 * HOUR, 0, 60 * SECOND])
def test_fix_up_to_a_minute_ahead_counts_at_its_own_time(ahead: int) -> None:
    assert live_time(NOW + ahead, NOW) == (NOW + ahead, NONE)


def test_fix_more_than_a_minute_ahead_is_future_and_counts_at_its_arrival() -> None:
    assert live_time(NOW + MINUTE + 1, NOW) == (NOW, Flag.FUTURE)


def test_wrong_clock_does_not_freeze_the_marker() -> None:
    phone = Phone()
    for step in range(5):
        at, flag = live_time(NOW + 3 * HOUR + 5 * step * SECOND, NOW + 5 * step * SECOND)
        assert phone.sends(north(40 * step), (at - NOW) / SECOND, known=flag) == Flag.FUTURE
        assert phone.marker == north(40 * step)
    at, flag = live_time(NOW + 25 * SECOND, NOW + 25 * SECOND)
    assert phone.sends(north(200), (at - NOW) / SECOND, known=flag) == NONE
    assert phone.marker == north(200)


def test_equal_times_say_nothing_about_speed() -> None:
    assert plausible(Spot(*HERE, NOW), Spot(*north(50_000), NOW))


def test_a_step_within_the_noise_of_a_phone_is_no_teleport_however_short_the_time() -> None:
    phone = Phone()
    phone.sends(HERE, 0)
    assert phone.sends(north(4.9), 0.001) == NONE
    assert phone.sends(north(4.9 + 5.2), 0.002) == Flag.TELEPORT


def test_going_back_in_time_is_judged_by_speed_too() -> None:
    assert plausible(Spot(*HERE, NOW), Spot(*north(50), NOW - 5 * SECOND))
    assert not plausible(Spot(*HERE, NOW), Spot(*north(50_000), NOW - 5 * SECOND))


def test_flags_have_their_wire_names_in_the_order_of_their_values() -> None:
    names = ["late", "repeated", "same_time", "future", "teleport", "inaccurate"]
    assert flag_names(~NONE) == [*names, "speed_unit_assumed"]
    assert flag_names(Flag.INACCURATE | Flag.LATE) == ["late", "inaccurate"]
    assert flag_names(NONE) == []


def test_every_flag_is_put_into_words() -> None:
    assert set(FLAG_WORDS) == set(Flag)


def test_future_and_an_assumed_unit_do_move_the_marker() -> None:
    assert ~KEEPS_MARKER == Flag.FUTURE | Flag.SPEED_UNIT_ASSUMED


def test_fix_knows_its_place() -> None:
    assert Fix(lat=48.1, lng=11.5).place == HERE


known_flags = st.sampled_from([NONE, NONE, NONE, Flag.REPEATED, Flag.SAME_TIME, Flag.FUTURE])
accuracies = st.none() | st.floats(0, 200)
sent = st.tuples(nearby, st.integers(-600, 600), accuracies, known_flags)


@given(st.lists(sent, max_size=30))
def test_marker_only_moves_by_clean_fixes_and_never_back_in_time(
    fixes: list[tuple[Place, int, float | None, Flag]],
) -> None:
    phone = Phone()
    shown: list[Spot] = []
    for place, seconds, accuracy, known in fixes:
        before = phone.trail.newest
        flags = Flag(phone.sends(place, seconds, accuracy=accuracy, known=known))
        assert known in flags
        assert (Flag.INACCURATE in flags) == (accuracy is not None and accuracy > 100)
        if flags & KEEPS_MARKER:
            assert phone.trail.newest == before
            continue
        assert phone.trail.newest == Spot(*place, NOW + seconds * SECOND)
        shown.append(phone.trail.newest)
    assert all(earlier.at <= later.at for earlier, later in pairwise(shown))


@given(st.lists(sent, max_size=15), nearby, st.floats(-0.0003, 0.0003))
def test_no_history_freezes_a_driver_for_more_than_two_good_fixes(
    history: list[tuple[Place, int, float | None, Flag]], start: Place, step: float
) -> None:
    phone = Phone()
    for place, seconds, accuracy, known in history:
        phone.sends(place, seconds, accuracy=accuracy, known=known)
    way = [Place(start.lat + step * number, start.lng) for number in range(4)]
    assert all(distance(a, b) < 70 for a, b in pairwise(way))
    flags = [phone.sends(place, 601 + number) for number, place in enumerate(way)]
    assert flags[1:] == [NONE, NONE, NONE]
    assert phone.marker == way[-1]
