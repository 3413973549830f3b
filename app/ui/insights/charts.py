"""The charts of the insights page: what each draws of a report, in numbers and in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.figures import Figures, Peak, Report
from app.ui.kit.charts import Drawing, Series, Value
from app.ui.kit.measures import distance_words
from app.ui.kit.parts import DASH

WEEK: Final = 7
LONG: Final = 240
"""Minutes to deliver from which on a chart counts hours."""


@dataclass(frozen=True, slots=True)
class Part:
    """A day, or an hour of the day: as an axis names it, as a table and a sentence do."""

    label: str
    name: str
    on: str
    figures: Figures


def drawings_of(report: Report) -> list[Drawing]:
    """All charts of a report: by hour for one day, else by day, and by hour of the day."""
    hours = [_hour(hour, figures) for hour, figures in report.hours.items()]
    if len(report.days) == 1:
        return [*_of_parts(report.all, hours, "hour"), _online(report)]
    days = [_day(day, figures, len(report.days)) for day, figures in report.days.items()]
    return [
        *_of_parts(report.all, days, "day"),
        _deliveries(hours, "Deliveries by hour of the day", "Hour"),
        _times(report.all, hours, "Time to deliver by hour of the day", "Hour"),
        _online(report),
    ]


def _of_parts(total: Figures, parts: Sequence[Part], kind: str) -> list[Drawing]:
    head = kind.capitalize()
    return [
        _deliveries(parts, f"Deliveries per {kind}", head),
        _shares(total, parts, f"On-time share per {kind}", head),
        _times(total, parts, f"Time to deliver per {kind}", head),
        _distances(total, parts, f"Distance per {kind}", head),
    ]


def _day(day: date, figures: Figures, count: int) -> Part:
    label = f"{day:%a} {day.day}" if count <= WEEK else f"{day.day} {day:%b}"
    name = day_words(day)
    return Part(label, f"{day:%a} {name}", f"on {day:%a} {day.day} {day:%b}", figures)


def _hour(hour: int, figures: Figures) -> Part:
    label = f"{hour:02d}:00"
    return Part(label, f"{label}{DASH}{hour:02d}:59", f"from {label}", figures)


def day_words(day: date) -> str:
    """A day with its year: "24 Nov 2026"."""
    return f"{day.day} {day:%b} {day.year}"


# --- what was delivered -------------------------------------------------------------------


def _deliveries(parts: Sequence[Part], title: str, head: str) -> Drawing:
    counts = [part.figures.delivered for part in parts]
    failed = [part.figures.failed for part in parts]
    rows: list[tuple[str, ...]] = [
        (part.name, f"{count:,}") for part, count in zip(parts, counts, strict=True)
    ]
    most = _extreme(parts, lambda figures: figures.delivered or None, max)
    sentence = "Nothing was delivered."
    if most:
        sentence = f"{sum(counts):,} delivered, most {most[0].on}: {most[1]:,.0f}."
    heads: tuple[str, ...] = (head, "Delivered")
    if any(failed):
        worst = max(parts, key=lambda part: part.figures.failed)
        sentence += f" {sum(failed):,} failed, most {worst.on}: {worst.figures.failed:,}."
        heads = (head, "Delivered", "Failed")
        rows = [(*row, f"{count:,}") for row, count in zip(rows, failed, strict=True)]
    return Drawing(
        title=title,
        unit="orders",
        labels=[part.label for part in parts],
        series=[Series("Delivered", counts, "orders")],
        sentence=sentence,
        heads=heads,
        rows=rows if most or any(failed) else (),
    )


def _shares(total: Figures, parts: Sequence[Part], title: str, head: str) -> Drawing:
    shares = [_rounded(part.figures.share, 100) for part in parts]
    worst = _extreme(parts, lambda figures: figures.share, min)
    sentence = "No delivered order had a promised window."
    if worst and total.share is not None:
        sentence = (
            f"{percent(total.share)} came before the end of the promised window, least "
            f"{worst[0].on}: {percent(worst[1])}. Orders without a window do not count."
        )
    return Drawing(
        title=title,
        unit="% on time",
        labels=[part.label for part in parts],
        series=[Series("On time", shares, "%", line=True)],
        sentence=sentence,
        heads=(head, "On time", "Of promised"),
        rows=[_share_row(part) for part in parts] if worst else (),
        top=100,
    )


def _share_row(part: Part) -> tuple[str, ...]:
    figures = part.figures
    share = DASH if figures.share is None else percent(figures.share)
    return part.name, share, f"{figures.on_time:,} of {figures.promised:,}"


def _times(total: Figures, parts: Sequence[Part], title: str, head: str) -> Drawing:
    longest = _extreme(parts, lambda figures: figures.median, max)
    sentence = "Nothing was delivered."
    if longest and total.median is not None:
        sentence = (
            f"Half took at most {minutes_words(total.median)}, "
            f"longest {longest[0].on}: {minutes_words(longest[1])}."
        )
    unit, scale = ("hours", 1 / 60) if longest and longest[1] >= LONG else ("minutes", 1.0)
    medians = [_rounded(part.figures.median, scale) for part in parts]
    return Drawing(
        title=title,
        unit=f"{unit}, median",
        labels=[part.label for part in parts],
        series=[Series("Median", medians, unit, line=True)],
        sentence=sentence,
        heads=(head, "Median", "Deliveries"),
        rows=[_time_row(part) for part in parts] if longest else (),
    )


def _time_row(part: Part) -> tuple[str, ...]:
    middle = part.figures.median
    words = DASH if middle is None else minutes_words(middle)
    return part.name, words, f"{part.figures.delivered:,}"


def _distances(total: Figures, parts: Sequence[Part], title: str, head: str) -> Drawing:
    furthest = _extreme(parts, lambda figures: figures.metres or None, max)
    ways = [_rounded(part.figures.metres, 0.001) for part in parts]
    rows = [(part.name, distance_words(part.figures.metres)) for part in parts]
    sentence = "No driver travelled."
    if furthest:
        far = distance_words(furthest[1])
        sentence = f"{distance_words(total.metres)} by all drivers, most {furthest[0].on}: {far}."
    return Drawing(
        title=title,
        unit="km",
        labels=[part.label for part in parts],
        series=[Series("Distance", ways, "km")],
        sentence=sentence,
        heads=(head, "Distance"),
        rows=rows if furthest else (),
    )


# --- who was there ------------------------------------------------------------------------


def _online(report: Report) -> Drawing:
    """Hour after hour for a week at most; else the most of each hour of the day."""
    drivers, viewers = _most(report.peaks)
    by_day = 1 < len(report.days) <= WEEK
    title = "Drivers online and viewers per hour"
    if len(report.days) > WEEK:
        title = "Drivers online and viewers by hour of the day"
    hours = _hours_of(report.peaks, by_day)
    sentence = "Nobody was connected."
    if drivers or viewers:
        sentence = (
            f"At one time at most {_count(drivers, 'driver')} online, "
            f"and {_count(viewers, 'viewer')} of orders."
        )
    return Drawing(
        title=title,
        unit="most at one time",
        labels=list(hours),
        series=[
            Series("Drivers online", [most[0] for most in hours.values()], line=True),
            Series("Viewers", [most[1] for most in hours.values()], line=True),
        ],
        sentence=sentence,
        heads=("Hour", "Drivers online", "Viewers"),
        rows=[(hour, *(f"{count:,}" for count in most)) for hour, most in hours.items()]
        if drivers or viewers
        else (),
        wide=True,
    )


def _hours_of(peaks: Sequence[Peak], by_day: bool) -> dict[str, tuple[int, int]]:
    """The most drivers and viewers of each hour, or of each hour of the day."""
    found: dict[str, list[Peak]] = {}
    for peak in peaks:
        day = f"{peak.day:%a} {peak.day.day}, " if by_day else ""
        found.setdefault(f"{day}{peak.hour:02d}:00", []).append(peak)
    return {hour: _most(of_hour) for hour, of_hour in found.items()}


def _most(peaks: Sequence[Peak]) -> tuple[int, int]:
    drivers = max((peak.drivers for peak in peaks), default=0)
    return drivers, max((peak.viewers for peak in peaks), default=0)


# --- words --------------------------------------------------------------------------------


def percent(share: float) -> str:
    """A part of one as people write it; all and none only where it is so."""
    shown = round(share * 100)
    if shown in {0, 100} and share not in {0.0, 1.0}:
        shown = 1 if share < 0.5 else 99
    return f"{shown} %"


def minutes_words(minutes: float) -> str:
    """A duration: "34 min", "2 h 05 min"."""
    whole = round(minutes)
    return f"{whole} min" if whole < 60 else f"{whole // 60} h {whole % 60:02d} min"


def _count(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def _rounded(value: float | None, scale: float) -> Value:
    return None if value is None else round(value * scale, 1)


def _extreme(
    parts: Sequence[Part],
    value: Callable[[Figures], float | None],
    choose: Callable[..., tuple[Part, float]],
) -> tuple[Part, float] | None:
    """The part with the largest or smallest value, of those that have one."""
    known = [(part, found) for part in parts if (found := value(part.figures)) is not None]
    return choose(known, key=lambda pair: pair[1]) if known else None
