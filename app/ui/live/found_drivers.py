"""Drivers that the search of the live page finds: the way to them for keys and screen readers,
who cannot point at the map."""

from collections.abc import Callable
from itertools import islice
from typing import Final

from nicegui import ui

from app.tracking.board import LiveDriver
from app.ui.kit.measures import state_of
from app.ui.kit.parts import icon_for_eye, set_age
from app.ui.kit.tables import set_text
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

MOST: Final = 20


class FoundDrivers:
    """A group of rows below those of the orders; hidden while nothing is searched."""

    def __init__(self, visit: Visit, pick: Callable[[str], object]) -> None:
        self._visit = visit
        self._pick = pick
        self._views: dict[str, _View] = {}
        with ui.element("section").classes("work-group") as self._section:
            words("h2", "Drivers").classes("section-title")
            self._rows = ui.element("div")
        self._section.set_visibility(False)

    def show(self, text: str) -> bool:
        """Show the drivers whose name fits; whether there are any."""
        found = {live.driver.id: live for live in self._find(text)} if text else {}
        for gone in self._views.keys() - found.keys():
            self._views.pop(gone).element.delete()
        for driver_id, live in found.items():
            if driver_id not in self._views:
                with self._rows:
                    self._views[driver_id] = _View(self._visit, driver_id, self._pick)
            self._views[driver_id].show(live)
        self._section.set_visibility(bool(found))
        return bool(found)

    def _find(self, text: str) -> list[LiveDriver]:
        drivers = self._visit.services.board.drivers.values()
        return list(islice((live for live in drivers if text in live.driver.name.casefold()), MOST))


class _View:
    def __init__(self, visit: Visit, driver_id: str, pick: Callable[[str], object]) -> None:
        self._visit = visit
        self.element = ui.element("button").classes("work-row").props("type=button")
        self.element.on("click", visit.act(lambda: pick(driver_id)), [])
        with self.element:
            self._icon = icon_for_eye("person")
            self._name = words("span", "").classes("work-title whole")
            self._age = words("span", "").classes("work-when")
            self._about = words("span", "").classes("work-about")

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
        self.element.props["data-level"] = "warn" if level == "warn" else ""
        set_age(self._age, live.marker.at if live.marker else None)
