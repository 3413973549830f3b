"""The map of a page, empty: the page's script sets its ground and draws on it."""

from typing import Final

from nicegui import ui

from app.ui.kit.visit import Visit

NOWHERE: Final = (30.0, 10.0)


def empty_map(visit: Visit, root: ui.element, classes: str) -> None:
    """Make the map here; the attributes of ``root`` tell the script which it is, and its tiles."""
    look = visit.services.look
    leaflet = ui.leaflet(center=NOWHERE, zoom=3, options={"zoomControl": False})
    leaflet.clear_layers()  # it brings a tile layer of its own; the script sets the configured one
    leaflet.classes(classes)
    root.props["data-map"] = leaflet.html_id
    root.props["data-tile-url"] = look.tile_url or ""
    root.props["data-tile-attribution"] = look.tile_attribution
