"""The dialog that changes an order, also while somebody else changes it: nothing is lost.

Only what was changed here is sent. Where another person changed the same part meanwhile, nothing
is stored; the dialog shows what it is now, and asks which of the two shall be.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from nicegui import ui

from app.domain.errors import OnthewayError
from app.tracking.records import Order, OrderDetails
from app.ui.kit.dialogs import Form
from app.ui.kit.parts import button, title_of
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.orders.fields import PARTS, OrderFields, texts_of

WORDS: Final = {
    "customer": "The customer",
    "destination": "The destination",
    "pickup": "The pick-up",
    "window": "The promise",
    "note": "The note",
}


class EditOrder:
    """One open dialog; ``done`` is called once something is stored."""

    def __init__(self, visit: Visit, order: Order, done: Callable[[], Awaitable[object]]) -> None:
        self._visit = visit
        self._order = order
        self._done = done
        self._fields = fields = OrderFields(visit)
        title = f"Edit {title_of(order)}"
        form = Form(visit, title, "Save", self._save, draft="your changes")
        with form.body:
            self._clash = ui.element("div").classes("notice notice-warn clash")
            self._clash.set_visibility(False)
            with ui.element("div").classes("fields"):
                fields.build_customer()
            with ui.element("div").classes("fields"):
                fields.build_places()
            with ui.element("div").classes("fields"):
                fields.build_window()
                fields.build_note()
        self._seen = order.details
        fields.fill(order.details, *PARTS)

    def _changed(self) -> list[str]:
        """The parts that were changed here."""
        before, now = texts_of(self._seen, self._visit), self._fields.texts()
        return [part for part, names in PARTS.items() if any(before[n] != now[n] for n in names)]

    async def _save(self) -> None:
        fields = self._fields
        fields.clear_errors()
        changed = self._changed()
        if not changed:
            return
        try:
            changes = {part: fields.part(part) for part in changed}
            await self._visit.services.orders.edit(
                self._order.id, changes, self._visit.actor, self._seen
            )
        except OnthewayError as error:
            if error.code == "conflict":
                await self._meet(changed)
                raise OnthewayError(
                    "conflict", "Nothing is stored yet: please look at the top of this form."
                ) from None
            if fields.explain(error):
                raise OnthewayError(error.code, "Please look at the marked field.") from None
            raise
        self._visit.say(f"Order #{self._order.id} saved.")
        await self._done()

    async def _meet(self, changed: list[str]) -> None:
        """Somebody was first: take over what was not touched here, show what was."""
        there = (await self._visit.services.store.orders.get(self._order.id)).details
        theirs = [part for part in PARTS if _of(there, part) != _of(self._seen, part)]
        self._seen = there
        self._fields.fill(there, *(part for part in theirs if part not in changed))
        self._show([part for part in theirs if part in changed], there)

    def _show(self, parts: list[str], there: OrderDetails) -> None:
        self._clash.clear()
        texts = texts_of(there, self._visit)
        with self._clash:
            words("p", "Somebody else changed this order while you did.").classes("strong")
            for part in parts:
                now = " · ".join(filter(None, (texts[name] for name in PARTS[part]))) or "empty"
                with ui.element("div").classes("clash-row") as row:
                    words("p", f"{WORDS[part]} is now: {now}")
                    button("Use theirs", self._visit.act(self._taking(part, row)), "btn-small")
            words("p", "Save again to keep what you entered instead.").classes("small")
        self._clash.set_visibility(True)
        self._clash.run_method("scrollIntoView")

    def _taking(self, part: str, row: ui.element) -> Callable[[], None]:
        def take() -> None:
            self._fields.fill(self._seen, part)
            row.delete()

        return take


def _of(details: OrderDetails, part: str) -> Any:
    return getattr(details, part)
