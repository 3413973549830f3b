"""The head of the work list: the search, the parts of the list, fields for status and driver."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from nicegui import ui

from app.domain.order import Status
from app.ui.kit.driver_field import DriverField
from app.ui.kit.parts import WORDS, Choice, icon_for_eye
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.live.filters import DRIVERS, SHOWN, Filters, Only

CHIPS: Final = {
    Only.NEEDS_YOU: "Needs you",
    Only.ON_THE_WAY: "On the way",
    Only.WAITING: "Waiting",
    Only.ONLINE: "Connected",
}
TABS: Final = {None: "Orders", Only.DRIVERS: "Drivers"}
LONGEST_SEARCH: Final = 100


class FilterBar:
    """Search and filters; ``changed`` is called after each choice."""

    def __init__(self, visit: Visit, filters: Filters, changed: Callable[[], object]) -> None:
        self._visit = visit
        self._changed = changed
        self.filters = filters
        self._open = bool(filters.fields)
        self._chips: dict[Only, tuple[ui.element, ui.label]] = {}
        self._tabs: dict[Only | None, ui.element] = {}
        with ui.element("div").classes("panel-top"):
            with ui.element("div").classes("panel-tabs").props('role=group aria-label="List of"'):
                for tab, word in TABS.items():
                    self._tabs[tab] = self._tab(tab, word)
            with ui.element("div").classes("search-line"):
                self._build_search()
                self._build_switch()
            self._build_fields()
            with ui.element("div").classes("chips").props('role=group aria-label="Filter"'):
                for only, word in CHIPS.items():
                    self._chips[only] = self._chip(only, word)
        self._show()

    @property
    def text(self) -> str:
        """What is searched, in small letters."""
        return str(self._search.value or "")[:LONGEST_SEARCH].casefold().strip()

    def toggle(self, only: Only) -> None:
        """Show this part of the list alone, or all of it again."""
        whole = Only.DRIVERS if only in DRIVERS else None
        self._choose(replace(self.filters, only=whole if self.filters.only is only else only))

    def clear(self) -> None:
        """Show everything."""
        self._search.value = ""
        self._open = False
        self._choose(Filters())

    def count(self, only: Only, count: int) -> None:
        """Say how many there are in a part of the list."""
        self._chips[only][1].set_text(f"{count:,}")

    def _build_search(self) -> None:
        with ui.element("div").classes("search"):
            icon_for_eye("search")
            self._search = ui.input(
                placeholder="Order, customer, driver, street",
                on_change=self._visit.act(self._changed),
            )
            self._search.props("borderless dense debounce=120 type=search data-search")
            self._search.props(f'aria-label="Search orders" maxlength={LONGEST_SEARCH}')
            ui.label("/").classes("search-key").props('aria-hidden="true"')

    def _build_switch(self) -> None:
        self._switch = ui.element("button").classes("btn filter-switch").props("type=button")
        self._switch.props('aria-label="Filter by status and driver" title="Status and driver"')
        self._switch.on("click", self._visit.act(self._switch_fields), [])
        with self._switch:
            icon_for_eye("tune")
            self._number = words("span", "").classes("filter-number")

    def _build_fields(self) -> None:
        visit = self._visit
        with ui.element("div").classes("filter-fields") as self._fields:
            self._status = Choice("Status", self._status_chosen, visit.act)
            self._driver = DriverField(visit, self._driver_chosen, "Any driver")
            with ui.element("button").classes("link").props("type=button") as self._clear:
                words("span", "Clear")
            self._clear.on("click", visit.act(self.clear), [])

    def _tab(self, only: Only | None, word: str) -> ui.element:
        tab = ui.element("button").classes("panel-tab").props("type=button")
        tab.on("click", self._visit.act(lambda: self._choose(replace(self.filters, only=only))), [])
        with tab:
            words("span", word)
        return tab

    def _chip(self, only: Only, word: str) -> tuple[ui.element, ui.label]:
        chip = ui.element("button").classes("chip").props("type=button")
        chip.on("click", self._visit.act(lambda: self.toggle(only)), [])
        with chip:
            ui.label(word)
            return chip, ui.label("0").classes("chip-count")

    def _switch_fields(self) -> None:
        self._open = not self._open
        self._show()

    def _status_chosen(self, key: str) -> None:
        self._choose(replace(self.filters, status=Status(key) if key else None))

    def _driver_chosen(self, driver_id: str) -> None:
        self._choose(replace(self.filters, driver_id=driver_id))

    def _choose(self, filters: Filters) -> None:
        self.filters = filters
        self._show()
        self._changed()

    def _show(self) -> None:
        filters = self.filters
        drivers = filters.only in DRIVERS
        for tab, element in self._tabs.items():
            element.props["aria-pressed"] = "true" if (tab in DRIVERS) is drivers else "false"
        for only, (chip, _) in self._chips.items():
            on = only is filters.only
            chip.classes(add="chip-on" if on else None, remove=None if on else "chip-on")
            chip.props["aria-pressed"] = "true" if on else "false"
            chip.set_visibility((only in DRIVERS) is drivers)
        self._switch.set_visibility(not drivers)
        self._fields.set_visibility(self._open and not drivers)
        self._switch.props["aria-expanded"] = "true" if self._open else "false"
        self._number.set_text(str(filters.fields or ""))
        self._clear.set_visibility(filters.fields > 0)
        statuses = {status.value: WORDS[status] for status in SHOWN}
        self._status.show({"": "Any status", **statuses}, filters.status or "")
        self._driver.choose(filters.driver_id)
