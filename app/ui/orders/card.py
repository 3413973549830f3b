"""The card of one order, in the drawer: everything about it, changed in place while it is open."""

from collections import Counter
from collections.abc import Callable
from typing import Final

from nicegui import ui

from app.domain.access import Action
from app.domain.order import FINAL, OPEN, UNDERWAY
from app.domain.position import FLAG_WORDS, Flag, flag_names
from app.domain.times import MINUTE
from app.tracking.board import LiveDriver, LiveOrder
from app.tracking.records import Order, StoredPosition
from app.ui.kit.driver_field import DriverField
from app.ui.kit.measures import fix_facts
from app.ui.kit.parts import (
    ICONS,
    WORDS,
    Facts,
    age,
    age_words,
    button,
    clock,
    icon_button,
    icon_for_eye,
    place_words,
    replay_link,
    set_age,
    window_words,
)
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.kit.work import expected, late_by
from app.ui.orders.edit import EditOrder
from app.ui.orders.links import LinksPart
from app.ui.orders.picks import see
from app.ui.orders.proof import ProofPart, metres_words
from app.ui.orders.status import StatusPart
from app.ui.orders.talk import Drafts, TalkPart

RECENT: Final = 10 * MINUTE
MOST_RECENT: Final = 1_000
FLAGS_EVERY: Final = 5.0
"""Seconds between readings of what is remarkable about the newest positions."""
ACTORS: Final = {"user": "", "driver": "driver ", "apikey": "API key "}


class OrderCard:
    """One open card; made inside the drawer, `refresh` while it is there."""

    def __init__(
        self,
        visit: Visit,
        live: LiveOrder,
        close: Callable[[], object],
        open_driver: Callable[[str], object],
        drafts: Drafts,
    ) -> None:
        self._visit = visit
        self._open_driver = open_driver
        self._drafts = drafts
        self.order_id = live.order.id
        self._events = -1
        self._told = -1
        self._flags_at = float("-inf")
        self._building(live, close)

    def _building(self, live: LiveOrder, close: Callable[[], object]) -> None:
        with ui.element("div").classes("drawer-head"):
            with ui.element("div").classes("drawer-title"):
                self._title = words("h2", "")
                words("p", f"#{live.order.id}").classes("muted small mono")
            replay_link(f"order={live.order.id}")
            icon_button("close", "Close", self._visit.act(close)).props["data-close"] = True
        with ui.element("div").classes("drawer-body"):
            with _section(""):
                self._status = StatusPart(self._visit, live.order)
            with _section("Delivery"):
                self._facts = Facts()
                if self._visit.may(Action.DISPATCH):
                    button("Edit", self._visit.act(self._edit), "btn-small card-edit", "edit")
            with _section("Proof and rating") as section:
                self._proof = ProofPart(self._visit, live.order.id, section)
            with _section("Messages"):
                self._talk = TalkPart(self._visit, live.order.id, self._drafts)
            with _section("Driver"):
                self._driver = _DriverPart(self._visit, self._open_driver)
            with _section("Links for the customer"):
                self._links = LinksPart(self._visit)
            with _section("History"):
                self._history = ui.element("ol").classes("history")

    async def refresh(self) -> None:
        """Show everything as it is now."""
        services = self._visit.services
        live = await services.board.order(self.order_id)
        links = await services.orders.links(live.order)
        self._show(live)
        self._links.show(live.order, links)
        await self._show_told(live)
        await self._show_flags(live)

    async def _edit(self) -> None:
        live = await self._visit.services.board.order(self.order_id)
        EditOrder(self._visit, live.order, self.refresh)

    def _show(self, live: LiveOrder) -> None:
        see(self._visit, live.order)
        services, order = self._visit.services, live.order
        board, zone, now = services.board, self._visit.zone, services.now()
        customer, details = order.details.customer, order.details
        self._title.set_text((customer.name if customer else None) or f"Order {order.id}")
        thresholds = services.preferences.current.thresholds
        late = late_by(board, live, now, thresholds) if order.status in OPEN else None
        self._status.show(order, self._when(live, late), late=late is not None)
        self._facts.show(
            {
                "Address": place_words(details.destination) or None,
                "Promised": window_words(details.window, zone, now) if details.window else None,
                "Phone": customer.phone if customer else None,
                "Email": customer.email if customer else None,
                "Pick-up": place_words(details.pickup) or None,
                "Note": details.note,
                "Created": clock(order.created_at, zone, now),
            }
        )
        driver = board.drivers.get(order.driver_num) if order.driver_num is not None else None
        self._driver.show(order, driver)
        self._show_history(live)

    async def _show_told(self, live: LiveOrder) -> None:
        """Messages and proof are read when there are others."""
        told = live.told
        if told != self._told:
            services = self._visit.services
            self._talk.show_messages(await services.talk.messages(live.order))
            self._proof.show(await services.proofs.of_order(live.order))
            self._told = told
        self._talk.show(live.order)
        self._proof.show_rating(live.order)

    def _when(self, live: LiveOrder, late: int | None) -> str:
        services = self._visit.services
        zone, now = self._visit.zone, services.now()
        eta = services.board.eta(live)
        behind = f"{age_words(max(late, MINUTE))} late" if late is not None else ""
        if live.order.ended_at is not None:
            return f"Ended {clock(live.order.ended_at, zone, now)}"
        if eta is None or (expected(services.board, live) or 0) < now - RECENT:
            return behind.capitalize()
        arrives = f"Arrives {window_words(eta, zone, now)}"
        return f"{arrives}, {behind}" if behind else arrives

    def _show_history(self, live: LiveOrder) -> None:
        events = live.events or []
        if len(events) == self._events:
            return
        self._events = len(events)
        services = self._visit.services
        zone, now = self._visit.zone, services.now()
        self._history.clear()
        with self._history:
            for event in reversed(events):
                with ui.element("li").classes(f"status status-{event.status}"):
                    icon_for_eye(ICONS[event.status])
                    words("strong", WORDS[event.status])
                    words("time", clock(event.at, zone, now))
                    words("span", f"by {self._actor(event.actor_kind, event.actor_id)}")
                    if event.metres is not None:
                        words("span", f"{metres_words(event.metres)} from the door")
                    if event.note:
                        words("p", event.note)

    def _actor(self, kind: str, name: str) -> str:
        if kind == "driver":
            live = self._visit.services.board.driver_by_id(name)
            name = live.driver.name if live is not None else name
        return f"{ACTORS.get(kind, '')}{name}" if kind != "system" else "this server"

    async def _show_flags(self, live: LiveOrder) -> None:
        services = self._visit.services
        if services.monotonic() - self._flags_at < FLAGS_EVERY:
            return
        self._flags_at = services.monotonic()
        if live.marker is None:
            self._driver.show_flags([])
            return
        since = live.marker.at - RECENT
        found, _ = await services.store.positions.of_order(
            live.order.num, since, None, None, MOST_RECENT
        )
        self._driver.show_flags(remarks(found))


