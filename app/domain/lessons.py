"""What finished orders teach about arrivals, as sums that stay small. Pure.

A delivered order says at each moment of its way how long it really still took. For every pair of
a detour factor and a time at the door its lesson holds how far off the estimate would have been;
and, for the window, by what factor the estimate was off. Lessons are added up by hour of the day.
An hour of which little is known is taken like all hours, and all hours like `DEFAULT`.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise, product
from math import erf, exp, log, sqrt
from typing import Final, NamedTuple

from msgspec import Struct

from app.domain.eta import (
    DEFAULT,
    SHORTEST_REST,
    STAGES,
    Calibration,
    Outlook,
    Pace,
    Rest,
    estimate,
    rest,
    settle,
    spot,
    update_pace,
)
from app.domain.geo import Located, Place
from app.domain.times import SECOND

DETOURS: Final = (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4, 1.6, 1.8)
DWELLS: Final = (30.0, 60.0, 90.0, 120.0, 150.0, 180.0, 210.0, 240.0, 300.0, 420.0)
PAIRS: Final = tuple(product(DETOURS, DWELLS))
"""What is tried: a lesson holds the loss of each."""
BINS: Final = 40
WIDEST: Final = 2.4
"""Factors from e to minus this power up to e to this power are told apart, in `BINS` steps."""
EARLY, LATE = 0.11, 0.085
"""How many arrivals lie before the window, and how many after. Rounding its begin down covers a
few of the early ones."""
SHARPNESS: Final = 4.0
"""A pair whose loss is larger by one counts less by e to this power."""
DEFAULT_WEIGHT: Final = 5.0
"""The defaults count like so many orders."""
ALL_HOURS_WEIGHT: Final = 30.0
"""Beside the orders of one hour, those of all hours count like so many."""
MOST: Final = 500.0
"""Orders of one hour that are remembered in full; with more, all count less and less."""
STIFFNESS: Final = 0.06
"""The loss of being off the default detour or dwell by a factor of e."""
SPREAD: Final = 0.9
"""The standard deviation of the logarithm of a factor, before anything is known."""
FACTORS: Final = len(DEFAULT.low)
LEAST_LOW, MOST_LOW = 0.2, 0.85
LEAST_HIGH, MOST_HIGH = 1.05, 6.0
"""Bounds of what can be learned."""


class Sample(NamedTuple):
    """One moment of a finished way: what was left of it, and how many seconds it really took."""

    at: int
    left: Rest
    seconds: float


class Lesson(Struct):
    """So many orders; the loss of each of `PAIRS`; and for each factor of a `Calibration` how many
    estimates were off by which. All are sums over orders, each of which counts once."""

    orders: float
    losses: list[float]
    factors: list[list[float]]


def nothing() -> Lesson:
    """No order yet."""
    return Lesson(0.0, [0.0] * len(PAIRS), [[0.0] * BINS for _ in range(FACTORS)])


def add(lesson: Lesson, more: Lesson, times: float = 1.0) -> Lesson:
    """Both together, the second counted so many times."""
    return Lesson(
        lesson.orders + times * more.orders,
        _sum(lesson.losses, more.losses, times),
        [_sum(a, b, times) for a, b in zip(lesson.factors, more.factors, strict=True)],
    )


def remember(lesson: Lesson, more: Lesson) -> Lesson:
    """The lesson with one more; the oldest fade, so that what changed is learned anew."""
    both = add(lesson, more)
    return add(nothing(), both, MOST / both.orders) if both.orders > MOST else both


def samples(
    trail: Iterable[tuple[Place, int]], destination: Located, arrived: int, begin: int, every: int
) -> list[Sample]:
    """What was left at ``begin`` and at each ``every`` after it, until ``arrived``.

    The trail is of the fixes that move a marker, by time; those before ``begin`` only say how
    fast it was.
    """
    found: list[Sample] = []
    pace, due = Pace(), begin
    for place, at in trail:
        while due < min(at, arrived):
            _look(found, pace, destination, due, arrived)
            due += every
        if at >= arrived:
            break
        pace = update_pace(pace, place, at)
    while due < arrived:
        _look(found, pace, destination, due, arrived)
        due += every
    return found


def _look(found: list[Sample], pace: Pace, destination: Located, at: int, arrived: int) -> None:
    if (left := rest(pace, destination)) is not None:
        found.append(Sample(at, left, (arrived - at) / SECOND))


def learn(ways: Sequence[Sample], known: Calibration) -> Lesson:
    """The lesson of one order's samples, by time; ``known`` is what the estimates were made of.
    Nothing of no samples."""
    lesson = nothing()
    if not ways:
        return lesson
    lesson.orders = 1.0
    total = sum(sample.seconds for sample in ways)
    lesson.losses = [
        sum(abs(_guess(one.left, detour, dwell) - one.seconds) for one in ways) / total
        for detour, dwell in PAIRS
    ]
    outlook: Outlook | None = None
    for one in ways:
        outlook = settle(outlook, estimate(one.left, known), one.at, ways[0].at)
        place = _bin(one.seconds / max(outlook.seconds, SHORTEST_REST))
        for factor, weight in weights(outlook):
            lesson.factors[factor][place] += weight / len(ways)
    return lesson


def weights(outlook: Outlook) -> tuple[tuple[int, float], ...]:
    """How much each of the four factors of a calibration counts that are nearest: their places,
    and weights that are one together."""
    after, share, part = spot(outlook)
    second = after + len(STAGES)
    return (
        (after, (1 - share) * (1 - part)),
        (after + 1, share * (1 - part)),
        (second, (1 - share) * part),
        (second + 1, share * part),
    )


def calibrations(lessons: Mapping[int, Lesson], prior: Lesson | None = None) -> list[Calibration]:
    """What is known for each hour of the day, by the lessons of the hours; ``prior`` is one order
    that fits what was taken for known before, None: the defaults."""
    everything = add(nothing(), prior or DEFAULT_LESSON, DEFAULT_WEIGHT)
    for lesson in lessons.values():
        everything = add(everything, lesson)
    usual = calibration(everything)
    return [
        calibration(add(lessons[hour], everything, ALL_HOURS_WEIGHT / everything.orders))
        if hour in lessons
        else usual
        for hour in range(24)
    ]


def calibration(lesson: Lesson) -> Calibration:
    """What a lesson of some orders says: the mean of the pairs, of which those count most that
    would have been off the least; and the factors that few estimates were below, and above."""
    least = min(lesson.losses)
    weights = [exp(SHARPNESS * (least - loss)) for loss in lesson.losses]
    detour, dwell = (
        exp(sum(w * log(one) for w, one in zip(weights, ones, strict=True)) / sum(weights))
        for ones in zip(*PAIRS, strict=True)
    )
    lows, highs = zip(*map(_tails, lesson.factors), strict=True)
    return Calibration(
        detour,
        dwell,
        tuple(min(MOST_LOW, max(LEAST_LOW, low)) for low in lows),
        tuple(min(MOST_HIGH, max(LEAST_HIGH, high)) for high in highs),
    )


def _guess(left: Rest, detour: float, dwell: float) -> float:
    return max(left.driving * detour + left.turn * dwell, left.least)


def _bin(factor: float) -> int:
    place = (log(factor) / WIDEST + 1) / 2 * BINS if factor > 0 else 0
    return min(BINS - 1, max(0, int(place)))


def _factor(place: float) -> float:
    """The factor at an edge of the bins, or between two."""
    return exp((place / BINS * 2 - 1) * WIDEST)


def _tails(counts: Sequence[float]) -> tuple[float, float]:
    sums = list(accumulate(counts))
    return _quantile(counts, sums, EARLY), _quantile(counts, sums, 1 - LATE)


def _quantile(counts: Sequence[float], sums: Sequence[float], share: float) -> float:
    wanted = share * sums[-1]
    place = next(i for i, total in enumerate(sums) if total >= wanted)
    inside = (wanted - sums[place] + counts[place]) / counts[place] if counts[place] else 0.0
    return _factor(place + inside)


def _sum(a: Sequence[float], b: Sequence[float], times: float) -> list[float]:
    return [x + times * y for x, y in zip(a, b, strict=True)]


def _normal() -> list[float]:
    edges = [log(_factor(place)) / SPREAD for place in range(BINS + 1)]
    below = [0.0, *((1 + erf(edge / sqrt(2))) / 2 for edge in edges[1:-1]), 1.0]
    return [b - a for a, b in pairwise(below)]


def believed(known: Calibration) -> Lesson:
    """One order that these figures fitted: what is taken for known before anything is."""
    losses = [
        STIFFNESS * (log(detour / known.detour) ** 2 + log(dwell / known.dwell) ** 2)
        for detour, dwell in PAIRS
    ]
    normal = [count * len(STAGES) / FACTORS for count in _normal()]
    return Lesson(1.0, losses, [normal for _ in range(FACTORS)])


DEFAULT_LESSON: Final = believed(DEFAULT)
