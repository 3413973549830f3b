"""Drivers who were deactivated: found, and activated again."""

from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui

from app.tracking.records import Driver
from app.ui.kit.dialog import Dialog
from app.ui.kit.parts import button, clock
from app.ui.kit.tables import Column, Empty, Search, Table, Update, cell, set_text, text_cell
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

MOST: Final = 50
"""Shown at once; the search finds the others."""
COLUMNS: Final = (
    Column("Driver", "minmax(0, 1.6fr)", "card-title"),
    Column("Vehicle", "minmax(0, 1fr)"),
    Column("Deactivated", "max-content"),
    Column("", "max-content", "card-actions"),
)


class InactiveDrivers:
    """The dialog; ``activate`` is called with the one who is to drive again."""

    def __init__(
        self, visit: Visit, drivers: list[Driver], activate: Callable[[Driver], Awaitable[None]]
    ) -> None:
        self._visit = visit
        self._drivers = drivers
        self._activate = activate
        self._dialog = Dialog(visit, "Deactivated drivers")
        with self._dialog.body:
            with ui.element("div").classes("toolbar"):
                self._search = Search(visit, "Name, vehicle or phone", self._show)
            self._table = Table("Deactivated drivers", COLUMNS, _num, self._row)
            self._more = words("p", "").classes("muted small")
            self._empty = Empty("person_off", "", "")
        with self._dialog.foot:
            button("Done", self._dialog.close)
        self._show()

    def _show(self) -> None:
        found = [
            one for one in self._drivers if self._search.fits(one.name, one.vehicle, one.phone)
        ]
        self._table.show(found[:MOST])
        hidden = len(found) - MOST
        self._more.set_text(f"{hidden:,} more: type a name to find them." if hidden > 0 else "")
        if self._drivers:
            self._empty.show(not found, "No driver fits", "Change the search.")
        else:
            self._empty.show(True, "Nobody is deactivated", "Who is, can be activated again here.")

    def _row(self) -> Update[Driver]:
        visit, shown = self._visit, list[Driver]()
        name, vehicle, since = text_cell("whole strong"), text_cell(), text_cell("whole muted")

        async def activate() -> None:
            self._dialog.close()
            await self._activate(shown[0])

        with cell():
            again = button("Activate", visit.act(activate), "btn-small", "person_add")

        def update(driver: Driver) -> None:
            shown[:] = [driver]
            set_text(name, driver.name)
            set_text(vehicle, driver.vehicle or "")
            set_text(since, clock(driver.deleted_at or 0, visit.zone, visit.services.now()))
            again.props["aria-label"] = f"Activate {driver.name}"

        return update


def _num(driver: Driver) -> int:
    return driver.num
