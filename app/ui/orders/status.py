"""The status of one order, and the buttons that change it: the next step, the rest in a menu."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from nicegui import ui

from app.domain.access import Action
from app.domain.again import tried_as
from app.domain.errors import OnthewayError
from app.domain.order import FINAL, PATH, Status, check_step
from app.tracking.records import Order, OrderEvent
from app.tracking.views import ENDED_BADLY
from app.ui.kit.dialogs import Form, line_of, text_field
from app.ui.kit.parts import WORDS, Handler, StatusMark, button, icon_for_eye, title_of
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.orders.failed import build_failed

ASKED: Final[dict[Status, tuple[str, str]]] = {
    Status.FAILED: ("Mark {order} as failed?", "The customer is told, with your reason."),
    Status.RETURNED: ("Mark {order} as returned?", "The customer is told, with your reason."),
    Status.CANCELLED: ("Cancel {order}?", "The customer is told that it was cancelled."),
}
"""Ends that are asked about once."""
UNDONE: Final = "Undone"
"""What the history says of a step that was taken back."""
REOPENED: Final = "Only an admin can reopen it."
ACTIONS: Final[dict[Status, str]] = {
    Status.ASSIGNED: "Mark assigned",
    Status.PICKED_UP: "Mark picked up",
    Status.IN_TRANSIT: "Mark on the way",
    Status.ARRIVING: "Mark arriving",
    Status.DELIVERED: "Mark delivered",
    Status.FAILED: "Mark failed",
    Status.RETURNED: "Mark returned",
    Status.CANCELLED: "Cancel order",
}


def next_step(status: Status) -> Status | None:
    """The step that usually follows; to be assigned takes a driver, not a button."""
    if status in FINAL or status is Status.PENDING:
        return None
    return PATH[PATH.index(status) + 1]


def steps(current: Status, *, force: bool) -> list[Status]:
    """Where an order may go from here; with ``force`` everywhere."""
    return [status for status in Status if status is not current and _legal(current, status, force)]


def note_of_undo(status: Status, events: Sequence[OrderEvent]) -> str | None:
    """What is said of going back to ``status``: that, or where customers read it as the reason of
    an end, the reason that there was."""
    if status not in ENDED_BADLY:
        return UNDONE
    return next((event.note for event in reversed(events) if event.status is status), None)


def _legal(current: Status, new: Status, force: bool) -> bool:
    try:
        check_step(current, new, force=force)
    except OnthewayError:
        return False
    return force or new is not Status.ASSIGNED


class StatusPart:
    """The first part of an order's card; ``assign`` lets the person choose a driver."""

    def __init__(
        self,
        visit: Visit,
        order: Order,
        assign: Callable[[], object],
        open_order: Callable[[str], Awaitable[object]],
    ) -> None:
        self._visit = visit
        self._assign = assign
        self._open_order = open_order
        self._order = order
        self._force = False
        self._mark = StatusMark(order.status)
        self._when = words("p", "").classes("card-when")
        self._actions: ui.element | None = None
        if visit.may(Action.DISPATCH):
            with ui.element("div").classes("card-steps"):
                self._actions = ui.element("div").classes("actions")
                if visit.may(Action.FORCE):
                    self._switch()
            self._build_actions()

    def show(self, order: Order, when: str, *, late: bool) -> None:
        """Show the order as it is now; ``when`` says when it arrives."""
        changed = order.status is not self._order.status or (
            tried_as(order.details.note) != tried_as(self._order.details.note)
        )
        self._order = order
        self._mark.show(order.status)
        self._when.set_text(when)
        self._when.set_visibility(bool(when))
        self._when.classes(add="is-late" if late else None, remove=None if late else "is-late")
        if changed and self._actions is not None:
            self._build_actions()

    def _switch(self) -> None:
        switch = ui.switch("Allow going back", value=False).props("dense").classes("card-force")
        switch.on_value_change(self._visit.act(lambda event: self._set_force(event.value is True)))

    def _set_force(self, on: bool) -> None:
        self._force = on
        self._build_actions()

    def _build_actions(self) -> None:
        assert self._actions is not None
        self._actions.clear()
        current = self._order.status
        following = next_step(current)
        others = [step for step in steps(current, force=self._force) if step is not following]
        with self._actions:
            if current is Status.PENDING:
                assign = self._visit.act(self._assign)
                button("Assign driver", assign, "btn-primary", "person_add")
            if current is Status.FAILED:
                build_failed(self._visit, self._order, self._open_order)
                if self._visit.may(Action.FORCE):
                    button(ACTIONS[Status.RETURNED], self._handler(Status.RETURNED, force=True))
            if following is not None:
                button(ACTIONS[following], self._handler(following))
            if others:
                self._menu(others)

    def _menu(self, others: list[Status]) -> None:
        with button("Change status", None) as opener, ui.menu().props("auto-close"):
            for step in others:
                with ui.element("button").classes("menu-row") as entry:
                    entry.props("type=button role=menuitem")
                    StatusMark(step)
                entry.on("click", self._handler(step), [])
        opener.props("aria-haspopup=menu")
        with opener:
            icon_for_eye("expand_more")

    def _handler(self, status: Status, *, force: bool = False) -> Handler:
        async def change() -> None:
            if status in ASKED:
                self._ask(status, force=force)
            else:
                await self._change(status, None, self._order.seq, force=force)

        return self._visit.act(change)

    def _ask(self, status: Status, *, force: bool) -> None:
        title, more = ASKED[status]
        seen = self._order.seq

        async def deed() -> None:
            nonlocal seen
            asked, seen = seen, self._order.seq  # who was told of a change may still want it
            await self._change(status, line_of(reason, "reason"), asked, force=force)

        question = title.format(order=title_of(self._order))
        back = "Keep order" if status is Status.CANCELLED else "Cancel"
        form = Form(
            self._visit, question, ACTIONS[status], deed, danger=True, small=True, back=back
        )
        with form.body:
            words("p", more).classes("muted")
            reason = text_field("Reason (optional)")

    async def _change(
        self, status: Status, note: str | None, seen_seq: int, *, force: bool
    ) -> None:
        visit = self._visit
        before = (await visit.services.board.order(self._order.id)).order
        order = await visit.services.orders.set_status(
            before.id, status, note, visit.actor, force=force or self._force, seen_seq=seen_seq
        )

        async def undo() -> None:
            services, to = visit.services, before.status
            note = note_of_undo(to, (await services.board.order(order.id)).events or [])
            await services.orders.set_status(
                order.id, to, note, visit.actor, force=True, seen_at=order.updated_at
            )
            visit.say(f"Undone: {title_of(order)} is {WORDS[before.status].lower()}")

        done = f"{title_of(order)}: {WORDS[status].lower()}"
        if visit.may(Action.FORCE) and order.status is not before.status:
            visit.say(done, undo=undo)
        else:
            visit.say(f"{done}. {REOPENED}" if status in FINAL else done)
