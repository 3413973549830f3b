"""The orders page: every order there is, sorted, filtered and searched; picked and exported."""

import asyncio
from collections.abc import Mapping
from typing import Final

from nicegui import ui
from starlette.requests import Request

from app.domain.access import Action
from app.domain.errors import OnthewayError
from app.domain.order import OPEN, Status
from app.tracking.driver_names import DriverNames
from app.tracking.lateness import late_orders
from app.tracking.records import NEWEST_FIRST, Order, OrderFilter
from app.ui.kit.address import address_of, keep_address
from app.ui.kit.driver_field import DriverField
from app.ui.kit.parts import WORDS as STATUS_WORDS
from app.ui.kit.parts import (
    button,
    icon_for_eye,
)
from app.ui.kit.selection import Selection
from app.ui.kit.sorting import Sorting, sort_of, text_of
from app.ui.kit.tables import (
    PAGE,
    STYLES,
    Chips,
    Empty,
    Pager,
    Pages,
    Search,
    Table,
)
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.orders import new as new_order
from app.ui.orders.bulk import BulkBar, Listing
from app.ui.orders.day_filter import DayFilter, range_words
from app.ui.orders.importing import ImportOrders
from app.ui.orders.new import NewOrder
from app.ui.orders.picks import Picks
from app.ui.orders.rows import MOST_COUNTED, OrderRows, page_words

HOME: Final = "/admin/orders"
OWN_STYLES: Final = "".join(
    f'<link rel="stylesheet" href="/static/staff/{name}.css">' for name in ("orders", "order-card")
)
LATE: Final = "late"
EVERY: Final = 15.0
"""Seconds after which is looked again without a change: time alone makes orders late."""
SEARCH_REST: Final = 3.0
"""Seconds between two searches or sorted pages that nobody asked for: they read every order."""

FILTERS: Final[Mapping[str, str]] = {
    "": "All",
    "open": "Open",
    LATE: "Late",
    **{status.value: STATUS_WORDS[status] for status in Status},
}


async def build(visit: Visit, request: Request) -> None:
    """Build the page; `?status=`, `?driver=`, `?q=` and `?day=`, or `?from=` and `?to=`,
    filter, `?sort=` sorts."""
    if visit.may(Action.DISPATCH):
        ui.add_body_html(new_order.SCRIPT)
    page = OrdersPage(visit, request.query_params)
    await page.refresh()
    visit.keep_fresh(page.renew, "order")
    visit.every(EVERY, page.look_at_the_clock)


