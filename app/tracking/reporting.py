"""Tells drivers how often to report, as somebody looks or nobody does (`domain/reporting`)."""

import asyncio
from typing import Final

from app.domain.access import Action, Actor
from app.domain.errors import OnthewayError
from app.domain.geo import near_distance
from app.domain.order import Status
from app.domain.reporting import NEAR, Attention, interval_of
from app.domain.times import MINUTE, SECOND
from app.protocol.apps.table import APPS
from app.protocol.messages import ReportInterval
from app.tracking.board import Board, LiveOrder
from app.tracking.hub import Hub
from app.tracking.monitor import Now
from app.tracking.preferences import PreferenceDesk
from app.tracking.staff_feed import StaffFeed

ASKED_FOR: Final = 15 * SECOND
"""How long a phone that is asked for its place reports as fast as it may."""
WAITS: Final = 15 * MINUTE
"""How long a question waits for the next report of a phone that keeps no socket open."""
ASKABLE: Final = frozenset(app.name for app in APPS if app.tell is not None)
"""The apps that read a question from our answer."""
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
        self._waiting: dict[int, int] = {}

    def interval_of(self, driver_num: int) -> int:
        """Seconds between the reports of a driver, as of now."""
        return interval_of(self._preferences.current.report_rules, self._attention(driver_num))

    def welcome(self, driver_num: int) -> int:
        """As `interval_of`, for a socket that opens: it is told the wish with its welcome."""
        seconds = self.interval_of(driver_num)
        self._told.setdefault(driver_num, seconds)  # where he has others, the tick tells them all
        return seconds

    def ask(self, driver_id: str, actor: Actor) -> bool:
        """Somebody wants to know where he is right now.

        Whether his phone is asked at once; else with the answer to its next report, as it keeps no
        socket open. Raises ``not_found``, and ``conflict`` where no question reaches it.
        """
        actor.require(Action.DISPATCH)
        live = self._board.driver_by_id(driver_id)
        if live is None:
            raise OnthewayError("not_found", "There is no such driver.")
        num = live.driver.num
        if num in self._hub.with_sockets():
            self._asked_until[num] = self._now() + ASKED_FOR
            self._tell(num)
            return True
        app = live.report.app if live.report is not None else None
        if app not in ASKABLE:
            raise OnthewayError("conflict", _unreachable(app, online=self._hub.online(num)))
        self._waiting[num] = self._now() + WAITS
        self._board.changed("driver", num)
        return False

    def waits(self, driver_num: int) -> bool:
        """Whether he is going to be asked when his phone reports next."""
        return self._waiting.get(driver_num, 0) > self._now()

    def fetch(self, driver_num: int) -> bool:
        """His phone reports, and is asked with the answer if it was to be: whether it was."""
        if not self.waits(driver_num):
            return False
        del self._waiting[driver_num]
        self._asked_until[driver_num] = self._now() + ASKED_FOR
        self._board.changed("driver", driver_num)
        return True

    async def tick(self) -> None:
        """Tell the drivers for whom it is another; called about every second."""
        now = self._now()
        self._asked_until = {num: end for num, end in self._asked_until.items() if end > now}
        self._forget_questions(now)
        online = self._hub.with_sockets()
        for num in self._told.keys() - online:
            del self._told[num]
        for count, num in enumerate(online, start=1):
            self._tell(num)
            if count % SLICE == 0:
                await asyncio.sleep(0)

    def _forget_questions(self, now: int) -> None:
        for num in [num for num, end in self._waiting.items() if end <= now]:
            del self._waiting[num]
            self._board.changed("driver", num)

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
        sight, status = self._preferences.current.sight, live.order.status
        visible = status in sight.place or status in sight.arrival
        return self._hub.watched(live.order.num, by_customers=visible)

    def _near(self, live: LiveOrder) -> bool:
        if live.order.status is Status.ARRIVING:
            return True
        goal = live.order.details.destination
        if live.marker is None or goal is None or goal.place is None:
            return False
        return near_distance(live.marker, goal.place) < NEAR


def _unreachable(app: str | None, *, online: bool) -> str:
    """Why a phone without a socket cannot be asked."""
    if app is None or not online:
        return "This driver's phone is not connected now: it cannot be asked."
    return f"This driver reports by {app}, which takes no questions: it cannot be asked."
