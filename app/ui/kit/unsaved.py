"""What a page tells its browser of things that are not saved yet (static/staff/unsaved.js)."""

from typing import Final

from nicegui import ui

TAKE: Final = 'window.dispatchEvent(new Event("taken"));'
"""Script before the server takes a page away: its browser asks nobody then."""


def mark_unsaved(element: ui.element, on: bool) -> None:
    """The browser asks before the page is left while something within ``element`` would be lost."""
    if ("data-unsaved" in element.props) is not on:
        element.props.set_bool("data-unsaved", on)
