"""The work list beside the map: search, filters, groups of rows that change in place."""

from collections.abc import Callable
from typing import Final

from nicegui import ui

from app.ui.kit.needs import Group
from app.ui.kit.parts import button, icon_for_eye
from app.ui.kit.visit import Visit
from app.ui.kit.words import Words, words
from app.ui.kit.work import Row
from app.ui.kit.workbook import WorkRows
from app.ui.live.driver_rows import DriverRows
from app.ui.live.filter_bar import CHIPS, FilterBar
from app.ui.live.filters import DRIVERS, Filters, Only
from app.ui.live.order_row import RowView

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
AT_ONCE: Final = 50
"""Rows of a group that are shown at first; more when somebody asks for more."""


class WorkList:
    """All open orders, grouped; which of them are shown follows search and filter.

    ``told`` is called whenever what is wanted, or what there is of it, may be another.
    """

    def __init__(
        self,
        visit: Visit,
        rows: WorkRows,
        pick: Callable[[str], object],
        pick_driver: Callable[[str], object],
        filters: Filters,
        told: Callable[[], object],
    ) -> None:
        self._visit = visit
        self._told = told
        self._pick = pick
        self._pick_driver = pick_driver
        self._rows = rows
        self._version = -1
        self._at_once = dict.fromkeys(Group, AT_ONCE)
        self._views: dict[str, RowView] = {}
        self._driverless = False
        self._selected: str | None = None
        self._groups: dict[Group, ui.element] = {}
        self._more: dict[Group, tuple[ui.element, Words]] = {}
        self.bar = FilterBar(visit, filters, self._arrange)
        self._build()

    def show(self, *, driverless: bool) -> None:
        """Show all as it is now, in its order within each group; ``driverless``: nobody could
        bring them yet."""
        if self._version == self._rows.version and driverless is self._driverless:
            self._show_drivers()
            self._told()
            return
        self._version = self._rows.version
        self._driverless = driverless
        for only in CHIPS.keys() - DRIVERS:
            count = sum(self._rows.count(group) for group in Filters(only).sieve("").groups)
            self.bar.count(only, count)
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

    @property
    def driver_ids(self) -> list[str]:
        """The drivers who are in the list."""
        return self._drivers.ids

    def _build(self) -> None:
        with ui.element("div").classes("work").props('aria-label="Orders"'):
            for group in Group:
                with ui.element("section").classes("work-group") as section:
                    words("h2", group).classes("section-title")
                    self._groups[group] = ui.element("div")
                    self._more[group] = self._more_button(group)
                section.set_visibility(False)
            self._drivers = DriverRows(self._visit, self._pick_driver)
            with ui.element("div").classes("empty") as self._empty:
                self._empty_icon = icon_for_eye("")
                self._empty_title = words("p", "").classes("empty-title")
                self._empty_text = words("p", "")
                with ui.element("a").classes("btn").props("href=/admin/drivers") as self._first:
                    words("span", "Add driver")
                self._clear = button("Show everything", self._visit.act(self.bar.clear))

    def _more_button(self, group: Group) -> tuple[ui.element, Words]:
        more = ui.element("button").classes("work-more").props("type=button")
        more.on("click", self._visit.act(lambda: self._show_more(group)), [])
        with more:
            return more, words("span", "")

    def _show_more(self, group: Group) -> None:
        self._at_once[group] += AT_ONCE
        self._arrange()

    def _show_drivers(self) -> bool:
        self.bar.count(Only.ONLINE, self._visit.services.hub.drivers_online())
        return self._drivers.show(self.bar.text, self.bar.filters.only)

    def _arrange(self) -> None:
        wanted = self.bar.filters.sieve(self.bar.text)
        rows, chosen = self._rows, self._selected
        shown = {
            group: rows.first(group, at_once, wanted, chosen)
            for group, at_once in self._at_once.items()
        }
        for gone in self._views.keys() - {
            row.order_id for here, _ in shown.values() for row in here
        }:
            self._views.pop(gone).element.delete()
        for group, container in self._groups.items():
            here, more = shown[group]
            self._fill(container, here)
            more_button, label = self._more[group]
            more_button.set_visibility(more > 0)
            label.set_text(f"Show {min(more, AT_ONCE)} more of {more}")
            section = container.parent_slot.parent if container.parent_slot else None
            if section is not None:
                section.set_visibility(bool(here))
        found = self._show_drivers() or any(here for here, _ in shown.values())
        self._empty.set_visibility(not found)
        if not found:
            self._say_empty()
        self._told()

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
        sought = len(self._rows) > 0 or self.bar.text
        key = "found" if sought else "first" if self._driverless else "none"
        icon, title, text = EMPTY[key]
        self._empty_icon.set_name(icon)
        self._empty_title.set_text(title)
        self._empty_text.set_text(text)
        self._first.set_visibility(key == "first")
        self._clear.set_visibility(key == "found")
