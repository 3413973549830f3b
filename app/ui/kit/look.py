"""What a business gives the pages: its name in their titles, its colour and logo for customers."""

from nicegui import ui

from app.domain.colour import shades
from app.domain.picture import Picture
from app.ui.kit.attention import Attention
from app.ui.kit.parts import icon_for_eye
from app.ui.kit.visit import Visit
from app.ui.kit.words import words


def own_colour(colour: str | None) -> str:
    """The style that puts the business's colour in place of the accent; "" for none."""
    if colour is None:
        return ""
    found = shades(colour)
    light, dark = (
        f":root {{ --accent: {shade.colour}; --on-accent: {shade.on}; }}"
        for shade in (found.light, found.dark)
    )
    return f"<style>{light} @media (prefers-color-scheme: dark) {{ {dark} }}</style>"


def logo_url(logo: Picture | None) -> str | None:
    """Where browsers get it; another logo has another address."""
    return None if logo is None else f"/logo/{logo.digest}"


def keep_look(visit: Visit, title: str, attention: Attention, *, maps: bool) -> None:
    """Title the page, with the number of orders that need somebody, and follow what admins set.

    Where a page shows a map (``maps``) and its tiles become others, it offers to load again: a
    page may load images only from where it said at its start.
    """
    look = visit.services.look
    tiles = (look.tile_url, look.tile_attribution)
    shown = ""
    offered = False

    def follow() -> None:
        nonlocal shown, offered
        waiting = f"({attention.count:,}) " if attention.count else ""
        wanted = f"{waiting}{title} · {look.business_name}"
        if wanted != shown:
            shown = wanted
            ui.page_title(wanted)
        if maps and not offered and tiles != (look.tile_url, look.tile_attribution):
            offered = True
            _offer_to_load_again()

    follow()
    attention.listen(follow)
    visit.keep_fresh(follow, "settings")


def _offer_to_load_again() -> None:
    with ui.element("a").classes("btn btn-primary load-again").props('href=""'):
        icon_for_eye("refresh")
        words("span", "The map has other tiles now: load again")
