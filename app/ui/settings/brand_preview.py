"""How customers will see the business, in both looks at once, while an admin tries it out."""

from typing import Final

from nicegui import ui

from app.domain.colour import DARK_GROUNDS, LIGHT_GROUNDS, Shade, contrast, shades
from app.ui.kit.parts import DASH
from app.ui.kit.words import words

STANDARD: Final = "#0f766e"
"""The product's own colour in the light look (--accent)."""
LOOKS: Final = {"light": ("Light", LIGHT_GROUNDS), "dark": ("Dark", DARK_GROUNDS)}
PARTS: Final = 5
DONE: Final = 3


class BrandPreview:
    """Two small customer's pages."""

    def __init__(self) -> None:
        with ui.element("section").classes("brand").props('aria-label="What customers see"'):
            words("h2", "What customers see").classes("part-title")
            with ui.element("div").classes("brand-looks"):
                self._looks = {key: _Look(key, word) for key, (word, _) in LOOKS.items()}

    def show(self, name: str, colour: str | None, logo: str | None) -> None:
        """Show this name, checked colour and address of a logo."""
        found = None if colour is None else shades(colour)
        for key, look in self._looks.items():
            shade = None if found is None else getattr(found, key)
            look.show(name, colour, shade, logo)


class _Look:
    """One of them."""

    def __init__(self, key: str, word: str) -> None:
        self._grounds = LOOKS[key][1]
        with ui.element("figure").classes(f"brand-look brand-{key}") as self._root:
            with ui.element("div").classes("brand-map"):
                with ui.element("p").classes("brand-shop"):
                    self._logo = ui.element("img").classes("track-logo").props('alt=""')
                    self._name = words("span", "")
                words("span", "A").classes("brand-courier").props('aria-hidden="true"')
            with ui.element("div").classes("brand-sheet"):
                with ui.element("p").classes("brand-sentence"):
                    words("span", "Ana is on the way, arriving ")
                    words("strong", f"14:20{DASH}14:30")
                    words("span", ".")
                with ui.element("div").classes("brand-bar").props('aria-hidden="true"'):
                    for part in range(PARTS):
                        ui.element("i").classes("is-done" if part < DONE else "")
            self._note = words("figcaption", word)
        self._word = word

    def show(self, name: str, colour: str | None, shade: Shade | None, logo: str | None) -> None:
        self._name.set_text(name)
        self._logo.set_visibility(logo is not None)
        self._logo.props.set_optional("src", logo)
        if shade is None:
            self._root.style(replace="")
            self._note.set_text(f"{self._word}: Ontheway's own colour")
            return
        self._root.style(replace=f"--accent: {shade.colour}; --on-accent: {shade.on}")
        ratio = min(contrast(shade.colour, ground) for ground in self._grounds)
        changed = "" if shade.colour == colour else f", changed to {shade.colour} to be readable"
        self._note.set_text(f"{self._word}: contrast {ratio:.1f} : 1{changed}")
