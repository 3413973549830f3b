"""Drivers in the list of the live page: those whom the search finds, or all of them. It is the way
to them for keys and screen readers, who cannot point at the map."""

import heapq
from collections.abc import Callable
from typing import Final

from nicegui import ui

from app.tracking.board import LiveDriver
from app.ui.kit.batch import counted
from app.ui.kit.measures import state_of
from app.ui.kit.parts import icon_for_eye, set_age
from app.ui.kit.tables import set_text
from app.ui.kit.visit import Visit
from app.ui.kit.words import Words, words
from app.ui.live.filters import DRIVERS, Only

MOST: Final = 20
"""Rows that are shown where orders are searched too,"""
MOST_ALONE: Final = 100
"""and where drivers alone are listed."""


class DriverRows:
    """A group of rows below those of the orders; hidden while nobody asks for drivers."""

    def __init__(self, visit: Visit, pick: Callable[[str], object]) -> None:
        self._visit = visit
        self._pick = pick
        self._views: dict[str, _View] = {}
        with ui.element("section").classes("work-group") as self._section:
            words("h2", "Drivers").classes("section-title")
            self._rows = ui.element("div")
            self._more: Words = words("p", "").classes("muted small work-rest")
        self._section.set_visibility(False)

    @property
    def ids(self) -> list[str]:
        """The drivers who are shown."""
        return list(self._views)

    def show(self, text: str, only: Only | None) -> bool:
        """Show the drivers whose name fits, where somebody asks for drivers; whether there are
        any."""
        found, more = self._find(text, only)
        for gone in self._views.keys() - {live.driver.id for live in found}:
            self._views.pop(gone).element.delete()
        children = self._rows.default_slot.children
        for index, live in enumerate(found):
            view = self._views.get(live.driver.id)
            if view is None:
                with self._rows:
                    view = self._views[live.driver.id] = _View(self._visit, live, self._pick)
            view.show(live)
            if children[index] is not view.element:
                view.element.move(self._rows, index)
        self._more.set_visibility(more > 0)
        self._more.set_text(f"{more:,} more: search for a name.")
        self._section.set_visibility(bool(found))
        return bool(found)

    def _find(self, text: str, only: Only | None) -> tuple[list[LiveDriver], int]:
        """Who is connected stands first, then the others, by name; and how many more there are."""
        if not text and only not in DRIVERS:
            return [], 0
        services, most = self._visit.services, MOST_ALONE if only in DRIVERS else MOST
        named = [
            (not services.hub.online(num), live.driver.name.casefold(), num)
            for num, live in services.board.drivers.items()
        ]
        fits = [key for key in named if text in key[1] and not (only is Only.ONLINE and key[0])]
        first = heapq.nsmallest(most, fits)
        return [services.board.drivers[num] for *_, num in first], len(fits) - len(first)


class _View:
    def __init__(self, visit: Visit, live: LiveDriver, pick: Callable[[str], object]) -> None:
        self._visit = visit
        driver_id = live.driver.id
        self.element = ui.element("button").classes("work-row").props("type=button")
        self.element.on("click", visit.act(lambda: pick(driver_id)), [])
        with self.element:
            self._icon = icon_for_eye("person")
            self._name = words("span", "").classes("work-title whole")
            self._age = words("span", "").classes("work-when")
            self._about = words("span", "").classes("work-about")
            self._orders = words("span", "").classes("work-note")

    def show(self, live: LiveDriver) -> None:
        """Show the driver as he is now; his age goes on in the browser."""
        services = self._visit.services
        online = services.hub.online(live.driver.num)
        icon, word, level = state_of(
            live,
            online=online,
            now=services.now(),
            thresholds=services.preferences.current.thresholds,
        )
        self._icon.set_name(icon)
        set_text(self._name, live.driver.name)
        self._about.set_text(word)
        orders = len(services.board.orders_of(live.driver.num))
        self._orders.set_text(counted(orders, "order", "orders") if orders else "")
        self.element.props["data-level"] = "warn" if level == "warn" else ""
        set_age(self._age, live.marker.at if live.marker else None)
