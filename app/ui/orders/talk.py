"""The conversation about one order, on its card: what its customer wrote, what the staff say."""

from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui

from app.domain.access import Action, Actor
from app.domain.errors import OnthewayError
from app.domain.order import OPEN
from app.domain.talk import LONGEST_TEXT, Kind
from app.tracking.records import Message, Order
from app.ui.kit.parts import button, clock, icon_for_eye
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

WHO: Final = {
    Kind.QUESTION: "Customer",
    Kind.ANSWER: "{name} to the customer",
    Kind.WORD: "{name} to the driver",
}

Drafts = dict[str, str]
"""What was begun about each order, by its id, and not sent yet."""


class TalkPart:
    """The part of an order's card about messages; what is begun is kept in ``drafts``."""

    def __init__(self, visit: Visit, order_id: str, drafts: Drafts) -> None:
        self._visit = visit
        self._order_id = order_id
        self._drafts = drafts
        self._shown: list[Message] = []
        self._field: ui.textarea | None = None
        self._to_driver: ui.element | None = None
        with ui.element("div").classes("talk-waits notice notice-warn") as self._waits:
            self._waits_words = words("span", "")
            if visit.may(Action.DISPATCH):
                button("Needs no answer", visit.act(self._settle), "btn-small")
        with ui.element("div").classes("talk-note") as self._note:
            icon_for_eye("sticky_note_2")
            with ui.element("div"):
                self._note_head = words("strong", "")
                self._note_words = words("p", "").classes("talk-text")
        self._list = ui.element("div").classes("talk").props('role=log aria-label="Messages"')
        self._empty = words("p", "Nothing was written yet.").classes("muted small")
        if visit.may(Action.DISPATCH):
            self._build_field()

    def show(self, order: Order) -> None:
        """Show what the order itself says."""
        zone, now = self._visit.zone, self._visit.services.now()
        self._waits.set_visibility(order.asked_at is not None)
        if order.asked_at is not None:
            since = clock(order.asked_at, zone, now)
            self._waits_words.set_text(f"The customer has waited for an answer since {since}.")
        self._note.set_visibility(order.customer_note is not None)
        if order.customer_note is not None and order.customer_note_at is not None:
            at = clock(order.customer_note_at, zone, now)
            self._note_head.set_text(f"Customer's note for the driver, {at}")
            self._note_words.set_text(order.customer_note)
        if self._to_driver is not None:
            can = order.driver_num is not None and order.status in OPEN
            self._to_driver.set_visibility(can)
        self._show_empty(order)

    def show_messages(self, messages: list[Message]) -> None:
        """Show these; only the new ones are added."""
        if messages[: len(self._shown)] != self._shown:
            self._list.clear()
            self._shown = []
        with self._list:
            for message in messages[len(self._shown) :]:
                self._add(message)
        self._shown = messages

    def _show_empty(self, order: Order) -> None:
        self._list.set_visibility(bool(self._shown))
        self._empty.set_visibility(not self._shown and order.customer_note is None)

    def _add(self, message: Message) -> None:
        zone, now = self._visit.zone, self._visit.services.now()
        with ui.element("div").classes(f"talk-message talk-{message.kind}"):
            with ui.element("p").classes("talk-who"):
                words("span", WHO[message.kind].format(name=message.actor_id)).classes("whole")
                words("time", clock(message.at, zone, now))
            words("p", message.text).classes("talk-text")

    def _build_field(self) -> None:
        draft = self._drafts.get(self._order_id, "")
        self._field = ui.textarea(value=draft, on_change=self._visit.act(self._keep))
        self._field.props("autogrow outlined dense").classes("talk-field")
        self._field.props["maxlength"] = str(LONGEST_TEXT)
        self._field.props["placeholder"] = "Write a message"
        self._field.props["aria-label"] = "Message"
        with ui.element("div").classes("actions"):
            button("Send to customer", self._visit.act(self._answer), "btn-small", "send")
            self._to_driver = button(
                "Send to driver", self._visit.act(self._tell_driver), "btn-small", "person"
            )

    def _keep(self) -> None:
        """What is in the field is there again when the card is."""
        text = self._field.value if self._field is not None else None
        if isinstance(text, str) and text.strip():
            self._drafts[self._order_id] = text
        else:
            self._drafts.pop(self._order_id, None)

    async def _answer(self) -> None:
        await self._send(self._visit.services.talk.answer, "The customer can read it.")

    async def _tell_driver(self) -> None:
        await self._send(self._visit.services.talk.tell_driver, "It is on its way to the driver.")

    async def _send(self, say: Callable[[str, str, Actor], Awaitable[object]], done: str) -> None:
        """The text leaves its field first, so that a second press sends nothing again."""
        text = self._field.value if self._field is not None else None
        if self._field is None or not isinstance(text, str) or not text.strip():
            raise OnthewayError("invalid_field", "Please write something first.", field="text")
        self._field.set_value("")
        try:
            await say(self._order_id, text, self._visit.actor)
        except OnthewayError:
            self._field.set_value(text)
            raise
        self._visit.say(done)

    async def _settle(self) -> None:
        await self._visit.services.talk.settle(self._order_id, self._visit.actor)
