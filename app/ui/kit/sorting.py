"""How orders are sorted: in words, in the address of the page, and for the store."""

from collections.abc import Callable
from functools import partial
from typing import Final

from nicegui import ui

from app.tracking.records import NEWEST_FIRST, OrderBy, OrderSort
from app.ui.kit.heads import Heads
from app.ui.kit.parts import Handler
from app.ui.kit.visit import Visit

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


class Sorting(Heads):
    """How the table of orders is sorted, and what shows and changes it."""

    def __init__(self, visit: Visit, sort: OrderSort, changed: Handler) -> None:
        super().__init__(visit, CHOICES, text_of(sort), changed)

    @property
    def sort(self) -> OrderSort:
        """As the store takes it."""
        return sort_of(self.on)

    def head(self, by: OrderBy, title: str) -> Callable[[], ui.element]:
        """What builds the head of a column."""
        return partial(self.build, by.value, title)
