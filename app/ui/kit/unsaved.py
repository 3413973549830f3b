"""What a page tells its browser of things that are not saved yet (static/staff/unsaved.js)."""

import json

from nicegui import ui


def taking(news: str | None = None) -> str:
    """Script before the server takes a page away: its browser asks nobody then.

    ``news`` is why, told once by the next page of the tab, with whether something was lost.
    """
    return f'window.dispatchEvent(new CustomEvent("taken", {{detail: {json.dumps(news)}}}));'


def mark_unsaved(element: ui.element, on: bool) -> None:
    """The browser asks before the page is left while something within ``element`` would be lost."""
    if ("data-unsaved" in element.props) is not on:
        element.props.set_bool("data-unsaved", on)
