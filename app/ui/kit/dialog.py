"""A dialog, and the question whether what was entered in one may be lost.

A dialog is made when it opens and is gone from page and server once it is closed.
"""

from collections.abc import Callable
from typing import Any, Final

from nicegui import ui
from nicegui.events import GenericEventArguments

from app.ui.kit.parts import button, icon_button
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

STAY: Final = "(event) => event.preventDefault()"
"""For a press that leaves the focus where it is."""
STAY_BESIDE: Final = (
    '(event) => event.target.matches(".q-dialog__backdrop") && event.preventDefault()'
)


class _Guarded(ui.dialog):
    """Asks ``may_leave`` before Escape or a press beside it closes it."""

    def __init__(self, may_leave: Callable[[], bool]) -> None:
        super().__init__()
        self._may_leave = may_leave

    def _event_args_to_value(self, e: GenericEventArguments) -> Any:
        """The browser only wishes: it shows what the server says then."""
        return bool(e.args) or not self._may_leave()


class Dialog:
    """An open dialog with a title; ``body`` and ``foot`` take what belongs there.

    ``lasting``: only its own button closes it.
    """

    def __init__(
        self, visit: Visit, title: str, *, small: bool = False, lasting: bool = False
    ) -> None:
        self._ends: list[Callable[[], object]] = []
        with visit.client:  # not in the row that was clicked: that may go while this is open
            self._holder = ui.element("div")
        with self._holder:
            self._dialog = _Guarded(self.may_leave)
        self._dialog.props["aria-label"] = title
        self._dialog.props.set_bool("persistent", lasting)
        kind = "dialog dialog-small" if small else "dialog"
        with self._dialog, ui.element("div").classes(kind):
            with ui.element("div").classes("dialog-head"):
                words("h2", title)
                if not lasting:
                    cross = icon_button("close", "Close", self._leave)
                    cross.on("mousedown", js_handler=STAY)
            self._form = ui.element("form").classes("dialog-form").props("autocomplete=off")
            with self._form:
                self.body = ui.element("div").classes("dialog-body")
                self.foot = ui.element("div").classes("dialog-foot")
        self._dialog.on("mousedown", js_handler=STAY_BESIDE)
        self._dialog.on("hide", self._gone, [])
        self._dialog.open()

    def close(self) -> None:
        """Close it."""
        self._dialog.close()

    def at_end(self, end: Callable[[], object]) -> None:
        """Call ``end`` once it is closed; not where its page goes."""
        self._ends.append(end)

    def may_leave(self) -> bool:
        """Whether it may be closed by Escape, its cross, or a press beside it."""
        return True

    def hold(self, on: bool) -> None:
        """Hold it open while something goes on, or let Escape close it."""
        self._dialog.props.set_bool("persistent", on)
        self._dialog.props.set_bool("no-backdrop-dismiss", not on)

    def _leave(self) -> None:
        if self.may_leave():
            self.close()

    def _gone(self) -> None:
        if self._holder.is_deleted:
            return
        if not self._dialog.is_deleted:
            self._dialog.delete()
        self._holder.delete()
        for end in self._ends:
            end()


class Discard(Dialog):
    """Asks whether ``draft`` ("this order") may be lost; ``answered`` hears it once this goes."""

    def __init__(self, visit: Visit, draft: str, answered: Callable[[bool], object]) -> None:
        super().__init__(visit, f"Discard {draft}?", small=True)
        self._answered = answered
        self._sure = False
        self._dialog.props["role"] = "alertdialog"
        with self.body:
            more = words("p", "Nothing of it is stored yet.").classes("muted")
        self._dialog.props["aria-describedby"] = more.html_id
        with self.foot:
            button("Keep writing", self.close).props("autofocus")
            button("Discard", self._discard, "btn-danger")
        # The focus is back in the form's field by then: it must be before the form goes too.
        self._dialog.on("before-hide", self._going, [])

    def _discard(self) -> None:
        self._sure = True
        self.close()

    def _going(self) -> None:
        self._answered(self._sure)
