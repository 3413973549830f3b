"""Finding the place of an address: a button in its field, and the places that fit below it."""

from collections.abc import Callable
from typing import Final

from nicegui import ui

from app.domain.errors import OnthewayError
from app.domain.geo import Place
from app.protocol.found_places import FoundPlace
from app.tracking.addresses import AddressDesk
from app.ui.kit.parts import button, icon_for_eye
from app.ui.kit.tables import able
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

SOURCE: Final = "Addresses: © OpenStreetMap contributors"
"""Nominatim's data asks to be named wherever its answers are shown."""


class AddressSearch:
    """The search of one field; built below it. ``picked`` gets the place that was chosen."""

    def __init__(
        self,
        visit: Visit,
        desk: AddressDesk,
        field: ui.input | ui.textarea,
        picked: Callable[[Place], object],
    ) -> None:
        self._visit = visit
        self._desk = desk
        self._field = field
        self._picked = picked
        with field.add_slot("append"):
            self._button = button("Find", visit.act(self._find), "btn-small", "search")
        self._button.props["title"] = "Look this address up on the map"
        self._news = words("span", "").classes("field-hint found-news").props("role=status")
        self._list = ui.element("ul").classes("found")
        self._list.set_visibility(False)

    async def _find(self) -> None:
        if self._button.props.get("disabled"):
            return
        able(self._button, False)
        self._say("Looking it up …")
        self._list.set_visibility(False)
        value = self._field.value
        try:
            found = await self._desk.find(
                value if isinstance(value, str) else "", self._visit.actor
            )
        except OnthewayError as error:
            self._say(error.message)
        else:
            self._show(found)
        finally:
            able(self._button, True)

    def _show(self, found: list[FoundPlace]) -> None:
        if self._list.is_deleted:
            return  # the dialog was closed meanwhile
        if not found:
            self._say("Nothing was found for this address. Fewer words may find more.")
            return
        self._say("Which one is it?" if len(found) > 1 else "Is it this one?")
        self._list.clear()
        with self._list:
            for one in found:
                self._offer(one)
            words("li", SOURCE).classes("field-hint found-source")
        self._list.set_visibility(True)

    def _offer(self, one: FoundPlace) -> None:
        with (
            ui.element("li"),
            ui.element("button").classes("found-place").props("type=button") as press,
        ):
            icon_for_eye("place")
            words("span", one.label)
        press.on("click", self._visit.act(lambda: self._pick(one)), [])

    def _pick(self, one: FoundPlace) -> None:
        self._list.set_visibility(False)
        self._say(f"The pin is at {one.label}")
        self._picked(one.place)

    def _say(self, text: str) -> None:
        if not self._news.is_deleted:
            self._news.set_text(text)
