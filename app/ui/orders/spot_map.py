"""The small map of an order's form, on which its places are picked (static/staff/picker.js)."""

from collections.abc import Callable
from typing import Any, Final

from nicegui import ui

from app.domain.geo import Place, is_place
from app.ui.kit.map import Map
from app.ui.kit.visit import Visit

SCRIPT: Final = '<script type="module" src="/static/staff/picker.js"></script>'
"""What a page with this map needs in its body."""
SPOTS: Final = ("destination", "pickup")
NOWHERE: Final = Place(30.0, 10.0)


class SpotMap:
    """The map, built where one is; ``picked`` gets the name of a spot and where somebody put it."""

    def __init__(self, visit: Visit, picked: Callable[[str, Place], object]) -> None:
        self._visit = visit
        self._picked = picked
        look = visit.services.look
        self._box = ui.element("div").classes("picker")
        self._box.props["data-tile-url"] = look.tile_url or ""
        self._box.props["data-tile-attribution"] = look.tile_attribution
        self._box.on("spot", visit.act(self._spotted), ["detail"])
        with self._box:
            lat, lng = self._center()
            leaflet = Map((lat, lng), 13)
            with ui.element("div").classes("picker-what chips").props("role=group"):
                for name, word in (("destination", "Destination"), ("pickup", "Pick-up")):
                    with ui.element("button").classes("chip").props("type=button") as chip:
                        ui.label(word)
                    chip.props["data-spot"] = name
        self._box.props["data-map"] = leaflet.html_id

    def show(self, name: str, place: Place | None) -> None:
        """Put the pin of a spot there, or take it away."""
        self._box.props[f"data-{name}"] = _text(place) if place else ""

    def look(self, place: Place) -> None:
        """Show this place from near."""
        self._box.props["data-look"] = _text(place)

    def _center(self) -> Place:
        """Where the work is: the newest order with a place, else any driver."""
        board = self._visit.services.board
        for live in sorted(board.orders.values(), key=lambda live: -live.order.num):
            spot = live.order.details.destination
            if spot is not None and spot.place is not None:
                return spot.place
        for driver in board.drivers.values():
            if driver.marker is not None:
                return Place(driver.marker.lat, driver.marker.lng)
        return NOWHERE

    def _spotted(self, event: Any) -> None:
        """Somebody clicked on the map; what the browser sends may be anything."""
        detail = event.args.get("detail") if isinstance(event.args, dict) else None
        if not isinstance(detail, dict) or detail.get("name") not in SPOTS:
            return
        lat, lng = detail.get("lat"), detail.get("lng")
        if not isinstance(lat, int | float) or not isinstance(lng, int | float):
            return
        if is_place(lat, lng):
            self._picked(detail["name"], Place(lat, lng))


def _text(place: Place) -> str:
    return f"{place.lat},{place.lng}"
