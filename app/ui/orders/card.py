"""The card of one order, in the drawer: everything about it, changed in place while it is open."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui

from app.domain.access import Action
from app.domain.order import OPEN
from app.domain.position import Flag
from app.domain.times import MINUTE
from app.tracking.board import LiveOrder
from app.tracking.driver_names import DriverNames
from app.tracking.lateness import expected, late_by
from app.tracking.records import StoredPosition
from app.ui.kit.facts import Facts, email_fact, phone_fact
from app.ui.kit.parts import (
    ICONS,
    WORDS,
    age_words,
    button,
    clock,
    icon_button,
    icon_for_eye,
    place_words,
    replay_link,
    window_words,
)
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.orders.driver_part import DriverPart
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
REMARKS: Final = {
    Flag.LATE: "came after a newer one",
    Flag.REPEATED: "came twice",
    Flag.SAME_TIME: "told another place for the same time",
    Flag.FUTURE: "came from a clock that is ahead",
    Flag.TELEPORT: "lay too far away to have been driven to",
    Flag.INACCURATE: "told the place only roughly, by more than 100 m",
    Flag.SPEED_UNIT_ASSUMED: "told a speed without its unit",
}
"""What is said of positions with each flag."""
ACTORS: Final = {"user": "", "driver": "driver ", "apikey": "API key "}


class OrderCard:
    """One open card; made inside the drawer, `refresh` while it is there."""

    def __init__(
        self,
        visit: Visit,
        live: LiveOrder,
        close: Callable[[], object],
        open_driver: Callable[[str], object],
        open_order: Callable[[str], Awaitable[object]],
        drafts: Drafts,
    ) -> None:
        self._visit = visit
        self._open_order = open_order
        self._open_driver = open_driver
        self._drafts = drafts
        self.order_id = live.order.id
        self._events = -1
        self._told = -1
        self._flags_at = float("-inf")
        self._names = DriverNames(visit.services.board, visit.services.store.tracks)
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
                self._status = StatusPart(
                    self._visit, live.order, lambda: self._driver.begin(), self._open_order
                )
            with _section("Driver"):
                self._driver = DriverPart(self._visit, self._open_driver)
            with _section("Delivery"):
                self._facts = Facts()
                if self._visit.may(Action.DISPATCH):
                    button("Edit", self._visit.act(self._edit), "btn-small card-edit", "edit")
            with _section("Proof and rating") as section:
                self._proof = ProofPart(self._visit, live.order.id, section, self._names)
            with _section("Messages"):
                self._talk = TalkPart(self._visit, live.order.id, self._drafts)
            with _section("Links for the customer"):
                self._links = LinksPart(self._visit)
            with _section("History"):
                self._history = ui.element("ol").classes("history")

    async def refresh(self) -> None:
        """Show everything as it is now."""
        services = self._visit.services
        live = await services.board.order(self.order_id)
        links = await services.orders.links(live.order)
        drove = [event.actor_id for event in live.events or [] if event.actor_kind == "driver"]
        await self._names.learn([live.order.driver_id, *drove])
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
                "Phone": phone_fact(customer.phone if customer else None),
                "Email": email_fact(customer.email if customer else None),
                "Pick-up": place_words(details.pickup) or None,
                "Note": details.note,
                "Created": clock(order.created_at, zone, now),
            }
        )
        driver = board.drivers.get(order.driver_num) if order.driver_num is not None else None
        self._driver.show(order, driver, self._names.of(order.driver_id))
        self._show_history(live)

    async def _show_told(self, live: LiveOrder) -> None:
        """Messages and proof are read when there are others."""
        told = live.told
        if told != self._told:
            services = self._visit.services
            self._talk.show_messages(await services.talk.messages(live.order))
            proof = await services.proofs.of_order(live.order)
            await self._names.learn(one.driver_id for one in proof)
            self._proof.show(proof)
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
            name = self._names.of(name)
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
    """What is remarkable about them, each flag once, as a sentence."""
    counted: Counter[Flag] = Counter()
    for position in positions:
        counted.update(flag for flag in Flag if flag & position.flags)
    return [
        f"{counted[flag]:,} of the last {len(positions):,} positions {REMARKS[flag]}."
        for flag in Flag
        if counted[flag]
    ]


def _section(title: str) -> ui.element:
    section = ui.element("section").classes("section")
    if title:
        with section:
            words("h3", title)
    return section
