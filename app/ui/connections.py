"""The connections page: every live socket, renewed every second in place."""

from collections.abc import Sequence
from typing import Final

from nicegui import ui
from starlette.requests import Request

from app.domain.access import Kind
from app.tracking.monitor import Connection
from app.ui.dialogs import ask
from app.ui.parts import button, set_age
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
from app.ui.words import Words, words

EVERY: Final = 1.0
SHOWN_ORDERS: Final = 3

COLUMNS: Final = (
    Column("Kind", "minmax(92px, 0.6fr)"),
    Column("Who", "minmax(0, 1.2fr)", "card-title"),
    Column("Orders", "minmax(0, 0.9fr)"),
    Column("From", "minmax(0, 1.1fr)"),
    Column("App", "minmax(0, 1fr)"),
    Column("Since", "minmax(64px, 0.4fr)"),
    Column("Last", "minmax(64px, 0.4fr)"),
    Column("Received", "minmax(84px, 0.5fr)", "number"),
    Column("Sent", "minmax(84px, 0.5fr)", "number"),
    Column("", "auto", "card-actions"),
)
KINDS: Final = {"driver": "Driver", "client": "Viewer", "staff": "Live map"}
FILTERS: Final = {"": "All", "driver": "Drivers", "client": "Viewers", "staff": "Live maps"}
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
        ui.add_head_html(STYLES)
        with ui.element("div").classes("toolbar"):
            self._search = Search(visit, "Who, order, address or app", self._filter)
            self._chips = Chips("Kind", FILTERS, "", visit.act(self._filter))
        self._table = Table("Connections", COLUMNS, lambda one: one.id, self._row)
        self._empty = Empty("sensors", "", "")
        self._pager = Pager(self._pages, visit.act(self.refresh), back="Previous", forward="Next")

    def refresh(self) -> None:
        """Show what is connected now."""
        everything = self._visit.services.monitor.connections()[::-1]
        counts = {kind: sum(one.kind == kind for one in everything) for kind in KINDS}
        self._chips.count({"": len(everything)} | counts)
        found = [one for one in everything if self._fits(one)]
        self._table.show(self._pages.of(found))
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
        kind, who = text_cell("ellipsis muted"), text_cell("ellipsis strong")
        orders, address = text_cell(), text_cell("ellipsis mono")
        agent = text_cell("ellipsis muted")
        with cell():
            since = words("span", "")
        with cell():
            last = words("span", "").classes("age")
        received, sent = Traffic(), Traffic()
        shown: list[Connection] = []
        with cell():
            button(
                "Disconnect", self._visit.act(lambda: self._end(shown[0])), "btn-small btn-quiet"
            )

        def update(one: Connection) -> None:
            shown[:] = [one]
            set_text(kind, KINDS.get(one.kind, one.kind))
            set_text(who, self._who(one))
            set_text(orders, few(self._orders(one)))
            set_text(address, one.address or "unknown")
            set_text(agent, one.agent or "unknown")
            set_age(since, one.opened_at)
            set_age(last, one.last_at)
            received.show(one.received, one.received_bytes)
            sent.show(one.sent, one.sent_bytes)

        return update

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


class Traffic(ui.element):
    """A cell: messages, and bytes below."""

    def __init__(self) -> None:
        super().__init__("div")
        with self, ui.element("div").classes("two-lines"):
            self._messages: Words = words("div", "")
            self._bytes: Words = words("div", "").classes("muted small")

    def show(self, messages: int, size: int) -> None:
        """Show these counts."""
        self._messages.set_text(f"{messages:,}")
        self._bytes.set_text(size_words(size))


def size_words(size: int) -> str:
    """Bytes as people write them: "812 B", "14 kB", "3.2 MB"."""
    if size < 1_000:
        return f"{size} B"
    for unit, word in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            value = size / unit
            return f"{value:.0f} {word}" if value >= 10 else f"{value:.1f} {word}"
    return f"{size} B"


def few(ids: list[str]) -> str:
    """The first of them, and how many more there are."""
    more = len(ids) - SHOWN_ORDERS
    return ", ".join(ids[:SHOWN_ORDERS]) + (f" and {more} more" if more > 0 else "")
