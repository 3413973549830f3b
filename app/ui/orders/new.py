"""The dialog for a new order."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from app.domain.errors import OnthewayError
from app.ui.kit.dialogs import Form
from app.ui.kit.driver_field import DriverField
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.orders.assigning import OffDuty
from app.ui.orders.fields import OrderFields
from app.ui.orders.spot_map import SCRIPT as SCRIPT


class NewOrder:
    """One open dialog; ``done`` gets the id of the order."""

    def __init__(self, visit: Visit, done: Callable[[str], Awaitable[object]]) -> None:
        self._visit = visit
        self._done = done
        self._driver = ""
        self._off_duty = OffDuty(visit)
        self._fields = OrderFields(visit)
        form = Form(visit, "New order", "Create order", self._create, draft="this order")
        with form.body:
            with ui.element("div").classes("fields"):
                self._fields.build_customer()
                self._fields.field(
                    "id", "Order number", placeholder="Chosen for you when empty", maxlength=64
                )
            with ui.element("div").classes("fields"):
                self._fields.build_places()
            with ui.element("div").classes("fields"):
                self._fields.build_window()
                self._build_driver()
                self._fields.build_note()

    def _build_driver(self) -> None:
        with ui.element("div").classes("field"):
            words("span", "Driver").classes("field-label")
            fields = self._fields
            DriverField(self._visit, self._choose, "Nobody yet", meet=fields.meeting_place)
            self._fields.errors["driverId"] = words("span", "").classes("field-error")

    def _choose(self, driver_id: str) -> None:
        self._driver = driver_id
        self._fields.errors["driverId"].set_text(self._off_duty.words(driver_id))

    async def _create(self) -> None:
        fields = self._fields
        fields.clear_errors()
        try:
            number, details = fields.text("id"), fields.details()
            self._off_duty.ask_once(self._driver, "Create order")
            made = await self._visit.services.orders.create(
                number, details, self._driver or None, self._visit.actor
            )
        except OnthewayError as error:
            if fields.explain(error):
                raise OnthewayError(error.code, "Please look at the marked field.") from None
            raise
        self._visit.say(f"Order #{made.order.id} created.")
        await self._done(made.order.id)
