"""What phones that keep no socket open are told with our answers: how often to report.

An app reads it only as the answer to a message of its own, so it is said when it is another, and
again after a while: an answer may be lost, and an app may be set up anew.
"""

from dataclasses import dataclass
from typing import Final

from app.domain.times import MINUTE
from app.protocol.apps.message import Reading, Wish
from app.tracking.monitor import Now
from app.tracking.reporting import Reporting

SETTLED: Final = MINUTE
"""An app that begins reports as it was set up for so long; what it was told by a server that was
started anew since, it is told again after that."""
AGAIN: Final = 10 * MINUTE
"""So long after it was told it is told again, though nothing changed."""
GONE: Final = 10 * MINUTE
"""Who was silent for so long begins anew."""
FRESH: Final = MINUTE
"""An older fix comes from a phone's queue, whose messages follow each other at once."""


@dataclass(slots=True)
class _Told:
    """One driver's phone: since when it reports, when it did last, and what it was told when."""

    since: int
    heard: int
    at: int = 0
    seconds: int | None = None


class Wishes:
    """For all drivers who report by apps that read them."""

    def __init__(self, reporting: Reporting, now: Now) -> None:
        self._reporting = reporting
        self._now = now
        self._told: dict[int, _Told] = {}

    def of(self, driver_num: int, reading: Reading) -> Wish | None:
        """What to tell with the answer to this message; None: nothing."""
        now = self._now()
        if not _is_fresh(reading, now):
            return None
        told = self._told.get(driver_num)
        if told is None or now - told.heard > GONE:
            told = self._told[driver_num] = _Told(now, now)
        told.heard = now
        asked = self._reporting.fetch(driver_num)
        seconds = self._reporting.interval_of(driver_num)
        if not asked and told.seconds is None and now - told.since < SETTLED:
            return None
        if seconds != told.seconds or now - told.at >= AGAIN:
            told.seconds, told.at = seconds, now
            return Wish(seconds=seconds, place=asked)
        return Wish(place=True) if asked else None


def _is_fresh(reading: Reading, now: int) -> bool:
    if not reading.points:
        return False
    at = reading.points[-1].fix.fix_time
    return at is None or now - at < FRESH
