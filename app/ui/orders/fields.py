"""The fields of an order in a dialog: customer, places on a map, promise, note.

What is wrong is said at its field. A place may be typed as coordinates, pasted as the link of a
map, picked on the map, or found by its address.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from nicegui import ui

from app.domain.errors import OnthewayError
from app.domain.eta import Window
from app.domain.geo import Place
from app.domain.times import parse_time, to_datetime
from app.protocol.fields import MAX_NOTE
from app.protocol.place_text import MAX_PLACE, parse_place
from app.tracking.addresses import MAX_ADDRESS
from app.tracking.order_parts import CUSTOMER, PARTS, details_of
from app.tracking.records import Customer, OrderDetails, Spotted
from app.ui.kit.line import Line, Lines
from app.ui.kit.visit import Visit
from app.ui.kit.words import Words, words
from app.ui.orders.address import AddressSearch
from app.ui.orders.spot_map import SPOTS, SpotMap

MAX_LINE: Final = 200
Texts = tuple[str, ...]
"""What stands in the fields of one part."""
PLACE_HINT: Final = "48.137, 11.575 or a map link"
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    **{part: (part,) for part in PARTS},
    "destination": ("address", "destination"),
    "pickup": ("pickup_address", "pickup"),
    "window": ("from", "to"),
}
"""Part of an order's details -> the fields here that make it."""