class OrdersPage:
    """The table of orders with its filters, which are in the address too."""

    def __init__(self, visit: Visit, query: Mapping[str, str]) -> None:
        self._visit = visit
        self._pages = Pages()
        self._searched_at = float("-inf")
        self._late = frozenset[int]()
        self._found: list[Order] = []
        self._counted: tuple[OrderFilter, int | None] = OrderFilter(), None
        self._names = DriverNames(visit.services.board, visit.services.store.tracks)
        self._may = visit.may(Action.DISPATCH)
        ui.add_head_html(STYLES)
        ui.add_head_html(OWN_STYLES)
        status = query.get("status", "")
        self._sorting = Sorting(visit, sort_of(query.get("sort", "")), self._filter)
        self._selection = Selection[Order](visit, lambda order: order.id, self._picked)
        self._bulk: BulkBar | None = None
        with ui.element("div").classes("toolbar"):
            self._search = Search(
                visit, "Order, customer, address, driver", self._filter, query.get("q", "")
            )
            self._driver = self._driver_field(query.get("driver", ""))
            self._days = DayFilter(visit, query, self._filter)
            self._sorting.build_choice()
            ui.element("div").classes("toolbar-space")
            self._build_actions()
        self._days.build_fields()
        on = status if status in FILTERS else ""
        self._chips = Chips("Status", FILTERS, on, visit.act(self._filter))
        rows = OrderRows(visit, self._names, self._selection if self._may else None)
        columns = rows.columns(self._sorting.head)
        self._table = Table("Orders", columns, lambda order: order.num, rows.build)
        self._empty = Empty("inventory_2", "", "")
        self._pager = Pager(self._pages, visit.act(self.refresh), back="Previous", forward="Next")
        if self._may:
            picks = Picks(visit, self._selection)
            self._bulk = BulkBar(visit, self._selection, picks, self._listing, self.refresh)
        self._show_export()

    def _build_actions(self) -> None:
        visit = self._visit
        with ui.element("a").classes("btn").props("download") as self._export:
            icon_for_eye("download")
            words("span", "Export").classes("btn-word")
        if self._may:
            button("Import", visit.act(self._import), icon="upload")
            button("New order", visit.act(self._new), "btn-primary")

    def _driver_field(self, driver_id: str) -> DriverField:
        async def chosen(_driver_id: str) -> None:
            await self._filter()

        field = DriverField(self._visit, chosen, "All drivers")
        if self._visit.services.board.driver_by_id(driver_id) is not None:
            field.choose(driver_id)
        return field.classes("filter")

    async def renew(self) -> None:
        """Show the same page as it is now; at once, unless it reads every order for that."""
        if self._search.text or self._sorting.sort != NEWEST_FIRST:
            rested = self._visit.services.monotonic() - self._searched_at
            await asyncio.sleep(max(0.0, SEARCH_REST - rested))
            self._searched_at = self._visit.services.monotonic()
        await self.refresh()

    async def look_at_the_clock(self) -> None:
        """Show what is late by now."""
        if self._chips.on == LATE:
            await self.renew()
        else:
            self._table.show(self._found)

    async def refresh(self) -> None:
        """Read and show the page."""
        visit = self._visit
        if self._chips.on == LATE:
            thresholds = visit.services.preferences.current.thresholds
            self._late = await late_orders(visit.services.board, visit.services.now, thresholds)
        pages, here, wanted = self._pages, self._pages.here, self._wanted()
        sort = self._sorting.sort
        try:
            found, following = await self._visit.services.store.orders.page(
                wanted, here, PAGE, sort
            )
        except OnthewayError:
            pages.first()
            raise
        await self._names.learn(order.driver_id for order in found)
        if (here, wanted, sort) != (pages.here, self._wanted(), self._sorting.sort):
            return  # something else was chosen meanwhile; its own answer comes
        pages.next = following
        self._found = found
        self._table.show(found)
        self._selection.shows(found)
        if self._bulk is not None:
            self._bulk.offer_all(bool(pages.before or pages.next))
        self._show_empty(not found, filtered=wanted != OrderFilter())
        await self._count(wanted, here, len(found))

    async def _count(self, wanted: OrderFilter, here: str | None, shown: int) -> None:
        """Say which of how many orders the page shows; they are counted after it is there."""
        pages, before = self._pages, PAGE * len(self._pages.before)
        if self._counted[0] != wanted:
            self._counted = wanted, None
        if pages.next is None:
            self._counted = wanted, before + shown
        self._pager.show(page_words(before, shown, self._counted[1]))
        if pages.next is None:
            return
        count = await self._visit.services.store.orders.count(wanted, MOST_COUNTED)
        if (here, wanted) == (pages.here, self._wanted()):
            self._counted = wanted, count
            self._pager.show(page_words(before, shown, count))

    def _listing(self) -> Listing:
        return self._wanted(), self._sorting.sort

    def _wanted(self) -> OrderFilter:
        on = self._chips.on
        statuses = frozenset({Status(on)}) if on in set(Status) else frozenset[Status]()
        return OrderFilter(
            statuses=OPEN if on == "open" else statuses,
            driver_id=self._driver.value or None,
            text=self._search.text or None,
            during=self._days.during,
            nums=self._late if on == LATE else None,
        )

    def _show_empty(self, empty: bool, *, filtered: bool) -> None:
        if filtered:
            more = "Change the search or the filters."
            self._empty.show(empty, "No order fits", more)
        elif self._visit.may(Action.DISPATCH):
            more = "Make the first one, import a file, or let your shop send it through the API."
            self._empty.show(empty, "No orders yet", more)
        else:
            self._empty.show(empty, "No orders yet", "They appear here once they are made.")

    async def _filter(self) -> None:
        self._pages.first()
        chosen = {
            "status": self._chips.on,
            "driver": self._driver.value,
            "q": self._search.text,
            **self._days.chosen,
            "sort": text_of(self._sorting.sort),
        }
        keep_address(HOME, chosen)
        self._show_export()
        await self.refresh()

    def _show_export(self) -> None:
        """The file has what is filtered."""
        wanted = self._wanted()
        asked = {
            "status": ",".join(sorted(wanted.statuses)),
            "driverId": wanted.driver_id or "",
            "q": wanted.text or "",
            **range_words(self._days.days),
            "late": "true" if self._chips.on == LATE else "",
            "tz": self._visit.zone.key,
        }
        self._export.props["href"] = address_of(f"{HOME}.csv", asked)
        self._export.props["title"] = (
            f"All orders that fit, as CSV; times in {self._visit.zone.key}"
        )

    def _picked(self) -> None:
        if self._bulk is not None:
            self._bulk.show()

    def _import(self) -> None:
        ImportOrders(self._visit, self._filter)

    def _new(self) -> None:
        async def made(_order_id: str) -> None:
            await self._filter()

        NewOrder(self._visit, made)
