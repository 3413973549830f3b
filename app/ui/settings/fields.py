"""The fields of the settings page: each holds one value, says what is wrong with it, who changed
it last, or that the environment sets it.

Knows no service. A field hands out what was typed; the rules are asked when it is saved.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Final

from nicegui import ui

from app.domain.sight import SeenFrom
from app.domain.tiles import LONGEST, OSM_TILES
from app.ui.kit.dialogs import text_field
from app.ui.kit.parts import Choice, button, icon_for_eye
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

OSM: Final = "osm"
OWN: Final = "own"
NONE: Final = "none"
TILES: Final = {
    OSM: "OpenStreetMap: for light use",
    OWN: "Another provider",
    NONE: "No tiles: a plain ground",
}
PHASES: Final[Mapping[str, str]] = {
    SeenFrom.ASSIGNED: "Once a driver has the order",
    SeenFrom.PICKED_UP: "Once it is picked up",
    SeenFrom.IN_TRANSIT: "Once it is on the way",
    SeenFrom.ARRIVING: "Once it is almost there",
    SeenFrom.NEVER: "Never",
}
OWN_VALUE: Final = "(event) => emit(event.target.value)"
OWN_CHECK: Final = "(event) => emit(event.target.checked)"

Edited = Callable[[], object]


class Field(ABC):
    """One value. ``show`` puts a value into it; ``wanted`` is what is in it now."""

    def __init__(self, visit: Visit, name: str, edited: Edited) -> None:
        self.name = name
        self._edited = visit.act(edited)
        self.root = ui.element("div").classes("setting")
        with self.root:
            self._body = ui.element("div")
            self._wrong = words("p", "").classes("field-error").props("role=alert")
            with ui.element("p").classes("setting-note") as self._note:
                self._lock = icon_for_eye("lock")
                self._note_words = words("span", "")
        self.tell("")

    @abstractmethod
    def show(self, value: Any) -> None:
        """Hold this value."""

    @abstractmethod
    def wanted(self) -> object:
        """What is in it now, for the rules to judge."""

    def differs(self, value: Any) -> bool:
        """Whether it holds something else."""
        return bool(self.wanted() != value)

    @abstractmethod
    def disable(self) -> None:
        """Nothing can be changed here."""

    def tell(self, note: str, *, locked: bool = False) -> None:
        """The line below it."""
        self._note_words.set_text(note)
        self._lock.set_visibility(locked)
        self._note.set_visibility(bool(note))

    def complain(self, sentence: str, *, seek: bool = False) -> None:
        """Say what is wrong with it, "" for nothing; ``seek``: bring it into sight."""
        self._wrong.set_text(sentence)
        if seek:
            self.root.run_method("scrollIntoView", {"block": "center"})


class TextField(Field):
    """A line of text."""

    def __init__(
        self, visit: Visit, name: str, edited: Edited, label: str, hint: str = "", **props: str
    ) -> None:
        super().__init__(visit, name, edited)
        with self._body:
            self._input = text_field(label, hint=hint, autocomplete="off", **props)
        self._input.on_value_change(self._edited)

    def show(self, value: Any) -> None:
        """Hold this value."""
        self._input.set_value(str(value))

    def wanted(self) -> object:
        """The text, as typed."""
        return self._input.value if isinstance(self._input.value, str) else ""

    def disable(self) -> None:
        """Nothing can be changed here."""
        self._input.disable()


class NumberField(TextField):
    """A whole number."""

    def __init__(
        self, visit: Visit, name: str, edited: Edited, label: str, hint: str, most: int
    ) -> None:
        numeric = {"type": "number", "inputmode": "numeric", "min": "0", "max": str(most)}
        super().__init__(visit, name, edited, label, hint, **numeric)
        self.root.classes("setting-number")

    def wanted(self) -> object:
        """The number; the text where it is none."""
        text = str(self._input.value if self._input.value is not None else "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


class ColourField(Field):
    """Six digits, or the browser's own picker; nothing for the product's own colour."""

    def __init__(self, visit: Visit, edited: Edited, standard: str) -> None:
        super().__init__(visit, "colour", edited)
        self._standard = standard
        with self._body, ui.element("div").classes("colour-row"):
            self._input = text_field("Colour", autocomplete="off", placeholder=standard)
            self._input.props["spellcheck"] = "false"
            self._picker = ui.element("input").classes("colour-picker").props("type=color")
            self._picker.props["aria-label"] = "Pick a colour"
            self._own = button("Use default", visit.act(lambda: self.show(None)), "btn-quiet")
        self._input.on_value_change(self._edited)
        self._picker.on("input", visit.act(self._picked), js_handler=OWN_VALUE)

    def show(self, value: Any) -> None:
        """Hold this value."""
        self._input.set_value(value or "")
        self.swatch(value or self._standard)

    def swatch(self, colour: str) -> None:
        """What the picker shows."""
        self._picker.props["value"] = colour

    def wanted(self) -> object:
        """The text; None where there is none."""
        return str(self._input.value or "").strip() or None

    def disable(self) -> None:
        """Nothing can be changed here."""
        self._input.disable()
        for element in (self._picker, self._own):
            element.props.set_bool("disabled", True)

    def _picked(self, event: Any) -> None:
        if isinstance(event.args, str):
            self._input.set_value(event.args)


class RadioField(Field):
    """One of a few, all of them in sight."""

    def __init__(
        self, visit: Visit, name: str, edited: Edited, label: str, options: Mapping[str, str]
    ) -> None:
        super().__init__(visit, name, edited)
        self._options = dict(options)
        self._key = ""
        self._inputs: dict[str, ui.element] = {}
        with self._body, ui.element("fieldset").classes("radios"):
            words("legend", label)
            for key, word in options.items():
                with ui.element("label").classes("radio"):
                    made = ui.element("input").props(f"type=radio name=setting-{name}")
                    made.props["value"] = key
                    made.on("change", visit.act(self._chosen), js_handler=OWN_VALUE)
                    words("span", word)
                self._inputs[key] = made

    @property
    def key(self) -> str:
        """The one that is chosen."""
        return self._key

    def choose(self, key: str) -> None:
        """Choose one."""
        self._key = key
        for each, element in self._inputs.items():
            element.props.set_bool("checked", each == key)

    def disable(self) -> None:
        """Nothing can be changed here."""
        for element in self._inputs.values():
            element.props.set_bool("disabled", True)

    async def _chosen(self, event: Any) -> None:
        if isinstance(event.args, str) and event.args in self._options:
            self.choose(event.args)
            await self._edited()


class PhaseField(Field):
    """From when customers see a part of what is known of the courier."""

    def __init__(self, visit: Visit, name: str, edited: Edited, label: str) -> None:
        super().__init__(visit, name, edited)
        with self._body, ui.element("label").classes("setting-phase"):
            words("span", label)
            self._choice = Choice(label, lambda _: self._edited(), visit.act)
        self._enabled = True

    def show(self, value: Any) -> None:
        """Hold this value."""
        self._choice.show(PHASES, value, enabled=self._enabled)

    def wanted(self) -> object:
        """The status from which on, or "never"."""
        return self._choice.value

    def disable(self) -> None:
        """Nothing can be changed here."""
        self._enabled = False
        self._choice.show(PHASES, self._choice.value, enabled=False)


class SwitchField(Field):
    """Yes or no."""

    def __init__(self, visit: Visit, name: str, edited: Edited, label: str, hint: str) -> None:
        super().__init__(visit, name, edited)
        self._on = False
        with self._body:
            with ui.element("label").classes("radio"):
                self._input = ui.element("input").props("type=checkbox")
                self._input.on("change", visit.act(self._switched), js_handler=OWN_CHECK)
                words("span", label)
            words("span", hint).classes("field-hint")

    def show(self, value: Any) -> None:
        """Hold this value."""
        self._on = value is True
        self._input.props.set_bool("checked", self._on)

    def wanted(self) -> object:
        """Whether it is on."""
        return self._on

    def disable(self) -> None:
        """Nothing can be changed here."""
        self._input.props.set_bool("disabled", True)

    async def _switched(self, event: Any) -> None:
        self.show(event.args is True)
        await self._edited()


class TilesField(RadioField):
    """The map's tiles: the product's own choice, another address, or none."""

    def __init__(self, visit: Visit, edited: Edited) -> None:
        super().__init__(visit, "tile_url", edited, "Map tiles", TILES)
        with self._body, ui.element("div").classes("setting-below") as self._below:
            hint = "With {z}, {x} and {y} where the place goes; your provider tells it."
            self._input = text_field("Address of the tiles", hint=hint, autocomplete="off")
        self._input.props["maxlength"] = str(LONGEST)
        self._input.props["placeholder"] = "https://tiles.example.com/{z}/{x}/{y}.png"
        self._input.on_value_change(self._edited)

    def show(self, value: Any) -> None:
        """Hold this value."""
        self._input.set_value("" if value in {None, OSM_TILES} else value)
        self.choose(NONE if value is None else OSM if value == OSM_TILES else OWN)

    def choose(self, key: str) -> None:
        """Choose one; another address is asked for below."""
        super().choose(key)
        self._below.set_visibility(key == OWN)

    def wanted(self) -> object:
        """The address; None for no tiles."""
        if self.key == OWN:
            return str(self._input.value or "").strip()
        return OSM_TILES if self.key == OSM else None

    def disable(self) -> None:
        """Nothing can be changed here."""
        super().disable()
        self._input.disable()
