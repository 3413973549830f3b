"""What of the work list somebody wants to see, and how the address says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from app.domain.order import OPEN, Status
from app.ui.kit.needs import NEEDS_YOU, Group
from app.ui.kit.sieve import ALL, Sieve

SHOWN: Final = tuple(status for status in Status if status in {*OPEN, Status.FAILED})
"""The statuses that orders of the list may have."""


class Only(StrEnum):
    """One part of the list; the last two are lists of drivers."""

    NEEDS_YOU = "needs"
    ON_THE_WAY = "way"
    WAITING = "waiting"
    LATE = "late"
    UNASSIGNED = "unassigned"
    DRIVERS = "drivers"
    ONLINE = "online"


DRIVERS: Final = frozenset({Only.DRIVERS, Only.ONLINE})
_SIEVES: Final[Mapping[Only | None, Sieve]] = {
    None: ALL,
    Only.NEEDS_YOU: Sieve(groups=NEEDS_YOU),
    Only.ON_THE_WAY: Sieve(groups={Group.ON_THE_WAY}),
    Only.WAITING: Sieve(groups={Group.WAITING}),
    Only.LATE: Sieve(groups={Group.LATE}),
    Only.UNASSIGNED: Sieve(statuses={Status.PENDING}),
    **dict.fromkeys(DRIVERS, Sieve(groups=frozenset())),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What was chosen: a part of the list, a status, a driver."""

    only: Only | None = None
    status: Status | None = None
    driver_id: str = ""

    def sieve(self, text: str) -> Sieve:
        """The rows that are wanted where ``text`` is searched."""
        part = _SIEVES[self.only]
        statuses = part.statuses if self.status is None else part.statuses & {self.status}
        return Sieve(part.groups, statuses, self.driver_id, text)

    @property
    def fields(self) -> int:
        """How many of status and driver are chosen."""
        return (self.status is not None) + bool(self.driver_id)

    @property
    def query(self) -> str:
        """As a part of the address: "only=late&of=ana"."""
        fields = {"only": self.only, "status": self.status, "of": self.driver_id}
        return urlencode({name: value for name, value in fields.items() if value})


def filters_of(query: Mapping[str, str]) -> Filters:
    """The filters that an address says; what it may not say is as if it were not there."""
    only, status = query.get("only"), query.get("status")
    return Filters(
        only=Only(only) if only in set(Only) else None,
        status=Status(status) if status in SHOWN else None,
        driver_id=query.get("of", "")[:64],
    )
