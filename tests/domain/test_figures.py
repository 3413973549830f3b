"""What a business wants to know: the share, the median, and all put together."""

import statistics
from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.domain.days import begin_of, hours_between
from app.domain.figures import Deliveries, Quarter, gather, median, report
from app.domain.times import HOUR

DAY = date(2026, 10, 25)
NEXT = date(2026, 10, 26)
BERLIN = ZoneInfo("Europe/Berlin")
NOTHING = Deliveries(0, 0, 0, [])


@given(st.lists(st.integers(0, 50)))
def test_the_median_is_that_of_all_values(values: list[int]) -> None:
    expected = statistics.median(values) if values else None
    assert median(Counter(values)) == expected


def test_without_a_promise_there_is_no_share() -> None:
    unpromised = Deliveries(3, 0, 0, [10, 20, 30])
    figures = gather([unpromised])
    assert (figures.share, figures.median) == (None, 20)
    figures = gather([unpromised, Deliveries(2, 2, 1, [5, 5])])
    assert (figures.delivered, figures.share, figures.median) == (5, 0.5, 10)


def test_a_report_sums_by_day_and_by_hour_of_the_day() -> None:
    slots = hours_between(DAY, NEXT, BERLIN)
    at_two = [Deliveries(1, 1, 1, [30]) if slot.hour == 2 else NOTHING for slot in slots]
    begin = begin_of(DAY, BERLIN)
    quarters = [
        Quarter(begin + 2 * HOUR, 100.0, 3, 1),  # both in the hour that comes twice
        Quarter(begin + 3 * HOUR, 200.0, 1, 9),
        Quarter(begin + 30 * HOUR, 400.0, 0, 0),
    ]
    made = report(slots, at_two, {DAY: 2}, quarters)
    assert (made.all.delivered, made.all.failed, made.all.metres) == (2, 2, 700.0)
    assert [made.days[day].metres for day in (DAY, NEXT)] == [300.0, 400.0]
    assert [made.days[day].failed for day in (DAY, NEXT)] == [2, 0]
    assert (made.hours[2].delivered, made.hours[3].delivered) == (2, 0)
    assert made.hours[2].metres == 300.0
    peaks = {(peak.day, peak.hour): (peak.drivers, peak.viewers) for peak in made.peaks}
    assert peaks[DAY, 2] == (3, 9)
    assert len(made.peaks) == 48
    assert not made.empty


def test_a_report_of_nothing_is_empty() -> None:
    slots = hours_between(DAY, DAY, BERLIN)
    assert report(slots, [NOTHING for _ in slots], {}, []).empty
    assert not report(slots, [NOTHING for _ in slots], {DAY: 1}, []).empty
    watched = [Quarter(slots[0].begin, 0.0, 0, 1)]
    assert not report(slots, [NOTHING for _ in slots], {}, watched).empty
