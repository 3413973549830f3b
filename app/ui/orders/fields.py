"""The fields of an order in a dialog: customer, places on a map, promise, note.

What is wrong is said at its field. A place may be typed as coordinates, pasted as the link of a
map, or picked on the map.
"""

from datetime import datetime
from typing import Any, Final

from nicegui import ui

from app.domain.errors import OnthewayError
from app.domain.eta import Window
from app.domain.geo import Place, is_place
from app.domain.times import parse_time, to_datetime
from app.protocol.fields import MAX_NOTE
from app.protocol.place_text import MAX_PLACE, parse_place
from app.tracking.records import Customer, OrderDetails, Spotted
from app.ui.kit.visit import Visit
from app.ui.kit.words import Words, words

SCRIPT: Final = '<script type="module" src="/static/picker.js"></script>'
"""What a page with these fields needs in its body."""
MAX_LINE: Final = 200
MAX_ADDRESS: Final = 500
NOWHERE: Final = (30.0, 10.0)
SPOTS: Final = ("destination", "pickup")
PLACE_HINT: Final = "48.137, 11.575 or a map link"
PARTS: Final[dict[str, tuple[str, ...]]] = {
    "customer": ("name", "phone", "email"),
    "destination": ("address", "destination"),
    "pickup": ("pickup_address", "pickup"),
    "window": ("from", "to"),
    "note": ("note",),
}
"""Field of `OrderDetails` -> the fields here that make it."""


