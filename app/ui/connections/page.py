"""The connections page: every live socket, renewed every second in place."""

from collections.abc import Callable, Sequence
from typing import Final

from nicegui import ui
from starlette.requests import Request

from app.domain.access import Kind
from app.tracking.monitor import Connection
from app.ui.connections.blocks import BlockDialog, BlocksPart
from app.ui.connections.cells import Traffic, show_lag, show_queue
from app.ui.kit.dialogs import ask
from app.ui.kit.parts import set_age
from app.ui.kit.raw_view import RawView
from app.ui.kit.row_menu import Deed, RowMenu
from app.ui.kit.tables import (
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
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

EVERY: Final = 1.0
MEASURED_EVERY: Final = 10
"""Refreshments between two pings of the sockets that are shown: their answers are the lag."""
SHOWN_ORDERS: Final = 2

COLUMNS: Final = (
    Column("Kind", "minmax(88px, max-content)"),
    Column("Who", "minmax(128px, 2fr)", "card-title"),
    Column("Orders", "minmax(104px, 1fr)"),
    Column("From", "minmax(124px, 0.6fr)"),
    Column("App", "minmax(136px, 1fr)"),
    Column("Since", "minmax(64px, max-content)"),
    Column("Last", "minmax(64px, max-content)"),
    Column("Received", "minmax(84px, max-content)", "number"),
    Column("Sent", "minmax(76px, max-content)", "number"),
    Column("Queue", "minmax(64px, max-content)", "number"),
    Column("Lag", "minmax(72px, max-content)", "number"),
    Column("", "max-content", "card-actions"),
)
KINDS: Final = {"driver": "Driver", "viewer": "Viewer", "staff": "Live map"}
FILTERS: Final = {"": "All", "driver": "Drivers", "viewer": "Viewers", "staff": "Live maps"}
ACTORS: Final = {
    Kind.CUSTOMER: "Customer of",
    Kind.API_KEY: "API key",
    Kind.USER: "",
    Kind.DRIVER: "",
}


async def build(visit: Visit, _request: Request) -> None:
    """Build the page."""
    page = ConnectionsPage(visit)
    page.refresh()
    visit.every(EVERY, page.refresh)


class ConnectionsPage:
    """The table of open sockets."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._pages = Pages()
        self._refreshed = 0
        ui.add_head_html(STYLES)
        with ui.element("div").classes("toolbar"):
            self._search = Search(visit, "Who, order, address or app", self._filter)
            self._chips = Chips("Kind", FILTERS, "", visit.act(self._filter))
        self._blocks = BlocksPart(visit)
        self._table = Table("Connections", COLUMNS, lambda one: one.id, self._row)
        self._empty = Empty("sensors", "", "")
        self._pager = Pager(self._pages, visit.act(self.refresh), back="Previous", forward="Next")

    def refresh(self) -> None:
        """Show what is connected now."""
        everything = self._visit.services.monitor.connections()[::-1]
        counts = {kind: sum(one.kind == kind for one in everything) for kind in KINDS}
        self._chips.count({"": len(everything)} | counts)
        found = [one for one in everything if self._fits(one)]
        shown = self._pages.of(found)
        self._table.show(shown)
        self._blocks.refresh()
        if self._refreshed % MEASURED_EVERY == 0:
            for one in shown:
                one.socket.ask()
        self._refreshed += 1
        self._pager.show(f"{len(found)} connections" if len(found) > PAGE else "")
        self._show_empty(everything, found)

    def _show_empty(self, everything: Sequence[Connection], found: Sequence[Connection]) -> None:
        if everything:
            self._empty.show(not found, "No connection fits", "Change the search or the filter.")
            return
        more = "Phones of drivers and pages of customers appear here while they are connected."
        self._empty.show(True, "Nobody is connected", more)

    def _filter(self) -> None:
        self._pages.first()
        self.refresh()

    def _fits(self, one: Connection) -> bool:
        if self._chips.on not in {"", one.kind}:
            return False
        return self._search.fits(self._who(one), one.address, one.agent, *self._orders(one))

    def _who(self, one: Connection) -> str:
        """His name, the key's name, or the order whose customer it is."""
        actor = one.actor
        if actor is None:
            return "Not known yet"
        if actor.kind is Kind.DRIVER and actor.num is not None:
            live = self._visit.services.board.drivers.get(actor.num)
            return live.driver.name if live else actor.id
        return f"{ACTORS.get(actor.kind, actor.kind)} {actor.id}".strip()

    def _orders(self, one: Connection) -> list[str]:
        """What a viewer follows, what a driver has to bring."""
        actor = one.actor
        if actor is not None and actor.kind is Kind.DRIVER and actor.num is not None:
            return [live.order.id for live in self._visit.services.board.orders_of(actor.num)]
        return sorted(one.orders)

    def _row(self) -> Update[Connection]:
        kind, who_cell = text_cell("whole muted"), text_cell("whole strong")
        orders, address = text_cell(), text_cell("whole mono")
        agent = text_cell("few-lines muted")
        with cell():
            since = words("span", "")
        with cell():
            last = words("span", "").classes("age")
        received, sent = Traffic(), Traffic()
        queue, lag = text_cell(""), text_cell("")
        with cell():
            menu = self._menu()

        def update(one: Connection) -> None:
            who = self._who(one)
            set_text(kind, KINDS.get(one.kind, one.kind))
            set_text(who_cell, who)
            set_text(orders, few(self._orders(one)))
            set_text(address, one.address or "unknown")
            set_text(agent, one.agent or "unknown")
            set_age(since, one.opened_at)
            set_age(last, one.last_at)
            received.show(one.received, one.received_bytes)
            sent.show(one.sent, one.sent_bytes)
            show_queue(queue, *one.socket.backlog())
            show_lag(lag, one.socket.lag())
            menu(one, who)

        return update

    def _menu(self) -> Callable[[Connection, str], None]:
        """The button of a row with what can be done; returns what tells it of whom."""
        shown: list[Connection] = []
        menu = RowMenu(self._visit, lambda: self._offer(shown[0]))

        def show(one: Connection, who: str) -> None:
            shown[:] = [one]
            menu.name(f"Actions for {who}")

        return show

    def _offer(self, one: Connection) -> list[Deed]:
        deeds = [
            Deed("block", "Block for a while", lambda: self._block(one)),
            Deed("link_off", "Disconnect", lambda: self._end(one), danger=True),
        ]
        if _driver_num(one) is not None:
            deeds.insert(0, Deed("terminal", "Watch messages", lambda: self._watch(one)))
        return deeds

    def _watch(self, one: Connection) -> None:
        num = _driver_num(one)
        if num is not None:
            RawView(self._visit, num, self._who(one))

    def _block(self, one: Connection) -> None:
        BlockDialog(self._visit, one, self._who(one), self.refresh)

    def _end(self, one: Connection) -> None:
        async def end() -> None:
            self._visit.services.monitor.disconnect(one.id, self._visit.actor)
            self._visit.say(f"{who} is disconnected.")

        who = self._who(one)
        kind = KINDS.get(one.kind, one.kind).lower()
        more = f"This {kind} socket from {one.address or 'an unknown address'} is closed now. "
        ask(
            self._visit,
            f"Disconnect {who}?",
            more + "The app on the other side may connect again.",
            "Disconnect",
            end,
        )


def _driver_num(one: Connection) -> int | None:
    """The driver whose socket it is."""
    actor = one.actor
    return actor.num if actor is not None and actor.kind is Kind.DRIVER else None


def few(ids: list[str]) -> str:
    """A few are named; of more the first, and how many there are beside it."""
    if len(ids) <= SHOWN_ORDERS:
        return ", ".join(ids)
    return f"{ids[0]} and {len(ids) - 1} more"
