"""The page that a role does not include: it says so, and goes when the sign-in or the role does."""

from typing import Final

from nicegui import ui

from app.ui.kit.parts import icon_for_eye
from app.ui.kit.tables import STYLES
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

TITLE: Final = "This page is not for you."


def build(visit: Visit) -> None:
    """Build what stands below `TITLE`."""
    ui.add_head_html(STYLES)
    with ui.element("div").classes("empty card"):
        icon_for_eye("lock")
        words("p", f"Your role ({visit.actor.role}) does not include it. An admin can change that.")
        words("a", "To the live map").classes("btn").props("href=/admin")
