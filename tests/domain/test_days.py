"""Local days and hours, also where clocks are set."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.days import QUARTER, begin_of, day_of, hours_between, quarter_of
from app.domain.times import HOUR, SECOND

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "America/Santiago",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
)
BERLIN = ZoneInfo("Europe/Berlin")


def lengths(day: date, zone: ZoneInfo) -> dict[int, int]:
    """The length of each local hour of a day, in quarters."""
    found: dict[int, int] = {}
    for slot in hours_between(day, day, zone):
        assert slot.day == day
        found[slot.hour] = found.get(slot.hour, 0) + (slot.end - slot.begin) // QUARTER
    return found


@pytest.mark.parametrize(
    ("day", "odd"),
    [
        (date(2026, 11, 26), {}),
        (date(2026, 3, 29), {2: 0}),  # 02:00 became 03:00
        (date(2026, 10, 25), {2: 8}),  # 03:00 became 02:00
    ],
)
def test_a_day_in_berlin_has_its_hours(day: date, odd: dict[int, int]) -> None:
    usual = dict.fromkeys(range(24), 4) | odd
    assert lengths(day, BERLIN) == {hour: count for hour, count in usual.items() if count}


def test_a_day_may_begin_at_one_where_midnight_is_left_out() -> None:
    santiago = ZoneInfo("America/Santiago")
    day = date(2026, 9, 6)
    assert 0 not in lengths(day, santiago)
    assert day_of(begin_of(day, santiago), santiago) == day
    assert day_of(begin_of(day, santiago) - 1, santiago) == date(2026, 9, 5)


def test_half_hours_of_lord_howe_come_twice() -> None:
    assert lengths(date(2026, 4, 5), ZoneInfo("Australia/Lord_Howe"))[1] == 6


@given(st.sampled_from(ZONES), st.dates(date(2012, 1, 1), date(2060, 1, 1)), st.integers(0, 40))
def test_slots_follow_each_other_without_a_gap_and_say_what_clocks_say(
    name: str, first: date, more: int
) -> None:
    zone, last = ZoneInfo(name), first + timedelta(days=more)
    slots = hours_between(first, last, zone)
    assert slots[0].begin == begin_of(first, zone)
    assert slots[-1].end == begin_of(last + timedelta(days=1), zone)
    assert all(one.end == following.begin for one, following in pairwise(slots))
    for slot in slots:
        assert slot.begin % QUARTER == slot.end % QUARTER == 0
        for moment in (slot.begin, slot.end - SECOND):
            there = datetime.fromtimestamp(moment // SECOND, zone)
            assert (there.date(), there.hour) == (slot.day, slot.hour)


def test_a_moment_lies_in_its_quarter() -> None:
    assert quarter_of(7 * HOUR + QUARTER + 5) == 7 * HOUR + QUARTER
