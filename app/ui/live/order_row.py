"""One row of the work list."""

from collections.abc import Callable
from dataclasses import replace

from nicegui import ui

from app.ui.kit.parts import icon_for_eye, set_age
from app.ui.kit.tables import set_text
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.kit.work import Row


class RowView:
    """One row: a button of five parts; only what changed is sent."""

    def __init__(self, visit: Visit, row: Row, pick: Callable[[str], object]) -> None:
        self.element = ui.element("button").classes("work-row").props("type=button")
        self.element.props["data-order"] = row.order_id
        self.element.on("click", visit.act(lambda: pick(row.order_id)), [])
        with self.element:
            self._icon = icon_for_eye(row.icon)
            self._title = words("span", "").classes("work-title whole")
            self._when = words("span", "").classes("work-when")
            self._about = words("span", "").classes("work-about few-lines")
            self._note = words("span", "").classes("work-note")
        self._row: Row | None = None
        self._selected = False
        self.show(row)

    def show(self, row: Row) -> None:
        """Show the order as it is now.

        That the driver was seen again is no change: static/live/live.js knows it from its socket.
        """
        before = self._row
        if before is not None and _same_but_for_time(before, row):
            return
        self._row = row
        if before is None or before.status is not row.status:
            gone = f"status-{before.status}" if before is not None else None
            self.element.classes(add=f"status-{row.status}", remove=gone)
        self._icon.set_name(row.icon)
        set_text(self._title, row.title)
        set_text(self._about, row.about)
        self.element.props["data-level"] = row.level
        self.element.props["data-driver"] = row.driver_id
        aged, plain = (self._when, self._note) if row.age_leads else (self._note, self._when)
        plain.set_text(row.note if row.age_leads else row.when)
        plain.props.pop("data-age", None)
        set_age(aged, row.seen_at)
        if row.seen_at is None:
            aged.set_text(row.when if row.age_leads else row.note)

    def select(self, on: bool) -> None:
        """Mark it as the one that is open."""
        if on is self._selected:
            return
        self._selected = on
        self.element.classes(toggle="is-selected")
        self.element.props["aria-current"] = "true" if on else "false"


def _same_but_for_time(one: Row, other: Row) -> bool:
    if (one.seen_at is None) is not (other.seen_at is None):
        return False
    return replace(one, seen_at=other.seen_at) == other
