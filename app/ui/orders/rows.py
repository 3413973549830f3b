"""The rows of the list of orders, and which of how many they are."""

from collections.abc import Callable
from typing import Final

from nicegui import ui

from app.domain.order import OPEN, Status
from app.domain.times import MINUTE
from app.tracking.driver_names import DriverNames
from app.tracking.lateness import late_by
from app.tracking.records import Order, OrderBy
from app.ui.kit.batch import counted
from app.ui.kit.parts import (
    DASH,
    StatusMark,
    age_words,
    clock,
    place_words,
    set_age,
    window_words,
)
from app.ui.kit.selection import Selection
from app.ui.kit.tables import Column, Update, cell, set_text, text_cell
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

MOST_COUNTED: Final = 10_000
"""Orders that fit are counted so far."""


class OrderRows:
    """Makes rows; ``selection`` None: for somebody who may not change anything."""

    def __init__(
        self, visit: Visit, names: DriverNames, selection: Selection[Order] | None
    ) -> None:
        self._visit = visit
        self._names = names
        self._selection = selection

    def columns(self, head: Callable[[OrderBy, str], Callable[[], ui.element]]) -> list[Column]:
        """The columns; ``head`` makes one that sorts."""
        columns = [
            Column("Order", "minmax(96px, 0.8fr)", "card-title", head(OrderBy.ID, "Order")),
            Column("Status", "minmax(116px, 0.7fr)", "", head(OrderBy.STATUS, "Status")),
            Column("Customer", "minmax(128px, 1.3fr)", "", head(OrderBy.CUSTOMER, "Customer")),
            Column(
                "Destination", "minmax(136px, 1.5fr)", "", head(OrderBy.DESTINATION, "Destination")
            ),
            Column("Driver", "minmax(120px, 1.2fr)", "", head(OrderBy.DRIVER, "Driver")),
            Column("Promised", "minmax(148px, 0.8fr)", "", head(OrderBy.PROMISED, "Promised")),
            Column("Changed", "minmax(96px, 0.4fr)", "", head(OrderBy.CHANGED, "Changed")),
        ]
        if self._selection is None:
            return columns
        return [Column("", "max-content", "pick-cell", self._selection.head), *columns]

    def build(self) -> Update[Order]:
        """Make the cells of a row; returns what fills them."""
        services = self._visit.services
        box: Update[Order] | None = None
        if self._selection is not None:
            with cell():
                box = self._selection.build_row()
        with cell("whole"):
            link = words("a", "").classes("row-link strong")
        with cell():
            status = StatusMark(Status.PENDING)
        customer, place = text_cell(), text_cell("few-lines")
        driver = text_cell()
        with cell("whole"), ui.element("div"):
            promised = words("span", "")
            late = words("span", "").classes("late-mark")
        with cell():
            changed = words("span", "").classes("age-plain")

        def update(order: Order) -> None:
            now, zone = services.now(), self._visit.zone
            details = order.details
            if box is not None:
                box(order)
            set_text(link, order.id)
            link.props.set_optional("href", f"/admin?order={order.id}")
            status.show(order.status)
            set_text(customer, (details.customer and details.customer.name) or "")
            set_text(place, place_words(order.details.destination))
            set_text(driver, self._names.of(order.driver_id))
            window = details.window
            set_text(promised, window_words(window, zone, now) if window else "")
            set_text(late, self._late_words(order), whole=False)
            set_age(changed, order.updated_at)
            changed.props["title"] = clock(order.updated_at, zone, now)

        return update

    def _late_words(self, order: Order) -> str:
        """How late an open order is, in the words of its card."""
        services = self._visit.services
        live = services.board.orders.get(order.num)
        if live is None or order.status not in OPEN:
            return ""
        thresholds = services.preferences.current.thresholds
        late = late_by(services.board, live, services.now(), thresholds)
        return "" if late is None else f"{age_words(max(late, MINUTE))} late"


def page_words(before: int, shown: int, count: int | None) -> str:
    """Which of ``count`` orders a page shows: "1-50 of 12,340"; ``before``: on earlier pages.

    None: nobody knows yet; more than `MOST_COUNTED` are said to be that.
    """
    if not shown:
        return ""
    if count == shown:
        return counted(count, "order", "orders")
    here = f"{before + 1:,}{DASH}{before + shown:,}"
    if count is None:
        return here
    whole = f"more than {MOST_COUNTED:,}" if count > MOST_COUNTED else f"{count:,}"
    return f"{here} of {whole}"
