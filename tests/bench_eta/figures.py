"""What comes out: errors, and how often the arrival lies in the window. Every trip counts alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean, median
from typing import Final

from app.domain.times import SECOND
from tests.bench_eta.foretell import Foretold, Way
from tests.bench_eta.trips import Trip

Choice = Callable[[Trip, int], bool]

DRAWS: Final = 1_000
WHOLE: Final = "whole trip"
STAGES: Final = {
    f"{name} third of the {kind}": (kind, part)
    for kind in ("time", "distance")
    for part, name in enumerate(("first", "second", "last"))
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one stage of all trips: seconds, and shares of one. ``error`` and ``bias`` are means of
    the trips' means; ``share`` the mean of the trips' errors over the time that was left;
    ``pooled`` the mean over all predictions. ``inside`` is how often the arrival lay within the
    bounds, ``shown`` within the window as it is shown, of those that are shown (``said``), and
    ``doubt`` between what and what that would lie with nine of ten other choices of such trips;
    ``width`` is the median of the trips' median widths."""

    predictions: int
    error: float
    bias: float
    share: float
    pooled: float
    inside: float
    shown: float
    doubt: tuple[float, float]
    said: float
    width: float
    early: float
    late: float


def stages(trips: Sequence[Trip], way: Way) -> dict[str, Figures]:
    """The figures in all, and by stage."""
    told = [(trip, way(trip)) for trip in trips]
    found = {WHOLE: figures([predictions for _, predictions in told])}
    for name, (kind, part) in STAGES.items():
        chosen = [
            [one for one, third in zip(predictions, trip.parts[kind], strict=True) if third == part]
            for trip, predictions in told
        ]
        found[name] = figures([predictions for predictions in chosen if predictions])
    return found


def figures(told: Sequence[Sequence[Foretold]]) -> Figures:
    """The figures of these predictions, by trip."""
    every = [one for trip in told for one in trip]
    spoken = [[one for one in trip if one.shown] for trip in told]
    spoken = [trip for trip in spoken if trip] or [[]]
    hits = [fmean(map(within, trip)) for trip in spoken if trip] or [0.0]
    return Figures(
        predictions=len(every),
        error=fmean(fmean(map(off, trip)) for trip in told),
        bias=fmean(fmean(one.seconds - one.truly for one in trip) for trip in told),
        share=fmean(sum(map(off, trip)) / sum(one.truly for one in trip) for trip in told),
        pooled=fmean(map(off, every)),
        inside=fmean(fmean(one.low <= one.truly <= one.high for one in trip) for trip in told),
        shown=fmean(hits),
        doubt=doubt(hits),
        said=fmean(one.shown is not None for one in every),
        width=median(median(map(width, trip)) for trip in spoken if trip) if spoken[0] else 0.0,
        early=fmean(fmean(one.truly < one.low for one in trip) for trip in told),
        late=fmean(fmean(one.truly > one.high for one in trip) for trip in told),
    )


def doubt(shares: Sequence[float]) -> tuple[float, float]:
    """Between what and what the mean lies in nine of ten draws of as many (bootstrap)."""
    draw = Random(1).choices
    means = sorted(fmean(draw(shares, k=len(shares))) for _ in range(DRAWS))
    return means[DRAWS // 20], means[-DRAWS // 20]


def off(one: Foretold) -> float:
    """Seconds between what was foretold and what came."""
    return abs(one.seconds - one.truly)


def within(one: Foretold) -> bool:
    """Whether the arrival lies in the window that is shown."""
    arrived = one.at + round(one.truly * SECOND)
    return one.shown is not None and one.shown.begin <= arrived <= one.shown.end


def width(one: Foretold) -> float:
    """Of the window that is shown, in seconds."""
    return 0.0 if one.shown is None else (one.shown.end - one.shown.begin) / SECOND
