"""A message to a driver, from his card: it goes with one of his open orders, where his page and the
card of that order show it."""

from collections.abc import Sequence

from nicegui import ui

from app.domain.errors import OnthewayError
from app.domain.order import UNDERWAY
from app.domain.talk import LONGEST_TEXT
from app.tracking.records import Driver, Order
from app.ui.kit.dialogs import Form
from app.ui.kit.parts import Choice, title_of
from app.ui.kit.visit import Visit
from app.ui.kit.words import contained, words


class MessageForm:
    """The open dialog; ``orders`` are those he has open, at least one."""

    def __init__(self, visit: Visit, driver: Driver, orders: Sequence[Order]) -> None:
        self._visit = visit
        self._driver = driver
        titles = {order.id: title_of(order) for order in sorted(orders, key=_not_underway)}
        self._order_id = next(iter(titles))
        title = f"Message to {contained(driver.name)}"
        form = Form(visit, title, "Send message", self._send, small=True, draft="this message")
        with form.body:
            with ui.element("div").classes("field"):
                words("span", "About").classes("field-label")
                Choice("About", self._choose, visit.act).show(titles, self._order_id)
            with ui.element("div").classes("field"):
                name = words("label", "Message")
                self._text = ui.textarea().props("autogrow outlined dense autofocus")
                self._text.props["maxlength"] = str(LONGEST_TEXT)
            name.props["for"] = self._text.html_id

    def _choose(self, order_id: str) -> None:
        self._order_id = order_id

    async def _send(self) -> None:
        text = self._text.value
        if not isinstance(text, str) or not text.strip():
            raise OnthewayError("invalid_field", "Please write something first.", field="text")
        services = self._visit.services
        order = await services.store.orders.get(self._order_id)
        if order.driver_num != self._driver.num:
            raise OnthewayError("conflict", f"#{order.id} is with another driver by now.")
        await services.talk.tell_driver(order.id, text, self._visit.actor)
        self._visit.say(f"It is on its way to {contained(self._driver.name)}.")


def _not_underway(order: Order) -> bool:
    return order.status not in UNDERWAY
