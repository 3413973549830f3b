"""The orders page: every order there is, newest first, by status, driver or words."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from nicegui import ui
from starlette.requests import Request

from app.domain.access import Action
from app.domain.errors import OnthewayError
from app.domain.order import OPEN, Status
from app.tracking.records import Order, OrderFilter
from app.ui.parts import WORDS as STATUS_WORDS
from app.ui.parts import StatusMark, clock, set_age, window_words
from app.ui.tables import (
    PAGE,
    STYLES,
    Chips,
    Column,
    Empty,
    Pager,
    Pages,
    Search,
    Table,
    Update,
    cell,
    set_text,
    text_cell,
)
from app.ui.visit import Visit
from app.ui.words import words

HOME: Final = "/admin/orders"
SEARCH_REST: Final = 3.0
"""Seconds between two searches that nobody asked for: they read every order."""

COLUMNS: Final = (
    Column("Order", "minmax(88px, 0.8fr)", "card-title"),
    Column("Status", "minmax(116px, 0.7fr)"),
    Column("Customer", "minmax(0, 1.1fr)"),
    Column("Destination", "minmax(0, 1.6fr)"),
    Column("Driver", "minmax(0, 1fr)"),
    Column("Promised", "minmax(176px, 0.7fr)"),
    Column("Changed", "minmax(88px, 0.4fr)"),
)
FILTERS: Final[Mapping[str, str]] = {
    "": "All",
    "open": "Open",
    **{status.value: STATUS_WORDS[status] for status in Status},
}


async def build(visit: Visit, request: Request) -> None:
    """Build the page; `?status=`, `?driver=` and `?q=` filter."""
    page = OrdersPage(visit, request.query_params)
    await page.refresh()
    visit.keep_fresh(page.renew, "order")


class OrdersPage:
    """The table of orders with its filters, which are in the address too."""

    def __init__(self, visit: Visit, query: Mapping[str, str]) -> None:
        self._visit = visit
        self._pages = Pages()
        self._searched_at = float("-inf")
        ui.add_head_html(STYLES)
        status = query.get("status", "")
        with ui.element("div").classes("toolbar"):
            self._search = Search(
                visit, "Order, customer, address, driver", self._filter, query.get("q", "")
            )
            self._driver = self._driver_field(query.get("driver", ""))
        on = status if status in FILTERS else ""
        self._chips = Chips("Status", FILTERS, on, visit.act(self._filter))
        self._table = Table("Orders", COLUMNS, lambda order: order.num, self._row)
        self._empty = Empty("inventory_2", "", "")
        self._pager = Pager(self._pages, visit.act(self.refresh), back="Newer", forward="Older")

    def _driver_field(self, driver_id: str) -> ui.select:
        drivers = [live.driver for live in self._visit.services.board.drivers.values()]
        drivers.sort(key=lambda driver: driver.name.casefold())
        choices = {"": "All drivers"} | {driver.id: driver.name for driver in drivers}
        field = ui.select(
            choices,
            value=driver_id if driver_id in choices else "",
            with_input=True,
            on_change=self._visit.act(self._filter),
        )
        return field.props('outlined dense aria-label="Driver"').classes("filter")

    async def renew(self) -> None:
        """Show the same page as it is now; at once, unless a search was just repeated."""
        if self._search.text:
            rested = self._visit.services.monotonic() - self._searched_at
            await asyncio.sleep(max(0.0, SEARCH_REST - rested))
            self._searched_at = self._visit.services.monotonic()
        await self.refresh()

    async def refresh(self) -> None:
        """Read and show the page."""
        pages, here, wanted = self._pages, self._pages.here, self._wanted()
        try:
            found, following = await self._visit.services.store.orders.page(wanted, here, PAGE)
        except OnthewayError:
            pages.first()
            raise
        if (here, wanted) != (pages.here, self._wanted()):
            return  # something else was chosen meanwhile; its own answer comes
        pages.next = following
        self._table.show(found)
        self._pager.show()
        self._show_empty(not found, filtered=wanted != OrderFilter())

    def _wanted(self) -> OrderFilter:
        on = self._chips.on
        statuses = OPEN if on == "open" else frozenset({Status(on)}) if on else frozenset()
        driver = self._driver.value
        return OrderFilter(
            statuses=statuses,
            driver_id=driver if isinstance(driver, str) and driver else None,
            text=self._search.text or None,
        )

    def _show_empty(self, empty: bool, *, filtered: bool) -> None:
        if filtered:
            more = "Change the search or the filters."
            self._empty.show(empty, "No order fits", more)
        elif self._visit.may(Action.DISPATCH):
            more = "Make the first one on the live map, or let your shop send it through the API."
            self._empty.show(empty, "No orders yet", more)
        else:
            self._empty.show(empty, "No orders yet", "They appear here once they are made.")

    async def _filter(self) -> None:
        self._pages.first()
        chosen = {
            "status": self._chips.on,
            "driver": self._driver.value or "",
            "q": self._search.text,
        }
        query = urlencode({name: value for name, value in chosen.items() if value})
        ui.navigate.history.replace(f"{HOME}?{query}" if query else HOME)
        await self.refresh()

    def _row(self) -> Update[Order]:
        services = self._visit.services
        with cell("ellipsis"):
            link = words("a", "").classes("row-link strong")
        with cell():
            status = StatusMark(Status.PENDING)
        customer, place, driver, promised = (text_cell() for _ in range(4))
        with cell():
            changed = words("span", "").classes("age-plain")

        def update(order: Order) -> None:
            now, zone = services.now(), self._visit.zone
            details = order.details
            set_text(link, order.id)
            link.props.set_optional("href", f"/admin?order={order.id}")
            status.show(order.status)
            set_text(customer, (details.customer and details.customer.name) or "")
            set_text(place, _place(order))
            set_text(driver, self._driver_name(order))
            window = details.window
            set_text(promised, window_words(window, zone, now) if window else "")
            set_age(changed, order.updated_at)
            changed.props["title"] = clock(order.updated_at, zone, now)

        return update

    def _driver_name(self, order: Order) -> str:
        if order.driver_num is None:
            return ""
        live = self._visit.services.board.drivers.get(order.driver_num)
        return live.driver.name if live else order.driver_id or ""


def _place(order: Order) -> str:
    """The address, else the coordinates."""
    spotted = order.details.destination
    if spotted is None:
        return ""
    if spotted.address:
        return spotted.address
    return f"{spotted.place.lat:.5f}, {spotted.place.lng:.5f}" if spotted.place else ""