class OrderFields:
    """The fields, built where one is; `errors` are said at fields by their names."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.errors: dict[str, Words] = {}
        self._fields: dict[str, ui.input | ui.textarea] = {}

    # building

    def build_customer(self) -> None:
        """Who gets it."""
        self.field("name", "Customer", autocomplete="off", autofocus=True)
        self.field("phone", "Phone", type="tel", autocomplete="off")
        self.field("email", "Email", type="email", autocomplete="off")

    def build_places(self) -> None:
        """Where it goes, and where from."""
        self.field("address", "Address", wide=True, maxlength=MAX_ADDRESS)
        with ui.element("div").classes("field field-wide"):
            words("span", "Where on the map").classes("field-label")
            self._map()
        for name, label in (("destination", "destination"), ("pickup", "pick-up")):
            self.field(
                name,
                f"Place of the {label} (optional)",
                placeholder=PLACE_HINT,
                maxlength=MAX_PLACE,
            )
        self.field("pickup_address", "Pick-up, in words", wide=True, maxlength=MAX_ADDRESS)
        for name in SPOTS:
            self._fields[name].on_value_change(self._visit.act(lambda name=name: self._typed(name)))

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
    ) -> None:
        """One field with its label, its hint and its line for what is wrong."""
        with ui.element("div").classes("field field-wide" if wide else "field"):
            title = words("label", label)
            made = ui.textarea().props("autogrow") if lines else ui.input()
            made.props("outlined dense maxlength=200")
            if hint:
                words("span", hint).classes("field-hint")
            self.errors[name] = words("span", "").classes("field-error").props("role=alert")
        for key, value in props.items():
            made.props[key] = value
        title.props["for"] = made.html_id
        self._fields[name] = made

    def _map(self) -> None:
        look = self._visit.services.look
        self._picker = ui.element("div").classes("picker")
        self._picker.props["data-tile-url"] = look.tile_url or ""
        self._picker.props["data-tile-attribution"] = look.tile_attribution
        self._picker.on("spot", self._visit.act(self._spotted), ["detail"])
        with self._picker:
            leaflet = ui.leaflet(center=self._center(), zoom=13, options={"zoomControl": False})
            leaflet.clear_layers()  # it brings a tile layer of its own; picker.js sets ours
            with ui.element("div").classes("picker-what chips").props("role=group"):
                for name, word in (("destination", "Destination"), ("pickup", "Pick-up")):
                    with ui.element("button").classes("chip").props("type=button") as chip:
                        ui.label(word)
                    chip.props["data-spot"] = name
        self._picker.props["data-map"] = leaflet.html_id

    def _center(self) -> tuple[float, float]:
        """Where the work is: the newest order with a place, else any driver."""
        board = self._visit.services.board
        for live in sorted(board.orders.values(), key=lambda live: -live.order.num):
            spot = live.order.details.destination
            if spot is not None and spot.place is not None:
                return spot.place.lat, spot.place.lng
        for driver in board.drivers.values():
            if driver.marker is not None:
                return driver.marker.lat, driver.marker.lng
        return NOWHERE

    # what comes from the browser: any of it may be anything

    def _spotted(self, event: Any) -> None:
        """Somebody clicked on the map."""
        detail = event.args.get("detail") if isinstance(event.args, dict) else None
        if not isinstance(detail, dict) or detail.get("name") not in SPOTS:
            return
        lat, lng = detail.get("lat"), detail.get("lng")
        if not isinstance(lat, int | float) or not isinstance(lng, int | float):
            return
        if is_place(lat, lng):
            self._fields[detail["name"]].set_value(f"{lat:.6f}, {lng:.6f}")

    def _typed(self, name: str) -> None:
        """A place was typed or pasted, or came from the map: the map shows it."""
        text = str(self._fields[name].value or "")[:MAX_PLACE]
        try:
            place = parse_place(text)
        except ValueError:
            return  # not finished yet; said when the form is sent
        self.errors[name].set_text("")
        self._picker.props[f"data-{name}"] = f"{place.lat},{place.lng}" if place else ""
        if place is not None and ":" in text:
            self._fields[name].set_value(_degrees(place))  # of a link, only the place is kept

    # filling and reading

    def texts(self) -> dict[str, str]:
        """What stands in each field."""
        return {name: str(field.value or "") for name, field in self._fields.items()}

    def fill(self, details: OrderDetails, *parts: str) -> None:
        """Write these parts of ``details`` into their fields."""
        texts = texts_of(details, self._visit)
        for part in parts:
            for name in PARTS[part]:
                self._fields[name].set_value(texts[name])

    def clear_errors(self) -> None:
        """Nothing is wrong any more."""
        for error in self.errors.values():
            error.set_text("")

    def explain(self, error: OnthewayError) -> bool:
        """Say it at the field, and take the person there; whether there is such a field."""
        name = "id" if error.code == "already_exists" else error.field or ""
        if name in self.errors:
            self.errors[name].set_text(error.message)
        if name in self._fields:
            self._fields[name].run_method("focus")
        return name in self.errors

    def details(self) -> OrderDetails:
        """All that was entered; ``invalid_field`` that names a field."""
        return OrderDetails(**{part: self.part(part) for part in PARTS})

    def part(self, part: str) -> Any:
        """One field of `OrderDetails`; ``invalid_field``."""
        match part:
            case "customer":
                customer = Customer(**{name: self.text(name) for name in PARTS[part]})
                return None if customer == Customer() else customer
            case "destination" | "pickup":
                place = self._place(part)
                address = self.text(PARTS[part][0], MAX_ADDRESS)
                return Spotted(place=place, address=address) if place or address else None
            case "window":
                return self._window()
            case _:
                return self.text("note", MAX_NOTE)

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


def texts_of(details: OrderDetails, visit: Visit) -> dict[str, str]:
    """What stands in the fields for ``details``."""
    customer = details.customer or Customer()
    destination, pickup = details.destination or Spotted(), details.pickup or Spotted()

    def local(moment: int | None) -> str:
        if moment is None:
            return ""
        return f"{to_datetime(moment).astimezone(visit.zone):%Y-%m-%dT%H:%M}"

    window = details.window
    return {
        "name": customer.name or "",
        "phone": customer.phone or "",
        "email": customer.email or "",
        "address": destination.address or "",
        "destination": _degrees(destination.place),
        "pickup_address": pickup.address or "",
        "pickup": _degrees(pickup.place),
        "from": local(window.begin if window else None),
        "to": local(window.end if window else None),
        "note": details.note or "",
    }


def _degrees(place: Place | None) -> str:
    return f"{place.lat}, {place.lng}" if place else ""


def _wrong(field: str, sentence: str) -> OnthewayError:
    return OnthewayError("invalid_field", sentence, field=field)
