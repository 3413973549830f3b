"""Which rows of the work list are wanted."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from app.domain.order import Status
from app.ui.kit.needs import Group
from app.ui.kit.work import Row


@dataclass(frozen=True, slots=True)
class Sieve:
    """What a row must be: all of it. ``text`` is compared as it stands, in small letters."""

    groups: Set[Group] = frozenset(Group)
    statuses: Set[Status] = frozenset(Status)
    driver_id: str = ""
    text: str = ""

    def fits(self, row: Row) -> bool:
        """Whether the row is wanted."""
        return (
            row.group in self.groups
            and row.status in self.statuses
            and (not self.driver_id or row.driver_id == self.driver_id)
            and self.text in row.found_by
        )


ALL: Final = Sieve()
