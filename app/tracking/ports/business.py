"""The business itself: its settings, its log, its figures and what they teach."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from app.domain.eta import Calibration
from app.domain.figures import Deliveries, Quarter
from app.domain.lessons import Lesson
from app.tracking.records import (
    Activity,
    ActivityFilter,
    DriverDay,
    Setting,
)


class ActivityLog(Protocol):
    """The log of all activity."""

    def note(self, entry: Activity) -> None:
        """Keep an entry; returns at once, is stored with the next group."""

    async def page(
        self,
        after: str | None,
        limit: int,
        wanted: ActivityFilter | None = None,
        *,
        oldest: bool = False,
    ) -> tuple[list[Activity], str | None]:
        """A page of what is wanted, newest (or oldest) first, and the cursor of the next."""


class Settings(Protocol):
    """What was changed on the settings page."""

    async def all(self) -> list[Setting]:
        """Every value that is kept."""

    async def keep(
        self,
        values: Mapping[str, str],
        by: str,
        now: int,
        then: Callable[[list[Setting]], None],
    ) -> None:
        """Keep these values (JSON by name), all or none."""


class Insights(Protocol):
    """Figures of the past, and what they are made of."""

    async def deliveries(self, spans: Sequence[tuple[int, int]]) -> list[Deliveries]:
        """What was delivered in each span of time (from, until before)."""

    async def failures(self, spans: Sequence[tuple[int, int]]) -> list[int]:
        """How many orders failed in each span of time (from, until before)."""

    async def quarters(self, begin: int, end: int) -> list[Quarter]:
        """The quarters of an hour from ``begin`` until before ``end`` of which something is
        known, oldest first."""

    async def by_driver(self, since: int) -> dict[int, DriverDay]:
        """What each driver, by his number, has done since the quarter of an hour ``since``."""

    def note_peak(self, begin: int, drivers: int, viewers: int) -> None:
        """So many were there at one time of this quarter of an hour; the most is kept. Returns
        at once."""

    async def add_up(self) -> bool:
        """Add up the ways of some newly filed positions; whether there may be more of them."""


class Lessons(Protocol):
    """What delivered orders teach about arrivals, by hour of the day."""

    async def all(self) -> dict[int, Lesson]:
        """The lesson of each hour of the day of which something is known."""

    async def learn(self, hour_of: Callable[[int], int], known: Sequence[Calibration]) -> bool:
        """Learn from the next delivered order; whether there may be more of them.

        ``hour_of`` gives the local hour of a moment; ``known`` is what arrivals are foretold with
        in each hour.
        """
