"""The fields of an own range of days: what stands in them counts once it is a range, and is
complained of only when they are left."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final

from nicegui import ui

from app import STATIC
from app.domain.errors import OnthewayError
from app.tracking.insights import check_days
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

NAMES: Final = ("First day", "Last day")
PAUSE: Final = 400
"""Milliseconds without a key pressed before what was typed is looked at: each key of a year makes
another day."""
VALUES: Final = 'emit([...box.querySelectorAll("input")].map((field) => field.value))'
TYPED: Final = f"""(event) => {{
  const box = event.currentTarget;
  clearTimeout(box.waits);
  box.waits = setTimeout(() => {VALUES}, {PAUSE});
}}"""
LEFT: Final = f"""(event) => {{
  const box = event.currentTarget;
  if (box.contains(event.relatedTarget)) return;
  clearTimeout(box.waits);
  {VALUES};
}}"""


class DayField(ui.element, component=STATIC / "staff" / "day.js"):
    """One of the two; ``there`` is what stands in it, as far as it is known here."""

    def __init__(self) -> None:
        super().__init__()
        self.there = ""
        self._tellings = 0
        self.classes("input")
        self.props["told"] = ["", 0]

    def put(self, value: str) -> None:
        """Let this stand in it."""
        if value != self.there:
            self.there = value
            self._tellings += 1
            self.props["told"] = [value, self._tellings]


class DayFields(ui.element):
    """Two days, by the browser's own fields; ``chosen`` gets them."""

    def __init__(self, visit: Visit, chosen: Callable[[date, date], Awaitable[None]]) -> None:
        super().__init__("div")
        self._chosen = chosen
        self.shown: tuple[date, date] | None = None
        self._unfinished = False
        self.classes("range-own")
        self.on("change", visit.act(self._typed), js_handler=TYPED)
        self.on("focusout", visit.act(self._left), js_handler=LEFT)
        with self:
            self._inputs = [_field(name) for name in NAMES]

    def show(self, first: date, last: date) -> None:
        """Show these, unless somebody is about to enter others."""
        self.shown = first, last
        if not self._unfinished:
            self._put(first.isoformat(), last.isoformat())

    def begin(self) -> None:
        """Drop what was not finished."""
        self._unfinished = False

    def _put(self, *values: str) -> None:
        for field, value in zip(self._inputs, values, strict=True):
            field.put(value)

    def _take(self, values: object) -> tuple[date, date] | None:
        """The two days that stand there, if they are any; what comes may be anything."""
        if not isinstance(values, list) or len(values) != len(NAMES):
            return None
        first, last = map(day_in, values)
        for field, day in zip(self._inputs, (first, last), strict=True):
            field.there = day.isoformat() if day else ""
        return None if first is None or last is None else (first, last)

    async def _typed(self, event: Any) -> None:
        days = self._take(event.args)
        self._unfinished = days is None or not is_range(*days)
        if days is not None and not self._unfinished:
            await self._chosen(*days)

    async def _left(self, event: Any) -> None:
        days = self._take(event.args)
        if days is not None:
            self._unfinished = not is_range(*days)
            check_days(*days)
            await self._chosen(*days)
        elif self.shown is not None:
            self._unfinished = False
            self.show(*self.shown)


def _field(name: str) -> DayField:
    with ui.element("label").classes("range-day"):
        words("span", name)
        return DayField()


def is_range(first: date, last: date) -> bool:
    """Whether a report can be about these days."""
    try:
        check_days(first, last)
    except OnthewayError:
        return False
    return True


def day_in(text: object) -> date | None:
    """The day that a text is, as browsers and addresses write it."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else None
    except ValueError:
        return None
