"""The dialog for a new order: what is wrong is said at its field, the place is picked on a map."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from nicegui import ui

from app.domain.errors import OnthewayError
from app.domain.eta import Window
from app.domain.geo import Place, is_place
from app.domain.times import parse_time
from app.tracking.records import Customer, OrderDetails, Spotted
from app.ui.dialogs import Form
from app.ui.parts import Choice
from app.ui.visit import Visit
from app.ui.words import Words, words

SCRIPT: Final = '<script type="module" src="/static/picker.js"></script>'
"""What a page with this dialog needs in its body."""
MAX_LINE: Final = 200
MAX_ADDRESS: Final = 500
MAX_NOTE: Final = 500
MAX_PLACE: Final = 60
NOWHERE: Final = (30.0, 10.0)
PLACE: Final = re.compile(r"\s*(-?\d{1,2}(?:\.\d{1,15})?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d{1,15})?)\s*")
SPOTS: Final = ("destination", "pickup")


def parse_place(text: str) -> Place | None:
    """A place from "48.137, 11.575"; None for nothing; raises `ValueError`."""
    if not text.strip():
        return None
    match = PLACE.fullmatch(text)
    if match is None:
        raise ValueError("Please write a place as 48.137, 11.575.")
    place = Place(float(match[1]), float(match[2]))
    if not is_place(*place):
        raise ValueError("There is no such place on earth.")
    return place


class NewOrder:
    """One open dialog."""

    def __init__(self, visit: Visit, done: Callable[[str], Awaitable[object]]) -> None:
        self._visit = visit
        self._done = done
        self._errors: dict[str, Words] = {}
        self._fields: dict[str, ui.input] = {}
        self._driver = ""
        self._form = Form(visit, "New order", "Create order", self._create)
        with self._form.body:
            with ui.element("div").classes("fields"):
                self._build_customer()
            with ui.element("div").classes("fields"):
                self._build_places()
            with ui.element("div").classes("fields"):
                self._build_rest()
        for name in SPOTS:
            self._fields[name].on_value_change(visit.act(lambda name=name: self._typed(name)))

    def _build_customer(self) -> None:
        self._field("name", "Customer", autocomplete="off", autofocus=True)
        self._field("phone", "Phone", type="tel", autocomplete="off")
        self._field("email", "Email", type="email", autocomplete="off")
        self._field("id", "Order number", placeholder="Chosen for you when empty", maxlength=64)

    def _build_places(self) -> None:
        self._field("address", "Address", wide=True, maxlength=500)
        with ui.element("div").classes("field field-wide"):
            words("span", "Where on the map").classes("field-label")
            self._map()
        self._field(
            "destination", "Place of the destination (optional)", placeholder="48.137, 11.575"
        )
        self._field("pickup", "Place of the pick-up (optional)", placeholder="48.137, 11.575")

    def _build_rest(self) -> None:
        zone = self._visit.zone.key
        self._field("from", "Promised from", type="datetime-local", hint=f"Times in {zone}")
        self._field("to", "Promised until", type="datetime-local")
        with ui.element("div").classes("field"):
            words("span", "Driver").classes("field-label")
            choice = Choice("Driver", self._choose, self._visit.act)
            drivers = self._visit.services.board.drivers.values()
            names = sorted((live.driver for live in drivers), key=lambda one: one.name.casefold())
            choice.show({"": "Nobody yet", **{one.id: one.name for one in names}}, "")
            self._errors["driverId"] = words("span", "").classes("field-error")
        self._field("note", "Note for the driver", maxlength=MAX_NOTE)

    def _field(
        self, name: str, label: str, *, wide: bool = False, hint: str = "", **props: object
    ) -> None:
        with ui.element("div").classes("field field-wide" if wide else "field"):
            title = words("label", label)
            made = ui.input().props("outlined dense maxlength=200")
            if hint:
                words("span", hint).classes("field-hint")
            self._errors[name] = words("span", "").classes("field-error").props("role=alert")
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
        """A place was typed, or came from the map: the map shows it."""
        try:
            place = parse_place(str(self._fields[name].value or "")[:MAX_PLACE])
        except ValueError:
            return  # not finished yet; said when the form is sent
        self._errors[name].set_text("")
        self._picker.props[f"data-{name}"] = f"{place.lat},{place.lng}" if place else ""

    def _choose(self, driver_id: str) -> None:
        self._driver = driver_id

    # sending

    async def _create(self) -> None:
        for error in self._errors.values():
            error.set_text("")
        try:
            details = self._details()
            made = await self._visit.services.orders.create(
                self._text("id"), details, self._driver or None, self._visit.actor
            )
        except OnthewayError as error:
            if self._explain(error):
                raise OnthewayError(error.code, "Please look at the marked field.") from None
            raise
        self._visit.say(f"Order #{made.order.id} created.")
        await self._done(made.order.id)

    def _explain(self, error: OnthewayError) -> bool:
        """Say it at the field, and take the person there; whether there is such a field."""
        name = "id" if error.code == "already_exists" else error.field or ""
        if name in self._errors:
            self._errors[name].set_text(error.message)
        if name in self._fields:
            self._fields[name].run_method("focus")
        return name in self._errors

    def _details(self) -> OrderDetails:
        name, phone, email = (self._text(field) for field in ("name", "phone", "email"))
        customer = Customer(name=name, phone=phone, email=email) if name or phone or email else None
        place, address = self._place("destination"), self._text("address", MAX_ADDRESS)
        pickup = self._place("pickup")
        return OrderDetails(
            customer=customer,
            destination=Spotted(place=place, address=address) if place or address else None,
            pickup=Spotted(place=pickup) if pickup else None,
            window=self._window(),
            note=self._text("note", MAX_NOTE),
        )

    def _text(self, name: str, longest: int = MAX_LINE) -> str | None:
        value = self._fields[name].value
        text = value.strip() if isinstance(value, str) else ""
        if len(text) > longest or "\0" in text:
            raise _wrong(name, f"This may have at most {longest} characters.")
        return text or None

    def _place(self, name: str) -> Place | None:
        try:
            return parse_place(self._text(name, MAX_PLACE) or "")
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
        text = self._text(name)
        if text is None:
            return None
        try:
            there = datetime.fromisoformat(text).replace(tzinfo=self._visit.zone)
            return parse_time(there.isoformat())
        except (ValueError, OverflowError):
            raise _wrong(name, "Please choose a day and a time.") from None


def _wrong(field: str, sentence: str) -> OnthewayError:
    return OnthewayError("invalid_field", sentence, field=field)
