"""Heads of a table that sort it: one press for a column's own direction, the next turns it round,
the third goes back to newest first."""

from collections.abc import Callable
from typing import Final

from nicegui import ui

from app.tracking.records import NEWEST_FIRST, OrderBy, OrderSort
from app.ui.kit.parts import Choice, Handler, icon_for_eye
from app.ui.kit.visit import Visit
from app.ui.kit.words import Icon, words

CHOICES: Final[dict[str, str]] = {
    "": "Newest first",
    "number": "Oldest first",
    "order": "Order, A to Z",
    "-order": "Order, Z to A",
    "status": "Status, first steps first",
    "-status": "Status, last steps first",
    "customer": "Customer, A to Z",
    "-customer": "Customer, Z to A",
    "destination": "Destination, A to Z",
    "-destination": "Destination, Z to A",
    "driver": "Driver, A to Z",
    "-driver": "Driver, Z to A",
    "promised": "Promised soonest first",
    "-promised": "Promised latest first",
    "-changed": "Changed last first",
    "changed": "Changed longest ago first",
}
"""As the address of the page has it -> what it means; all in one list on a phone."""
LATEST_FIRST: Final = frozenset({OrderBy.CHANGED})
"""Columns that begin with what is largest."""


def sort_of(text: str) -> OrderSort:
    """What an address says; what is unknown is newest first."""
    if not text or text not in CHOICES:
        return NEWEST_FIRST
    return OrderSort(OrderBy(text.removeprefix("-")), text.startswith("-"))


def text_of(sort: OrderSort) -> str:
    """As `sort_of` reads it."""
    if sort == NEWEST_FIRST:
        return ""
    return f"-{sort.by.value}" if sort.descending else sort.by.value


def pressed(sort: OrderSort, by: OrderBy) -> OrderSort:
    """How it is sorted after the head of ``by`` was pressed."""
    own = OrderSort(by, by in LATEST_FIRST)
    if sort.by is not by:
        return own
    return OrderSort(by, not own.descending) if sort == own else NEWEST_FIRST


class Sorting:
    """How the table is sorted, and what shows and changes it."""

    def __init__(self, visit: Visit, sort: OrderSort, changed: Handler) -> None:
        self.sort = sort
        self._visit = visit
        self._changed = changed
        self._heads: dict[OrderBy, tuple[ui.element, Icon]] = {}
        self._choice: Choice | None = None

    def head(self, by: OrderBy, title: str) -> Callable[[], ui.element]:
        """What builds the head of a column."""

        def build() -> ui.element:
            with ui.element("div") as head:
                with ui.element("button").classes("sort").props("type=button") as press:
                    words("span", title)
                    icon = icon_for_eye("").classes("sort-mark")
                press.on("click", self._visit.act(lambda: self._press(by)), [])
            self._heads[by] = head, icon
            self._mark()
            return head

        return build

    def build_choice(self) -> None:
        """The list for narrow screens, where a table has no head."""
        self._choice = Choice("Sorted by", self._choose, self._visit.act)
        self._choice.classes("sort-choice")
        self._mark()

    async def _press(self, by: OrderBy) -> None:
        await self._set(pressed(self.sort, by))

    async def _choose(self, text: str) -> None:
        await self._set(sort_of(text))

    async def _set(self, sort: OrderSort) -> None:
        self.sort = sort
        self._mark()
        await self._changed()

    def _mark(self) -> None:
        for by, (head, icon) in self._heads.items():
            on = by is self.sort.by
            icon.set_name("arrow_downward" if on and self.sort.descending else "arrow_upward")
            icon.classes(add="sort-on" if on else None, remove=None if on else "sort-on")
            direction = "descending" if self.sort.descending else "ascending"
            head.props["aria-sort"] = direction if on else "none"
        if self._choice is not None:
            self._choice.show(CHOICES, text_of(self.sort))