class OrderFields:
    """The fields, built where one is; `errors` are said at fields by their names."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.errors: dict[str, Words] = {}
        self._fields: dict[str, Line] = {}

    # building

    def build_customer(self) -> None:
        """Who gets it."""
        self.field("name", "Customer", autocomplete="off", autofocus=True)
        self.field("phone", "Phone", type="tel", autocomplete="off")
        self.field("email", "Email", type="email", autocomplete="off")

    def build_places(self) -> None:
        """Where it goes, and where from."""
        self._address("address", "Address", "destination")
        with ui.element("div").classes("field field-wide"):
            words("span", "Where on the map").classes("field-label")
            self._map = SpotMap(self._visit, self._spotted)
        for name, label in (("destination", "destination"), ("pickup", "pick-up")):
            self.field(
                name,
                f"Place of the {label} (optional)",
                placeholder=PLACE_HINT,
                maxlength=MAX_PLACE,
            )
        self._address("pickup_address", "Pick-up, in words", "pickup")
        for name in SPOTS:
            self._fields[name].on_value_change(self._visit.act(lambda name=name: self._typed(name)))

    def _address(self, name: str, label: str, spot: str) -> None:
        """An address, looked up for the place ``spot`` where there is a server for that."""
        desk = self._visit.services.addresses
        box = self.field(name, label, wide=True, maxlength=MAX_ADDRESS)
        if desk is not None:
            # The button inside would become a part of the field's name.
            self._fields[name].props["aria-label"] = label
            with box:
                AddressSearch(
                    self._visit, desk, self._fields[name], lambda place: self._found(spot, place)
                )

    def _found(self, spot: str, place: Place) -> None:
        """An address was looked up: its pin, and the map goes there."""
        self._fields[spot].set_value(_degrees(place))
        self._map.look(place)

    def build_window(self) -> None:
        """When it is promised."""
        zone = self._visit.zone.key
        self.field("from", "Promised from", type="datetime-local", hint=f"Times in {zone}")
        self.field("to", "Promised until", type="datetime-local")

    def build_note(self) -> None:
        """What the driver should know."""
        self.field("note", "Note for the driver", wide=True, lines=True, maxlength=MAX_NOTE)

    def field(
        self,
        name: str,
        label: str,
        *,
        wide: bool = False,
        lines: bool = False,
        hint: str = "",
        **props: object,
    ) -> ui.element:
        """One field with its label, its hint and its line for what is wrong."""
        with ui.element("div").classes("field field-wide" if wide else "field") as box:
            title = words("label", label)
            made = Lines().props("autogrow") if lines else Line()
            made.props("outlined dense maxlength=200")
            if hint:
                words("span", hint).classes("field-hint")
            self.errors[name] = words("span", "").classes("field-error").props("role=alert")
        for key, value in props.items():
            made.props[key] = value
        title.props["for"] = made.html_id
        self._fields[name] = made
        return box

    def _spotted(self, name: str, place: Place) -> None:
        """Somebody clicked on the map."""
        self._fields[name].set_value(f"{place.lat:.6f}, {place.lng:.6f}")

    def _typed(self, name: str) -> None:
        """A place was typed or pasted, or came from the map: the map shows it."""
        text = str(self._fields[name].value or "")[:MAX_PLACE]
        try:
            place = parse_place(text)
        except ValueError:
            return  # not finished yet; said when the form is sent
        self.errors[name].set_text("")
        self._map.show(name, place)
        if place is not None and ":" in text:
            self._fields[name].set_value(_degrees(place))  # of a link, only the place is kept

    # filling and reading

    def texts(self) -> dict[str, Texts]:
        """What stands in the fields of each part."""
        return {
            part: tuple(str(self._fields[name].value or "") for name in names)
            for part, names in FIELDS.items()
        }

    def on_change(self, changed: Callable[[str], object]) -> None:
        """Tell ``changed`` the part of each field that becomes another, also by `fill`."""
        for part, names in FIELDS.items():
            for name in names:
                self._fields[name].on_value_change(self._visit.act(lambda part=part: changed(part)))

    def fill(self, details: OrderDetails, *parts: str) -> None:
        """Write these parts of ``details`` into their fields."""
        texts = texts_of(details, self._visit)
        for part in parts:
            for name, text in zip(FIELDS[part], texts[part], strict=True):
                self._fields[name].set_value(text)

    def show_again(self, part: str) -> None:
        """The browser may show something else than what it told last: it shows that again."""
        for name in FIELDS[part]:
            text = self._fields[name].value
            self._fields[name].set_value(None)  # the same would not be sent
            self._fields[name].set_value(text)

    def meeting_place(self) -> Place | None:
        """Where a driver has to go first, as far as it was entered."""
        for part in ("pickup", "destination"):
            try:
                place = self._place(part)
            except OnthewayError:
                continue
            if place is not None:
                return place
        return None

    def clear_errors(self) -> None:
        """Nothing is wrong any more."""
        for error in self.errors.values():
            error.set_text("")

    def explain(self, error: OnthewayError) -> bool:
        """Say it at the field, and take the person there; whether there is such a field."""
        name = "id" if error.code == "already_exists" else error.field or ""
        if name in self._fields:
            self._fields[name].run_method("focus")
        if name in self.errors:
            self.errors[name].set_text(error.message)
            self.errors[name].run_method("scrollIntoView", {"block": "center"})
        return name in self.errors

    def details(self) -> OrderDetails:
        """All that was entered; ``invalid_field`` that names a field."""
        return details_of({part: self.part(part) for part in PARTS})

    def part(self, part: str) -> Any:
        """One part of the details; ``invalid_field``."""
        match part:
            case "destination" | "pickup":
                place = self._place(part)
                address = self.text(FIELDS[part][0], MAX_ADDRESS)
                return Spotted(place=place, address=address) if place or address else None
            case "window":
                return self._window()
            case "note":
                return self.text("note", MAX_NOTE)
            case _:
                return self.text(part)

    def text(self, name: str, longest: int = MAX_LINE) -> str | None:
        """What stands in a field, None for nothing; ``invalid_field``."""
        value = self._fields[name].value
        text = value.strip() if isinstance(value, str) else ""
        if len(text) > longest or "\0" in text:
            raise _wrong(name, f"This may have at most {longest} characters.")
        return text or None

    def _place(self, name: str) -> Place | None:
        try:
            return parse_place(self.text(name, MAX_PLACE) or "")
        except ValueError as error:
            raise _wrong(name, str(error)) from None

    def _window(self) -> Window | None:
        begin, end = self._time("from"), self._time("to")
        if begin is None and end is None:
            return None
        if begin is None or end is None:
            missing = "from" if begin is None else "to"
            raise _wrong(missing, "A promise needs both times.")
        if end < begin:
            raise _wrong("to", "This lies before the beginning.")
        return Window(begin, end)

    def _time(self, name: str) -> int | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            there = datetime.fromisoformat(text).replace(tzinfo=self._visit.zone)
            return parse_time(there.isoformat())
        except (ValueError, OverflowError):
            raise _wrong(name, "Please choose a day and a time.") from None


def texts_of(details: OrderDetails, visit: Visit) -> dict[str, Texts]:
    """What stands in the fields of each part for ``details``."""
    customer = details.customer or Customer()
    destination, pickup = details.destination or Spotted(), details.pickup or Spotted()

    def local(moment: int | None) -> str:
        if moment is None:
            return ""
        return f"{to_datetime(moment).astimezone(visit.zone):%Y-%m-%dT%H:%M}"

    window = details.window
    return {
        **{name: (getattr(customer, name) or "",) for name in CUSTOMER},
        "destination": (destination.address or "", _degrees(destination.place)),
        "pickup": (pickup.address or "", _degrees(pickup.place)),
        "window": (local(window.begin if window else None), local(window.end if window else None)),
        "note": (details.note or "",),
    }


def _degrees(place: Place | None) -> str:
    """To the width of a finger: a field shows no more digits."""
    return f"{round(place.lat, 7)}, {round(place.lng, 7)}" if place else ""


def _wrong(field: str, sentence: str) -> OnthewayError:
    return OnthewayError("invalid_field", sentence, field=field)
