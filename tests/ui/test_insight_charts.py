"""What the charts of the insights page say in words and numbers."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.days import hours_between
from app.domain.figures import Deliveries, Quarter, Report, report
from app.ui.insights.charts import drawings_of, minutes_words, percent
from app.ui.kit.charts import options_of
from app.ui.kit.measures import distance_words

FIRST = date(2026, 11, 24)
BERLIN = ZoneInfo("Europe/Berlin")


def days(count: int, minutes: int = 30) -> Report:
    """Each day two deliveries at noon, one of them on time, and one drive."""
    slots = hours_between(FIRST, FIRST + timedelta(days=count - 1), BERLIN)
    noon = Deliveries(2, 2, 1, [minutes, minutes + 10])
    found = [noon if slot.hour == 12 else Deliveries(0, 0, 0, []) for slot in slots]
    driven = [Quarter(slot.begin, 4_000.0, 2, 5) for slot in slots if slot.hour == 11]
    return report(slots, found, {FIRST: 1}, driven)


def test_one_day_is_drawn_by_hour_and_several_by_day_and_hour_of_the_day() -> None:
    assert [drawing.title for drawing in drawings_of(days(1))] == [
        "Deliveries per hour",
        "On-time share per hour",
        "Time to deliver per hour",
        "Distance per hour",
        "Drivers online and viewers per hour",
    ]
    week = drawings_of(days(7))
    assert [len(drawing.labels) for drawing in week] == [7, 7, 7, 7, 24, 24, 168]
    assert [len(drawing.labels) for drawing in drawings_of(days(30))] == [30] * 4 + [24] * 3


def test_each_chart_says_the_same_in_words_and_in_a_table() -> None:
    deliveries, shares, times, ways, *_, online = drawings_of(days(2))
    assert deliveries.sentence == (
        "4 delivered, most on Tue 24 Nov: 2. 1 failed, most on Tue 24 Nov: 1."
    )
    assert deliveries.rows[0] == ("Tue 24 Nov 2026", "2", "1")
    assert shares.sentence.startswith("50 % came before the end of the promised window")
    assert shares.rows[1] == ("Wed 25 Nov 2026", "50 %", "1 of 2")
    assert times.sentence == "Half took at most 35 min, longest on Tue 24 Nov: 35 min."
    assert ways.rows == [("Tue 24 Nov 2026", "4.0 km"), ("Wed 25 Nov 2026", "4.0 km")]
    assert online.sentence == "At one time at most 2 drivers online, and 5 viewers of orders."
    for drawing in drawings_of(days(2)):
        assert {len(row) for row in drawing.rows} == {len(drawing.heads)}
        assert len(drawing.series[0].values) == len(drawing.labels)


def test_long_times_are_drawn_in_hours() -> None:
    times = drawings_of(days(1, minutes=295))[2]
    assert times.unit == "hours, median"
    assert times.series[0].values[12] == 5.0
    assert times.series[0].values[13] is None


def test_without_anything_there_are_sentences_and_no_rows() -> None:
    slots = hours_between(FIRST, FIRST, BERLIN)
    nothing = report(slots, [Deliveries(0, 0, 0, []) for _ in slots], {}, [])
    for drawing in drawings_of(nothing):
        assert not drawing.rows
        assert drawing.sentence


def test_every_colour_is_a_token() -> None:
    for drawing in drawings_of(days(2)):
        text = str(options_of(drawing))
        assert "var(--accent)" in text
        assert "#" not in text
        assert "rgb" not in text


@pytest.mark.parametrize(
    ("share", "expected"),
    [(1, "100 %"), (0.999, "99 %"), (0.001, "1 %"), (0, "0 %"), (0.5, "50 %")],
)
def test_nearly_all_is_not_all(share: float, expected: str) -> None:
    assert percent(share) == expected


def test_durations_and_distances_are_said_as_people_do() -> None:
    assert [minutes_words(minutes) for minutes in (0, 34.5, 60, 125)] == [
        "0 min",
        "34 min",
        "1 h 00 min",
        "2 h 05 min",
    ]
    assert [distance_words(metres) for metres in (0, 849, 1_240_000)] == [
        "0.0 km",
        "0.8 km",
        "1,240 km",
    ]
