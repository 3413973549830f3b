"""The work list beside the map: search, filters, groups of rows that change in place."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from nicegui import ui

from app.ui.kit.needs import NEEDS_YOU, Group
from app.ui.kit.parts import icon_for_eye, set_age
from app.ui.kit.tables import set_text
from app.ui.kit.visit import Visit
from app.ui.kit.words import Words, words
from app.ui.kit.work import Row
from app.ui.kit.workbook import WorkRows
from app.ui.live.found_drivers import FoundDrivers

FILTERS: Final[dict[str, frozenset[Group]]] = {
    "Needs you": NEEDS_YOU,
    "On the way": frozenset({Group.ON_THE_WAY}),
    "Waiting": frozenset({Group.WAITING}),
}
EMPTY: Final = {
    "found": ("search_off", "Nothing found", "No order here matches the search and the filter."),
    "none": ("done_all", "No open orders", "New orders appear here by themselves."),
    "first": (
        "pedal_bike",
        "Add your first driver",
        "Drivers appear on the map as soon as their phones are connected.",
    ),
}
"""What is said in place of a list: icon, title, text."""
LONGEST_SEARCH: Final = 100
AT_ONCE: Final = 50
"""Rows of a group that are shown at first; more when somebody asks for more."""


class RowView:
    """One row: a button of five parts; only what changed is sent."""

    def __init__(self, visit: Visit, row: Row, pick: Callable[[str], object]) -> None:
        self.element = ui.element("button").classes("work-row").props("type=button")
        self.element.props["data-order"] = row.order_id
        self.element.on("click", visit.act(lambda: pick(row.order_id)), [])
        with self.element:
            self._icon = icon_for_eye(row.icon)
            self._title = words("span", "").classes("work-title whole")
            self._when = words("span", "").classes("work-when")
            self._about = words("span", "").classes("work-about few-lines")
            self._note = words("span", "").classes("work-note")
        self._row: Row | None = None
        self._selected = False
        self.show(row)

    def show(self, row: Row) -> None:
        """Show the order as it is now.

        That the driver was seen again is no change: static/live/live.js knows it from its socket.
        """
        before = self._row
        if before is not None and _same_but_for_time(before, row):
            return
        self._row = row
        if before is None or before.status is not row.status:
            gone = f"status-{before.status}" if before is not None else None
            self.element.classes(add=f"status-{row.status}", remove=gone)
        self._icon.set_name(row.icon)
        set_text(self._title, row.title)
        set_text(self._about, row.about)
        self.element.props["data-level"] = row.level
        self.element.props["data-driver"] = row.driver_id
        aged, plain = (self._when, self._note) if row.age_leads else (self._note, self._when)
        plain.set_text(row.note if row.age_leads else row.when)
        plain.props.pop("data-age", None)
        set_age(aged, row.seen_at)
        if row.seen_at is None:
            aged.set_text(row.when if row.age_leads else row.note)

    def select(self, on: bool) -> None:
        """Mark it as the one that is open."""
        if on is self._selected:
            return
        self._selected = on
        self.element.classes(toggle="is-selected")
        self.element.props["aria-current"] = "true" if on else "false"


def _same_but_for_time(one: Row, other: Row) -> bool:
    if (one.seen_at is None) is not (other.seen_at is None):
        return False
    return replace(one, seen_at=other.seen_at) == other


class WorkList:
    """All open orders, grouped; which of them are shown follows search and filter."""

    def __init__(
        self,
        visit: Visit,
        rows: WorkRows,
        pick: Callable[[str], object],
        pick_driver: Callable[[str], object],
    ) -> None:
        self._visit = visit
        self._pick = pick
        self._pick_driver = pick_driver
        self._rows = rows
        self._version = -1
        self._at_once = dict.fromkeys(Group, AT_ONCE)
        self._views: dict[str, RowView] = {}
        self._driverless = False
        self._filter: str | None = None
        self._selected: str | None = None
        self._chips: dict[str, tuple[ui.element, ui.label]] = {}
        self._groups: dict[Group, ui.element] = {}
        self._more: dict[Group, tuple[ui.element, Words]] = {}
        self._build()

    def show(self, *, driverless: bool) -> None:
        """Show all as it is now, in its order within each group; ``driverless``: nobody could
        bring them yet."""
        if self._version == self._rows.version and driverless is self._driverless:
            self._drivers.show(self._text)
            return
        self._version = self._rows.version
        self._driverless = driverless
        for name, groups in FILTERS.items():
            count = sum(self._rows.count(group) for group in groups)
            self._chips[name][1].set_text(f"{count:,}")
        self._arrange()

    def select(self, order_id: str | None) -> None:
        """Show and mark the order that is open."""
        if order_id == self._selected:
            return
        self._selected = order_id
        self._rows.refresh()  # it may have been made just now
        self._arrange()
        for number, view in self._views.items():
            view.select(number == order_id)

    def _build(self) -> None:
        with ui.element("div").classes("panel-top"):
            with ui.element("div").classes("search"):
                icon_for_eye("search")
                self._search = ui.input(
                    placeholder="Order, customer, driver, street",
                    on_change=self._visit.act(self._arrange),
                )
                self._search.props("borderless dense debounce=120 type=search data-search")
                self._search.props(f'aria-label="Search orders" maxlength={LONGEST_SEARCH}')
                ui.label("/").classes("search-key").props('aria-hidden="true"')
            with ui.element("div").classes("chips").props('role=group aria-label="Filter"'):
                for name in FILTERS:
                    self._chip(name)
        with ui.element("div").classes("work").props('aria-label="Orders"'):
            for group in Group:
                with ui.element("section").classes("work-group") as section:
                    words("h2", group).classes("section-title")
                    self._groups[group] = ui.element("div")
                    self._more[group] = self._more_button(group)
                section.set_visibility(False)
            self._drivers = FoundDrivers(self._visit, self._pick_driver)
            with ui.element("div").classes("empty") as self._empty:
                self._empty_icon = icon_for_eye("")
                self._empty_title = words("p", "").classes("empty-title")
                self._empty_text = words("p", "")
                with ui.element("a").classes("btn").props("href=/admin/drivers") as self._first:
                    words("span", "Add driver")

    def _chip(self, name: str) -> None:
        chip = ui.element("button").classes("chip").props("type=button aria-pressed=false")
        chip.on("click", self._visit.act(lambda: self._toggle(name)), [])
        with chip:
            ui.label(name)
            self._chips[name] = chip, ui.label("0").classes("chip-count")

    def _toggle(self, name: str) -> None:
        self._filter = None if self._filter == name else name
        for other, (chip, _) in self._chips.items():
            on = other == self._filter
            chip.classes(add="chip-on" if on else None, remove=None if on else "chip-on")
            chip.props["aria-pressed"] = "true" if on else "false"
        self._arrange()

    def _more_button(self, group: Group) -> tuple[ui.element, Words]:
        more = ui.element("button").classes("work-more").props("type=button")
        more.on("click", self._visit.act(lambda: self._show_more(group)), [])
        with more:
            return more, words("span", "")

    def _show_more(self, group: Group) -> None:
        self._at_once[group] += AT_ONCE
        self._arrange()

    @property
    def _text(self) -> str:
        return str(self._search.value or "")[:LONGEST_SEARCH].casefold().strip()

    def _arrange(self) -> None:
        groups = frozenset(Group) if self._filter is None else FILTERS[self._filter]
        text = self._text
        none: tuple[list[Row], int] = ([], 0)
        rows, chosen = self._rows, self._selected
        shown = {
            group: rows.first(group, at_once, text, chosen) if group in groups else none
            for group, at_once in self._at_once.items()
        }
        for gone in self._views.keys() - {
            row.order_id for here, _ in shown.values() for row in here
        }:
            self._views.pop(gone).element.delete()
        for group, container in self._groups.items():
            here, more = shown[group]
            self._fill(container, here)
            button, label = self._more[group]
            button.set_visibility(more > 0)
            label.set_text(f"Show {min(more, AT_ONCE)} more of {more}")
            section = container.parent_slot.parent if container.parent_slot else None
            if section is not None:
                section.set_visibility(bool(here))
        found = self._drivers.show(text) or any(here for here, _ in shown.values())
        self._empty.set_visibility(not found)
        if not found:
            self._say_empty()

    def _fill(self, container: ui.element, rows: list[Row]) -> None:
        for index, row in enumerate(rows):
            view = self._views.get(row.order_id)
            if view is None:
                with container:
                    view = RowView(self._visit, row, self._pick)
                self._views[row.order_id] = view
                view.select(row.order_id == self._selected)
            view.show(row)
            children = container.default_slot.children
            if index >= len(children) or children[index] is not view.element:
                view.element.move(container, index)

    def _say_empty(self) -> None:
        key = "found" if len(self._rows) or self._text else "first" if self._driverless else "none"
        icon, title, text = EMPTY[key]
        self._empty_icon.set_name(icon)
        self._empty_title.set_text(title)
        self._empty_text.set_text(text)
        self._first.set_visibility(key == "first")
