"""What is foretold on a trip: by the product, and by the baseline that it is measured against."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp
from typing import Final

from app.domain.eta import (
    DEFAULT,
    Calibration,
    Outlook,
    Window,
    bounds,
    estimate,
    settle,
    window,
)
from app.domain.geo import near_distance
from app.domain.lessons import (
    Lesson,
    Sample,
    believed,
    calibrations,
    learn,
    nothing,
    remember,
    samples,
)
from app.domain.position import PLAUSIBLE_SPEED
from app.domain.times import HOUR, SECOND
from tests.bench_eta.trips import EVERY, Trip

MOST_SAMPLES: Final = 60
"""As many as the product learns from one order."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """At one moment: seconds that are left, truly and as foretold; the window's least and most
    seconds; and the window as it is shown, None where nothing is said."""

    at: int
    truly: float
    seconds: float
    low: float
    high: float
    shown: Window | None


Way = Callable[[Trip], list[Foretold]]


def baseline(trip: Trip) -> list[Foretold]:
    """The straight line times 1.3 at the recent speed: an exponential mean with a time constant
    of 180 seconds, of at least 10 km/h. It knows no window."""
    found: list[Foretold] = []
    speed, index = 20 / 3.6, 0
    place, at = trip.fixes[0]
    for moment in trip.moments:
        while index < len(trip.fixes) and trip.fixes[index][1] <= moment:
            there, then = trip.fixes[index]
            index += 1
            elapsed = (then - at) / SECOND
            if elapsed < 1:
                continue
            measured = near_distance(place, there) / elapsed
            if measured <= PLAUSIBLE_SPEED:
                speed += (1 - exp(-elapsed / 180)) * (measured - speed)
            place, at = there, then
        seconds = near_distance(place, trip.destination) * 1.3 / max(speed, 10 / 3.6)
        truly = (trip.end - moment) / SECOND
        found.append(Foretold(moment, truly, seconds, seconds, seconds, None))
    return found


def product(trip: Trip, known: Calibration = DEFAULT) -> list[Foretold]:
    """What the product says, with this calibration."""
    found: list[Foretold] = []
    outlook: Outlook | None = None
    for at, left, seconds in looks(trip, EVERY):
        outlook = settle(outlook, estimate(left, known), at, trip.begin)
        low, high = bounds(outlook, known)
        shown = window(outlook, known)
        found.append(Foretold(at, seconds, outlook.seconds, low, high, shown))
    return found


def looks(trip: Trip, every: int) -> list[Sample]:
    """What was left at the moments of a trip."""
    return samples(trip.fixes, trip.destination, trip.end, trip.begin, every)


def cross_validated(trips: Sequence[Trip], start: Calibration = DEFAULT) -> Way:
    """The product as it would foretell each trip after it had learned from all others, one after
    the other, and from none that is the same drive; ``start`` is what it knew before."""
    prior = believed(start)
    ways = {trip.name: looks(trip, learned_every(trip)) for trip in trips}
    known: dict[str, Calibration] = {}
    for trip in trips:
        others = [other for other in trips if not other.same_drive(trip)]
        known[trip.name] = taught(others, ways, prior)[hour_of(trip)]
    return lambda trip: product(trip, known[trip.name])


def taught(
    trips: Sequence[Trip], ways: dict[str, list[Sample]], prior: Lesson
) -> list[Calibration]:
    """What is known for each hour after these trips."""
    lessons: dict[int, Lesson] = {}
    known = calibrations(lessons, prior)
    for trip in sorted(trips, key=lambda trip: trip.end):
        hour = hour_of(trip)
        lesson = learn(ways[trip.name], known[hour])
        lessons[hour] = remember(lessons.get(hour, nothing()), lesson)
        known = calibrations(lessons, prior)
    return known


def learned_every(trip: Trip) -> int:
    """How far apart the moments are that the product learns from."""
    return max(EVERY, (trip.end - trip.begin) // MOST_SAMPLES)


def hour_of(trip: Trip) -> int:
    """The hour (UTC) in which it begins."""
    return trip.begin // HOUR % 24
