"""Tells drivers how often to report, as somebody looks or nobody does (`domain/reporting`)."""

import asyncio
from typing import Final

from app.domain.access import Action, Actor
from app.domain.errors import OnthewayError
from app.domain.geo import near_distance
from app.domain.order import Status, customer_sees_courier
from app.domain.reporting import NEAR, Attention, interval_of
from app.domain.times import SECOND
from app.protocol.messages import ReportInterval
from app.tracking.board import Board, LiveOrder
from app.tracking.hub import Hub
from app.tracking.monitor import Now
from app.tracking.preferences import PreferenceDesk
from app.tracking.staff_feed import StaffFeed

ASKED_FOR: Final = 15 * SECOND
"""How long a phone that is asked for its place reports as fast as it may."""
SLICE: Final = 500
"""Drivers that are looked at before others get their turn."""


class Reporting:
    """The wish for each driver now, and what the connected ones were told."""

    def __init__(
        self, board: Board, hub: Hub, feed: StaffFeed, preferences: PreferenceDesk, now: Now
    ) -> None:
        self._board = board
        self._hub = hub
        self._feed = feed
        self._preferences = preferences
        self._now = now
        self._told: dict[int, int] = {}
        self._asked_until: dict[int, int] = {}

    def interval_of(self, driver_num: int) -> int:
        """Seconds between the reports of a driver, as of now."""
        return interval_of(self._preferences.current.report_rules, self._attention(driver_num))

    def welcome(self, driver_num: int) -> int:
        """As `interval_of`, for a socket that opens: it is told the wish with its welcome."""
        seconds = self.interval_of(driver_num)
        self._told.setdefault(driver_num, seconds)  # where he has others, the tick tells them all
        return seconds

    def ask(self, driver_id: str, actor: Actor) -> None:
        """Somebody wants to know where he is right now; ``not_found``, ``conflict`` when he has
        no socket open (who reports by `/ingest` cannot be told)."""
        actor.require(Action.DISPATCH)
        live = self._board.driver_by_id(driver_id)
        if live is None:
            raise OnthewayError("not_found", "There is no such driver.")
        num = live.driver.num
        if num not in self._hub.with_sockets():
            sentence = "This driver's phone is not connected by a socket now: it cannot be asked."
            raise OnthewayError("conflict", sentence)
        self._asked_until[num] = self._now() + ASKED_FOR
        self._tell(num)

    async def tick(self) -> None:
        """Tell the drivers for whom it is another; called about every second."""
        now = self._now()
        self._asked_until = {num: end for num, end in self._asked_until.items() if end > now}
        online = self._hub.with_sockets()
        for num in self._told.keys() - online:
            del self._told[num]
        for count, num in enumerate(online, start=1):
            self._tell(num)
            if count % SLICE == 0:
                await asyncio.sleep(0)

    def _tell(self, num: int) -> None:
        seconds = self.interval_of(num)
        if self._told.get(num) != seconds:
            self._told[num] = seconds
            self._hub.to_driver(num, ReportInterval(seconds=seconds))

    def _attention(self, num: int) -> Attention:
        live = self._board.drivers.get(num)
        marker = None if live is None else live.marker
        seen = [order for order in self._board.orders_of(num) if self._watched(order)]
        return Attention(
            watched=bool(seen),
            near=any(self._near(order) for order in seen),
            overview=self._feed.watching() > 0,
            asked=self._asked_until.get(num, 0) > self._now(),
            battery=None if marker is None else marker.battery,
        )

    def _watched(self, live: LiveOrder) -> bool:
        from_assigned = self._preferences.current.courier_from_assigned
        visible = customer_sees_courier(live.order.status, from_assigned=from_assigned)
        return self._hub.watched(live.order.num, by_customers=visible)

    def _near(self, live: LiveOrder) -> bool:
        if live.order.status is Status.ARRIVING:
            return True
        goal = live.order.details.destination
        if live.marker is None or goal is None or goal.place is None:
            return False
        return near_distance(live.marker, goal.place) < NEAR
