"""The dialog that changes an order, also while somebody else changes it: nothing is lost.

What others change meanwhile is taken over where nothing was changed here, and told. Where both
changed the same part the dialog asks which of the two shall be, and stores nothing before.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from nicegui import ui

from app.domain.errors import OnthewayError
from app.domain.merge import Merged, merge
from app.tracking.board import LiveOrder
from app.tracking.order_parts import PARTS, details_of, fields_of, parts_of
from app.tracking.records import Order
from app.ui.kit.dialogs import Form
from app.ui.kit.parts import title_of
from app.ui.kit.visit import Visit
from app.ui.orders.fields import OrderFields, Texts, texts_of
from app.ui.orders.others import Others

CROSSING: Final = 2.0
"""Seconds after a field was taken over in which what was typed may still be of before."""


class EditOrder:
    """One open dialog; ``done`` is called once something is stored."""

    def __init__(self, visit: Visit, order: Order, done: Callable[[], Awaitable[object]]) -> None:
        self._visit = visit
        self._order = order
        self._done = done
        self._fields = fields = OrderFields(visit)
        self._form = form = Form(
            visit,
            f"Edit {title_of(order)}",
            "Save",
            self._save,
            draft="your changes",
            entered=lambda: bool(self._changed()),
        )
        with form.body:
            for build in (fields.build_customer, fields.build_places, self._build_rest):
                with ui.element("div").classes("fields"):
                    build()
        self._others = Others(visit, form.above_foot(), self._decide)
        self._base, self._there = parts_of(order.details), parts_of(order.details)
        self._touched: set[str] = set()
        self._fresh: dict[str, tuple[float, object]] = {}
        fields.fill(order.details, *PARTS)
        fields.on_change(self._typed)
        form.at_end(visit.keep_fresh(self._look, "order"))

    def _build_rest(self) -> None:
        self._fields.build_window()
        self._fields.build_note()

    # others

    async def _look(self) -> None:
        """Take over what others changed and was not touched here; ask about the rest."""
        self._weigh(await self._visit.services.board.order(self._order.id))

    def _weigh(self, live: LiveOrder) -> None:
        theirs = self._texts(parts_of(live.order.details))
        both = self._merge(theirs)
        self._there = parts_of(live.order.details)
        self._touched = set(both.clashes)
        for part in both.taken:
            self._fresh[part] = (self._visit.services.monotonic(), self._base[part])
        self._base = {
            part: self._base[part] if part in both.clashes else self._there[part] for part in PARTS
        }
        self._fields.fill(live.order.details, *both.taken)
        self._others.show(
            {part: live.touched.get(part) for part in PARTS if part in both.taken},
            {
                part: (live.touched.get(part), " · ".join(filter(None, theirs[part])))
                for part in PARTS
                if part in both.clashes
            },
        )

    def _merge(self, theirs: dict[str, Texts]) -> Merged[Texts]:
        """What is read in the fields decides: they know a time to the minute only."""
        return merge(self._texts(self._base), self._fields.texts(), theirs, self._touched)

    def _typed(self, part: str) -> Awaitable[None] | None:
        """What was typed while theirs was on its way here was typed over what was before."""
        at, before = self._fresh.get(part, (float("-inf"), None))
        crossing = self._visit.services.monotonic() - at < CROSSING
        if not crossing or part not in self._changed():
            return None
        del self._fresh[part]
        self._base[part] = before
        self._fields.show_again(part)
        return self._look()

    async def _decide(self, part: str, theirs: bool) -> None:
        """A part that both changed: what was told of theirs is known from now on."""
        self._form.complain("")
        self._touched.discard(part)
        self._base[part] = self._there[part]
        if theirs:
            self._fields.fill(details_of(self._there), part)
        await self._look()

    # saving

    def _changed(self) -> list[str]:
        """The parts that were changed here."""
        before, now = self._texts(self._base), self._fields.texts()
        return [part for part in PARTS if before[part] != now[part]]

    async def _save(self) -> None:
        self._fields.clear_errors()
        await self._look()
        self._require_choices()
        changed = self._changed()
        if not changed:
            return
        try:
            await self._store(changed)
        except OnthewayError as error:
            if error.code == "conflict":  # somebody was quicker by less than a look
                await self._look()
                self._require_choices()
            if self._fields.explain(error):
                raise OnthewayError(error.code, "Please look at the marked field.") from None
            raise
        self._visit.say(f"Order #{self._order.id} saved.")
        await self._done()

    async def _store(self, changed: list[str]) -> None:
        mine = details_of({**self._base, **{part: self._fields.part(part) for part in changed}})
        changes = {field: getattr(mine, field) for field in fields_of(changed)}
        visit = self._visit
        await visit.services.orders.edit(
            self._order.id, changes, visit.actor, details_of(self._base)
        )

    def _require_choices(self) -> None:
        if self._touched:
            sentence = "Nothing is stored yet: please choose above whose change shall be kept."
            raise OnthewayError("conflict", sentence)

    def _texts(self, parts: Mapping[str, Any]) -> dict[str, Texts]:
        return texts_of(details_of(parts), self._visit)
