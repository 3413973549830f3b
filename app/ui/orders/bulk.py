"""The bar for orders that are picked: all that fit, give to a driver, cancel, export."""

from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui

from app.domain.errors import OnthewayError
from app.domain.geo import Place
from app.domain.order import Status
from app.domain.times import to_datetime
from app.tracking.batch import Tally
from app.tracking.ports import Orders
from app.tracking.records import Order, OrderFilter, OrderSort
from app.ui.kit.batch import counted, do_for_each
from app.ui.kit.candidates import meeting_place
from app.ui.kit.dialogs import Form, line_of, text_field
from app.ui.kit.driver_field import REMOVED, DriverField
from app.ui.kit.parts import button, icon_button
from app.ui.kit.selection import MOST, Selection
from app.ui.kit.tables import able
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.orders.assigning import OffDuty
from app.ui.orders.picks import Picks, names_of

SLICE: Final = 1_000
"""Orders read at once when all are picked."""

Listing = tuple[OrderFilter, OrderSort]
"""What is listed, and how it is sorted."""


class BulkBar:
    """Shown while something is picked; ``after`` is called after each deed, ``listing`` says what
    the pages of the list are."""

    def __init__(
        self,
        visit: Visit,
        selection: Selection[Order],
        picks: Picks,
        listing: Callable[[], Listing],
        after: Callable[[], Awaitable[object]],
    ) -> None:
        self._visit = visit
        self._selection = selection
        self._picks = picks
        self._listing = listing
        self._after = after
        with (
            ui.element("div")
            .classes("bulk")
            .props('role=region aria-label="Selected orders"') as bar
        ):
            self._count = words("span", "").classes("bulk-count").props("role=status")
            self._all = button(
                "Select all that fit", visit.act(self._pick_all), "btn-small bulk-all"
            )
            button("Assign", visit.act(self._assign), "btn-small", "person")
            button("Cancel orders", visit.act(self._cancel), "btn-small btn-danger", "cancel")
            button("Export", visit.act(self._export), "btn-small", "download")
            icon_button("close", "Select nothing", visit.act(selection.clear))
        self._bar = bar
        self.offer_all(False)
        self.show()

    def show(self) -> None:
        """Show how many are picked, and how many of them are elsewhere than on this page."""
        self._picks.follow()
        count = len(self._selection.items)
        hidden = self._selection.hidden
        self._count.set_text(f"{count:,} selected" + (f", {hidden:,} not shown" if hidden else ""))
        self._bar.set_visibility(count > 0)

    def offer_all(self, on: bool) -> None:
        """Offer to pick more than the page: where there is more than one."""
        self._all.set_visibility(on)

    async def _pick_all(self) -> None:
        able(self._all, False)
        try:
            listing = self._listing()
            found = await read_all(self._visit.services.store.orders, *listing, MOST)
        finally:
            able(self._all, True)
        if listing != self._listing():
            return  # something else is listed meanwhile
        self._selection.replace(found)
        if len(found) > MOST:
            self._visit.say(f"More than {MOST:,} orders fit. The first {MOST:,} are selected.")
        else:
            whole = counted(len(found), "order that fits is", "orders that fit are")
            self._visit.say(f"{whole} selected.")

    def _assign(self) -> None:
        visit, orders = self._visit, self._selection.items
        chosen: list[str] = []
        off_duty = OffDuty(visit)

        def place() -> Place | None:
            return meeting_place(orders[0]) if len(orders) == 1 else None

        async def deed() -> None:
            if not chosen:
                wrong.set_text("Choose a driver, or nobody.")
                raise OnthewayError("invalid_field", "Please look at the marked field.")
            off_duty.ask_once(chosen[0], "Assign")
            driver_id = chosen[0] or None
            live = visit.services.board.driver_by_id(driver_id) if driver_id else None
            name = live.driver.name if live else REMOVED if driver_id else None

            async def assign(order: Order) -> None:
                await visit.services.orders.assign(
                    order.id, driver_id, visit.actor, seen_at=self._picks.seen_at(order)
                )

            title, done_word = assigning_words(len(orders), name)
            do_for_each(visit, title, orders, assign, _named, done_word, self._finished)

        def choose(driver_id: str) -> None:
            chosen[:] = [driver_id]
            wrong.set_text(off_duty.words(driver_id))

        what = counted(len(orders), "order", "orders")
        form = Form(visit, f"Assign {what}", "Assign", deed, small=True)
        with form.body, ui.element("div").classes("field"):
            words("span", "Driver").classes("field-label")
            DriverField(visit, choose, meet=place).empty()
            wrong = words("span", "").classes("field-error").props("role=alert")

    def _cancel(self) -> None:
        visit, orders = self._visit, self._selection.items
        what = counted(len(orders), "order", "orders")

        async def deed() -> None:
            note = line_of(reason, "reason")

            async def cancel(order: Order) -> None:
                await visit.services.orders.set_status(
                    order.id,
                    Status.CANCELLED,
                    note,
                    visit.actor,
                    seen_at=self._picks.seen_at(order),
                )

            do_for_each(
                visit, f"Cancel {what}", orders, cancel, _named, "cancelled", self._finished
            )

        noun = "order" if len(orders) == 1 else "orders"
        form = Form(
            visit,
            f"Cancel {what}?",
            f"Cancel {noun}",
            deed,
            danger=True,
            small=True,
            back=f"Keep {noun}",
        )
        with form.body:
            words("p", f"The customers are told. {names_of(orders)}.").classes("muted")
            reason = text_field("Reason (optional)")

    async def _export(self) -> None:
        visit, orders = self._visit, await self._picks.now()
        data = await visit.services.order_files.of_orders(orders, visit.zone)
        day = to_datetime(visit.services.now()).astimezone(visit.zone).date()
        ui.download.content(data, f"orders-{day}-selected.csv", "text/csv")
        visit.services.monitor.note("order.exported", visit.actor, detail={"orders": len(orders)})

    async def _finished(self, tally: Tally[Order]) -> None:
        """What was refused, left out or not tried stays picked."""
        self._selection.drop(tally.done)
        await self._picks.see(tally.changed)
        await self._after()


async def read_all(orders: Orders, wanted: OrderFilter, sort: OrderSort, most: int) -> list[Order]:
    """All that fit, each once; where they are more than ``most``, some more than that."""
    found: dict[int, Order] = {}
    cursor: str | None = None
    while len(found) <= most:
        page, cursor = await orders.page(wanted, cursor, SLICE, sort)
        found.update((order.num, order) for order in page)
        if cursor is None:
            break
    return list(found.values())


def assigning_words(count: int, driver: str | None) -> tuple[str, str]:
    """What is done to so many orders that go to a driver, or to nobody, and the word for done."""
    what = counted(count, "order", "orders")
    if driver is None:
        return f"Unassign {what}", "unassigned"
    return f"Assign {what} to {driver}", "assigned"


def _named(order: Order) -> str:
    return f"#{order.id}"
