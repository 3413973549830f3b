"""The map of a page, empty: the page's script sets its ground and draws on it."""

from typing import Any, Final

from nicegui import ui

from app.ui.kit.visit import Visit

NOWHERE: Final = (30.0, 10.0)


class Map(ui.leaflet):
    """NiceGUI's map without a ground of its own.

    Where somebody looks is decided in his browser and kept there: what comes of it is not read.
    """

    def __init__(self, center: tuple[float, float], zoom: int) -> None:
        super().__init__(center=center, zoom=zoom, options={"zoomControl": False})
        self.clear_layers()  # it brings a tile layer of its own

    def _handle_move_or_zoom_end(self, _event: Any) -> None:
        """In place of NiceGUI's, which takes whatever a page sends for a place."""


def empty_map(visit: Visit, root: ui.element, classes: str) -> None:
    """Make the map here; the attributes of ``root`` tell the script which it is, and its tiles."""
    look = visit.services.look
    leaflet = Map(NOWHERE, 3).classes(classes)
    root.props["data-map"] = leaflet.html_id
    root.props["data-tile-url"] = look.tile_url or ""
    root.props["data-tile-attribution"] = look.tile_attribution