def remarks(positions: list[StoredPosition]) -> list[str]:
    """What is remarkable about them, each flag once, explained."""
    counted: Counter[Flag] = Counter()
    for position in positions:
        counted.update(flag for flag in Flag if flag & position.flags)
    return [
        f"{flag_names(flag)[0].replace('_', ' ').capitalize()}, {counted[flag]} of the last "
        f"{len(positions)} positions: {FLAG_WORDS[flag]}"
        for flag in Flag
        if counted[flag]
    ]


class _DriverPart:
    """Who drives, how fresh his place is; and, for those who may, the choice of another."""

    def __init__(self, visit: Visit, open_driver: Callable[[str], object]) -> None:
        self._visit = visit
        self._order: Order | None = None
        self._shown_flags: list[str] = []
        self._choice: DriverField | None = None
        if visit.may(Action.DISPATCH):
            self._choice = DriverField(visit, self._assign)
        with ui.element("p").classes("card-driver") as self._line:
            self._name = ui.element("button").classes("link").props("type=button")
            self._name.on("click", visit.act(lambda: open_driver(self._driver_id)), [])
            with self._name:
                self._name_text = words("span", "")
            with ui.element("span") as self._seen:
                words("span", "seen ")
                self._age = age(None, ago=True)
        self._driver_id = ""
        self._facts = Facts()
        self._flags = ui.element("ul").classes("flags")
        self._none = words("p", "Nobody has this order.").classes("muted")

    def show(self, order: Order, driver: LiveDriver | None) -> None:
        """Show who drives now."""
        self._order = order
        self._driver_id = driver.driver.id if driver else ""
        over = order.status in FINAL
        if self._choice is not None:
            self._choice.nobody = "" if order.status in UNDERWAY else "Nobody"
            self._choice.choose(order.driver_id or "", enabled=not over)
        marker = driver.marker if driver else None
        seen = marker is not None and not over
        self._seen.set_visibility(seen)
        named = seen or self._choice is None  # a field to choose in says who drives as well
        self._line.set_visibility(driver is not None and named)
        self._none.set_visibility(order.driver_id is None and self._choice is None)
        self._name_text.set_text(driver.driver.name if driver else "")
        set_age(self._age, marker.at if marker else None)
        services = self._visit.services
        facts = fix_facts(
            None if over else driver,
            online=self._online(driver),
            now=services.now(),
            thresholds=services.preferences.current.thresholds,
        )
        self._facts.show(facts)

    def show_flags(self, sentences: list[str]) -> None:
        """Explain what is remarkable about the newest positions."""
        if sentences == self._shown_flags:
            return
        self._shown_flags = sentences
        self._flags.clear()
        with self._flags:
            for sentence in sentences:
                words("li", sentence)

    def _online(self, driver: LiveDriver | None) -> bool:
        return driver is not None and self._visit.services.hub.online(driver.driver.num)

    async def _assign(self, driver_id: str) -> None:
        if self._order is None:
            return
        services = self._visit.services
        order = await services.orders.assign(self._order.id, driver_id or None, self._visit.actor)
        driver = services.board.driver_by_id(driver_id)
        whose = f"goes to {driver.driver.name}" if driver else "has no driver now"
        self._visit.say(f"#{order.id} {whose}.")


def _section(title: str) -> ui.element:
    section = ui.element("section").classes("section")
    if title:
        with section:
            words("h3", title)
    return section
