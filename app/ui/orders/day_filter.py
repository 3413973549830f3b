"""The days whose orders are listed: some that everybody wants, or an own range."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from app.domain.days import day_of, span_of
from app.ui.kit.day_fields import DayFields, day_in, is_range
from app.ui.kit.parts import Choice, Handler
from app.ui.kit.visit import Visit

OWN: Final = "own"
CHOICES: Final[Mapping[str, str]] = {
    "": "Any day",
    "today": "Today",
    "yesterday": "Yesterday",
    "week": "Last 7 days",
    OWN: "Own range",
}
_BACK: Final = {"today": (0, 0), "yesterday": (1, 1), "week": (6, 0)}
"""The first and the last day of each, counted back from today."""
HINT: Final = "The day an order is promised for, else the day it was made"


class DayFilter:
    """A list, and below it two fields for an own range; ``changed`` is called with each choice.

    The day of an order is the promised one, else the one it was made on: what happens to the order
    leaves it where it is, so that the failed ones of yesterday stay there when they are noted, or
    tried again, today.
    """

    def __init__(self, visit: Visit, query: Mapping[str, str], changed: Handler) -> None:
        self._visit = visit
        self._changed = changed
        first, last = day_in(query.get("from", "")), day_in(query.get("to", ""))
        self._own = (first, last) if first and last and is_range(first, last) else None
        asked = query.get("day", "")
        self._on = OWN if self._own else asked if asked in _BACK else ""
        self._choice = Choice("Day", self._choose, visit.act).classes("filter")
        self._choice.props["title"] = HINT
        self._choice.show(CHOICES, self._on)
        self._fields: DayFields | None = None

    def build_fields(self) -> None:
        """The fields of an own range, on a line of their own."""
        self._fields = DayFields(self._visit, self._choose_own)
        self._show()

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day; None: any."""
        if self._on in _BACK:
            first, last = _BACK[self._on]
            today = day_of(self._visit.services.now(), self._visit.zone)
            return today - timedelta(days=first), today - timedelta(days=last)
        return self._own if self._on == OWN else None

    @property
    def during(self) -> tuple[int, int] | None:
        """Their time, as the store takes it."""
        days = self.days
        return None if days is None else span_of(*days, self._visit.zone)

    @property
    def chosen(self) -> dict[str, str]:
        """As the address of the page has it."""
        return range_words(self._own) if self._on == OWN else {"day": self._on}

    async def _choose(self, on: str) -> None:
        if on == OWN:
            today = day_of(self._visit.services.now(), self._visit.zone)
            self._own = self.days or self._own or (today, today)
        self._on = on
        await self._tell()

    async def _choose_own(self, first: date, last: date) -> None:
        if self._own != (first, last):
            self._own = first, last
            await self._tell()

    async def _tell(self) -> None:
        self._show()
        result = self._changed()
        if result is not None:
            await result

    def _show(self) -> None:
        if self._fields is None:
            return
        self._fields.set_visibility(self._on == OWN)
        if self._own is not None:
            self._fields.show(*self._own)


def range_words(days: tuple[date, date] | None) -> dict[str, str]:
    """Days as an address has them."""
    if days is None:
        return {}
    return {"from": days[0].isoformat(), "to": days[1].isoformat()}
