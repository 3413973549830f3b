"""Times on the wire and inside."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.times import (
    DAY,
    EARLIEST,
    HOUR,
    LATEST,
    MINUTE,
    SECOND,
    format_time,
    parse_time,
    to_datetime,
)

MOMENT = 1_795_426_200 * SECOND
"""2026-11-23T09:30:00Z"""

moments = st.integers(EARLIEST, LATEST - 1)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("2026-11-23T09:30:00Z", 0),
        ("2026-11-23t09:30:00z", 0),
        ("2026-11-23 09:30:00Z", 0),
        ("2026-11-23T09:30:00.250Z", 250_000),
        ("2026-11-23T09:30:00,250Z", 250_000),
        ("2026-11-23T09:30:00.1Z", 100_000),
        ("2026-11-23T09:30:00.123456Z", 123_456),
        ("2026-11-23T09:30:00.123456789Z", 123_456),
        ("2026-11-23T09:30:00.000000999999Z", 0),
        ("2026-11-23T10:30:00+01:00", 0),
        ("2026-11-23T10:30:00+0100", 0),
        ("2026-11-23T15:15:00+05:45", 0),
        ("2026-11-23T00:30:00-09:00", 0),
        ("2026-11-23T09:30:00-00:00", 0),
        ("2026-11-23T09:29:60Z", 0),
        ("2026-11-23T09:29:60.5Z", 500_000),
    ],
)
def test_every_way_to_write_a_time_is_read(text: str, after: int) -> None:
    assert parse_time(text) == MOMENT + after


def test_leap_second_at_the_end_of_the_year_is_the_second_after() -> None:
    assert parse_time("2016-12-31T23:59:60Z") == parse_time("2017-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-23",
        "2026-11-23T09:30:00",
        "2026-11-23T09:30Z",
        "2026-11-23T09:30:00.Z",
        "2026-11-23T09:30:61Z",
        "2026-11-23T09:60:00Z",
        "2026-11-23T24:00:00Z",
        "2026-02-30T09:30:00Z",
        "2026-13-01T09:30:00Z",
        "0000-01-01T00:00:00Z",
        "2026-11-23T09:30:00+24:00",
        "2026-11-23T09:30:00+01:60",
        "2026-11-23T09:30:00+01",
        "2026-11-23T09:30:00Z\n",
        " 2026-11-23T09:30:00Z",
        "२०२६-11-23T09:30:00Z",
        "1795426200",
        "now",
    ],
)
def test_text_that_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"time|range|second|day|month|hour|minute|year"):
        parse_time(text)


@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (0, 0),
        (1_795_426_200, MOMENT),
        (1_795_426_200.25, MOMENT + 250_000),
        (1_795_426_200_250, MOMENT + 250_000),
        (1_795_426_200_250.5, MOMENT + 250_500),
        (99_999_999_999, 99_999_999_999 * SECOND),
        (100_000_000_000, 100_000_000 * SECOND),
    ],
)
def test_numbers_are_epoch_seconds_or_milliseconds(number: float, moment: int) -> None:
    assert parse_time(number) == moment


@pytest.mark.parametrize(
    "value",
    [
        -1,
        -0.001,
        1_795_426_200_000_000,
        10**30,
        -(10**30),
        1e300,
        float("inf"),
        float("nan"),
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59-00:01",
    ],
)
def test_time_outside_1970_to_9999_is_refused(value: str | float) -> None:
    with pytest.raises(ValueError, match="range"):
        parse_time(value)


def test_time_far_ahead_is_read_as_a_wrong_clock_is_no_reason_to_lose_a_fix() -> None:
    assert parse_time("2106-02-07T06:28:16Z") == 2**32 * SECOND
    assert parse_time("9999-12-31T23:59:59.999999Z") == LATEST - 1


@given(moments)
def test_written_time_is_read_back_exactly(moment: int) -> None:
    assert parse_time(format_time(moment)) == moment


@given(moments, st.integers(-23 * 60 - 59, 23 * 60 + 59))
def test_offset_changes_how_a_time_is_written_not_when_it_is(moment: int, offset: int) -> None:
    try:
        zone = timezone(timedelta(minutes=offset))
        text = to_datetime(moment).astimezone(zone).isoformat()
    except OverflowError:
        return
    assert parse_time(text) == moment


@given(st.text() | st.integers() | st.floats())
def test_anything_is_read_within_range_or_refused(value: str | float) -> None:
    try:
        moment = parse_time(value)
    except ValueError:
        return
    assert EARLIEST <= moment < LATEST


def test_times_are_written_with_milliseconds_or_microseconds_where_they_count() -> None:
    assert format_time(MOMENT) == "2026-11-23T09:30:00.000Z"
    assert format_time(MOMENT + 250_000) == "2026-11-23T09:30:00.250Z"
    assert format_time(MOMENT + 1) == "2026-11-23T09:30:00.000001Z"


def test_datetime_of_a_moment_is_aware_and_in_utc() -> None:
    assert to_datetime(MOMENT) == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_units_of_time_fit_together() -> None:
    assert DAY == 24 * HOUR == 24 * 60 * MINUTE == 86_400 * SECOND
