"""What the map is told of the list: which orders are late, and what is wanted.

It stands in the attributes of an element that nobody sees, where static/live/live.js reads it.
"""

from typing import Final

from nicegui import ui

from app.ui.kit.needs import Group
from app.ui.kit.sieve import ALL, Sieve
from app.ui.kit.workbook import WorkRows
from app.ui.live.filters import DRIVERS, Filters, Only

MOST: Final = 5_000
"""Of more orders than this the map is not told which are wanted: it shows all."""


class MapMarks:
    """Says to the map what it needs to know; only what changed is sent."""

    def __init__(self, rows: WorkRows) -> None:
        self._rows = rows
        self._element = ui.element("div").classes("live-marks").props("hidden")

    def tell(self, filters: Filters, text: str, drivers: list[str]) -> None:
        """Say what is late, and what of ``drivers`` and orders is wanted."""
        wanted = filters.sieve(text)
        kind, ids = self._wanted(filters, wanted)
        late = self._rows.ids(Sieve(groups={Group.LATE}))[:MOST]
        of = [filters.driver_id] if filters.driver_id else []
        said = {
            "data-filter": kind,
            "data-orders": " ".join(ids),
            "data-drivers": " ".join([*drivers, *of]) if kind else "",
            "data-late": " ".join(late),
        }
        for name, value in said.items():
            if self._element.props.get(name) != value:
                self._element.props[name] = value

    def _wanted(self, filters: Filters, wanted: Sieve) -> tuple[str, list[str]]:
        """ "": everything; "orders": these; "online": the drivers who are connected."""
        if filters.only is Only.ONLINE:
            return "online", []
        if wanted == ALL or (filters.only in DRIVERS and not wanted.text):
            return "", []
        ids = self._rows.ids(wanted)
        return ("orders", ids) if len(ids) <= MOST else ("", [])
