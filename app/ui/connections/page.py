"""The connections page: every live socket, renewed every second in place."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from nicegui import ui
from starlette.requests import Request

from app.domain.access import Kind
from app.tracking.monitor import KIND_PAGE, Connection
from app.ui.connections.blocks import BlockDialog, BlocksPart
from app.ui.connections.cells import Traffic, show_lag, show_queue
from app.ui.connections.columns import COLUMNS, FILTERS, KINDS, SORTS
from app.ui.kit.address import keep_address
from app.ui.kit.agents import agent_words
from app.ui.kit.dialogs import ask
from app.ui.kit.heads import Heads, Standing
from app.ui.kit.order_links import OrderLinks
from app.ui.kit.parts import set_age
from app.ui.kit.raw_view import RawView
from app.ui.kit.row_menu import Deed, RowMenu
from app.ui.kit.tables import (
    PAGE,
    STYLES,
    Chips,
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

HOME: Final = "/admin/connections"
EVERY: Final = 1.0
MEASURED_EVERY: Final = 10
"""Refreshments between two pings of the sockets that are shown: their answers are the lag."""
ACTORS: Final = {
    Kind.CUSTOMER: "Customer of",
    Kind.API_KEY: "API key",
    Kind.USER: "",
    Kind.DRIVER: "",
}


async def build(visit: Visit, request: Request) -> None:
    """Build the page; `?q=` and `?kind=` filter, `?sort=` sorts."""
    page = ConnectionsPage(visit, request.query_params)
    page.refresh()
    visit.every(EVERY, page.refresh)


class ConnectionsPage:
    """The table of open sockets, with its filters, which are in the address too."""

    def __init__(self, visit: Visit, query: Mapping[str, str]) -> None:
        self._visit = visit
        self._pages = Pages()
        self._refreshed = 0
        self._heads = Heads(visit, SORTS, query.get("sort", ""), self._filter)
        self._standing = self._make_standing()
        text, kind = query.get("q", ""), query.get("kind", "")
        ui.add_head_html(STYLES)
        with ui.element("div").classes("toolbar"):
            self._search = Search(visit, "Who, order, address or app", self._filter, text)
            on = kind if kind in FILTERS else ""
            self._chips = Chips("Kind", FILTERS, on, visit.act(self._filter))
            self._heads.build_choice()
        self._blocks = BlocksPart(visit)
        self._table = Table("Connections", COLUMNS, _id, self._row, self._heads)
        self._empty = Empty("sensors", "", "")
        self._pager = Pager(self._pages, visit.act(self.refresh), back="Previous", forward="Next")

    def _make_standing(self) -> Standing[Connection]:
        values: dict[str, Callable[[Connection], Any]] = {
            "kind": self._kind,
            "who": lambda one: self._who(one).casefold(),
            "orders": lambda one: len(self._orders(one)),
            "from": lambda one: one.address,
            "app": lambda one: _app(one).casefold(),
            "since": lambda one: one.opened_at,
            "last": lambda one: one.last_at,
            "received": lambda one: one.received_bytes,
            "sent": lambda one: one.sent_bytes,
            "queue": lambda one: sum(one.socket.backlog()),
            "lag": lambda one: one.socket.lag(),
        }
        return Standing(self._heads, self._visit.services.monotonic, _id, values)

    def refresh(self) -> None:
        """Show what is connected now."""
        everything = self._visit.services.monitor.connections()[::-1]
        counts = {kind: sum(one.kind == kind for one in everything) for kind in KINDS}
        self._chips.count({"": len(everything)} | counts)
        found = self._standing.of([one for one in everything if self._fits(one)])
        shown = self._pages.of(found)
        self._table.show(shown)
        self._blocks.refresh()
        self._measure(shown, found)
        self._pager.show(f"{len(found):,} connections" if len(found) > PAGE else "")
        self._show_empty(everything, found)

    def _measure(self, shown: Sequence[Connection], found: Sequence[Connection]) -> None:
        """Ping what is shown; where the lag sorts, also all others, some at a time."""
        turn = self._refreshed % MEASURED_EVERY
        self._refreshed += 1
        if turn == 0:
            asked = shown
        else:
            asked = found[turn - 1 :: MEASURED_EVERY - 1] if self._heads.by == "lag" else ()
        for one in asked:
            one.socket.ask()

    def _show_empty(self, everything: Sequence[Connection], found: Sequence[Connection]) -> None:
        if any(not self._is_here(one) for one in everything):
            self._empty.show(not found, "No connection fits", "Change the search or the filter.")
            return
        more = "Phones of drivers and pages of customers appear here while they are connected."
        self._empty.show(True, "Nobody else is connected", more)

    def _filter(self) -> None:
        self._pages.first()
        chosen = {"q": self._search.text, "kind": self._chips.on, "sort": self._heads.asked}
        keep_address(HOME, chosen)
        self.refresh()

    def _fits(self, one: Connection) -> bool:
        if self._chips.on not in {"", one.kind}:
            return False
        seen = self._who(one), self._kind(one), one.address, one.agent, _app(one)
        return self._search.fits(*seen, *self._orders(one))

    def _is_here(self, one: Connection) -> bool:
        """Whether it is the socket of this very page."""
        return one.page is self._visit.page

    def _kind(self, one: Connection) -> str:
        """What it is; of a page also which."""
        if one.page is None:
            return KINDS.get(one.kind, one.kind)
        return "This page" if self._is_here(one) else f"{one.page.title} page"

    def _who(self, one: Connection) -> str:
        """His name, the key's name, or the order whose customer it is."""
        actor = one.actor
        if actor is None:
            return "Not known yet"
        if actor.kind is Kind.DRIVER and actor.num is not None:
            live = self._visit.services.board.drivers.get(actor.num)
            return live.driver.name if live else actor.id
        return f"{ACTORS.get(actor.kind, actor.kind)} {actor.id}".strip()

    def _driver_id(self, one: Connection) -> str | None:
        num = _driver_num(one)
        live = None if num is None else self._visit.services.board.drivers.get(num)
        return live.driver.id if live else None

    def _orders(self, one: Connection) -> list[str]:
        """What a viewer follows, what a driver has to bring."""
        actor = one.actor
        if actor is not None and actor.kind is Kind.DRIVER and actor.num is not None:
            return [live.order.id for live in self._visit.services.board.orders_of(actor.num)]
        return sorted(one.orders)

    def _row(self) -> Update[Connection]:
        kind, who_cell = text_cell("whole muted"), text_cell("whole strong")
        orders, address = OrderLinks(), text_cell("whole mono")
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
            set_text(kind, self._kind(one))
            set_text(who_cell, who)
            orders.show(self._orders(one), self._driver_id(one))
            set_text(address, one.address or "unknown")
            set_text(agent, _app(one), whole=False)
            agent.props.set_optional("title", one.agent)
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
        other = "page" if one.kind == KIND_PAGE else "app"
        more = f"This {kind} socket from {one.address or 'an unknown address'} is closed now. "
        ask(
            self._visit,
            f"Disconnect {who}?",
            f"{more}The {other} on the other side may connect again.",
            "Disconnect",
            end,
        )


def _id(one: Connection) -> str:
    return one.id


def _app(one: Connection) -> str:
    """A browser in short; of a driver's app the whole name."""
    return agent_words(one.agent, longest=None)


def _driver_num(one: Connection) -> int | None:
    """The driver whose socket it is."""
    actor = one.actor
    return actor.num if actor is not None and actor.kind is Kind.DRIVER else None
