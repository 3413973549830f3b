"""The card of one driver, in the drawer: where he is, how he is, what he brings."""

from collections.abc import Callable
from typing import Final

from nicegui import ui

from app.domain.access import Action
from app.tracking.board import LiveDriver
from app.tracking.records import Driver, DriverDay
from app.ui.drivers.deeds import DriverDeeds
from app.ui.drivers.message import MessageForm
from app.ui.kit.facts import Facts, phone_fact
from app.ui.kit.measures import distance_words, fix_facts, state_of
from app.ui.kit.parts import (
    StatusMark,
    age,
    button,
    icon_button,
    icon_for_eye,
    replay_link,
    set_age,
    title_of,
)
from app.ui.kit.silence import battery_of, block_of, is_quiet, phone_facts, silence
from app.ui.kit.tables import set_text
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

TODAY_EVERY: Final = 10.0
"""Seconds between readings of what a driver did today."""
ASKED: Final = "Asked for a position: the phone is told when it reports next."


class DriverCard:
    """One open card; made inside the drawer, `refresh` while it is there."""

    def __init__(
        self,
        visit: Visit,
        driver_id: str,
        close: Callable[[], object],
        open_order: Callable[[str], object],
    ) -> None:
        self._visit = visit
        self._open_order = open_order
        self.driver_id = driver_id
        self._shown: object = None
        self._today_at = float("-inf")
        with ui.element("div").classes("drawer-head"):
            with ui.element("div").classes("drawer-title"):
                self._name = words("h2", "")
                self._vehicle = words("p", "").classes("muted small")
            replay_link(f"driver={driver_id}")
            icon_button("close", "Close", visit.act(close)).props["data-close"] = True
        with ui.element("div").classes("drawer-body"):
            with ui.element("section").classes("section"):
                self._state = ui.element("span").classes("state")
                with self._state:
                    self._icon = icon_for_eye("")
                    self._word = words("span", "")
                with ui.element("p").classes("muted small") as self._seen:
                    words("span", "Seen ")
                    self._age = age(None, ago=True)
                self._silence = words("p", "").classes("notice notice-warn card-silence")
                self._facts = Facts()
                self._asked = words("p", ASKED).classes("muted small card-asked")
                if visit.may(Action.DISPATCH):
                    self._buttons()
            with ui.element("section").classes("section"):
                words("h3", "Today")
                self._today = Facts()
            with ui.element("section").classes("section"):
                words("h3", "Orders")
                self._orders = ui.element("div").classes("card-orders")

    async def refresh(self) -> None:
        """Show everything as it is now; the name stays when the driver was removed."""
        services = self._visit.services
        live = services.board.driver_by_id(self.driver_id)
        if live is None:
            self._word.set_text("This driver was deactivated.")
            return
        online = services.hub.online(live.driver.num)
        thresholds = services.preferences.current.thresholds
        icon, word, level = state_of(live, online=online, now=services.now(), thresholds=thresholds)
        self._name.set_text(live.driver.name)
        self._vehicle.set_text(live.driver.vehicle or "")
        self._icon.set_name(icon)
        self._word.set_text(word)
        self._state.classes(replace=f"state state-{level}")
        self._seen.set_visibility(live.marker is not None)
        set_age(self._age, live.marker.at if live.marker else None)
        self._show_silence(live, online=online)
        self._asked.set_visibility(services.reporting.waits(live.driver.num))
        self._show_facts(live, online=online)
        self._show_orders(live)
        if self._visit.may(Action.DISPATCH):
            self._message.set_visibility(bool(services.board.orders_of(live.driver.num)))
            self._on_duty.set_visibility(not live.driver.on_duty)
            self._off_duty.set_visibility(live.driver.on_duty)
        await self._show_today(live)

    def _show_silence(self, live: LiveDriver, *, online: bool) -> None:
        services = self._visit.services
        now, thresholds = services.now(), services.preferences.current.thresholds
        quiet = is_quiet(live, online=online, now=now, thresholds=thresholds)
        self._silence.set_visibility(quiet)
        block = block_of(live, services.monitor.blocks)
        self._silence.set_text(silence(live, block, self._visit.zone, now) if quiet else "")

    def _show_facts(self, live: LiveDriver, *, online: bool) -> None:
        services, battery = self._visit.services, battery_of(live)
        now, thresholds = services.now(), services.preferences.current.thresholds
        facts = {
            **fix_facts(live, online=online, now=now, thresholds=thresholds),
            "Battery": f"{100 * battery:.0f} %" if battery is not None else None,
            **phone_facts(live, self._visit.zone, now),
            "Number": phone_fact(live.driver.phone),
        }
        self._facts.show(facts)

    async def _show_today(self, live: LiveDriver) -> None:
        """What he has done today is read now and then."""
        services = self._visit.services
        if services.monotonic() - self._today_at < TODAY_EVERY:
            return
        self._today_at = services.monotonic()
        everybody = await services.insights.today(self._visit.zone, self._visit.actor)
        today = everybody.get(live.driver.num, DriverDay())
        failed = {"Failed": f"{today.failed:,}"} if today.failed else {}
        way = distance_words(today.metres)
        self._today.show({"Delivered": f"{today.delivered:,}", "Driven": way, **failed})

    def _buttons(self) -> None:
        deeds = DriverDeeds(self._visit)
        with ui.element("div").classes("card-buttons"):
            self._message = self._deed("Message", "chat", self._write)
            self._deed("Locate now", "my_location", deeds.ask_place)
            self._on_duty = self._deed("Put on duty", "schedule", deeds.duty)
            self._off_duty = self._deed("Take off duty", "schedule", deeds.duty)
            self._deed("Edit", "edit", deeds.edit)
            self._deed("Connect a phone", "smartphone", deeds.connect)

    def _deed(self, word: str, icon: str, deed: Callable[[Driver], object]) -> ui.element:
        def done() -> object:
            live = self._visit.services.board.driver_by_id(self.driver_id)
            return deed(live.driver) if live is not None else None

        return button(word, self._visit.act(done), "btn-small", icon)

    def _write(self, driver: Driver) -> None:
        orders = [live.order for live in self._visit.services.board.orders_of(driver.num)]
        if orders:
            MessageForm(self._visit, driver, orders)

    def _show_orders(self, live: LiveDriver) -> None:
        orders = [order.order for order in self._visit.services.board.orders_of(live.driver.num)]
        states = [(title_of(order), order.status) for order in orders]
        if states == self._shown:
            return
        self._shown = states
        self._orders.clear()
        with self._orders:
            for order in orders:
                with ui.element("button").classes("card-order").props("type=button") as row:
                    set_text(words("span", "").classes("whole strong"), title_of(order))
                    StatusMark(order.status)
                row.on("click", self._visit.act(self._opener(order.id)), [])
            if not orders:
                words("p", "No open orders.").classes("muted")

    def _opener(self, order_id: str) -> Callable[[], object]:
        return lambda: self._open_order(order_id)
