"""Says by itself that an order is arriving, once its driver has come near its door.

Only where the business asked for it (`Preferences.arriving_within`), only for orders on their way,
and once: who was set back by hand is announced again only after his driver left and came again.
"""

import asyncio
from typing import Final, NamedTuple

import structlog

from app.domain.access import SYSTEM
from app.domain.errors import OnthewayError
from app.domain.geo import near_distance
from app.domain.geofence import inside
from app.domain.order import FINAL, Status
from app.domain.times import MINUTE
from app.tracking.batch import carry_out
from app.tracking.board import Board, LiveOrder
from app.tracking.monitor import Now
from app.tracking.orders import OrderDesk
from app.tracking.preferences import PreferenceDesk
from app.tracking.records import Order

FRESH: Final = 2 * MINUTE
"""An older fix says where he was, not that he is about to ring."""
FROM_THE_DOOR_ON: Final = FINAL | {Status.ARRIVING}
SLICE: Final = 500
"""Drivers that are looked at before others get their turn."""

_log = structlog.get_logger("approach")


class _Came(NamedTuple):
    """An order whose driver came to its door, as it was then; ``first``: nothing was known of him
    before."""

    live: LiveOrder
    order: Order
    first: bool


class Approach:
    """The drivers of whom something is new since the last look, and who of them is at a door."""

    def __init__(
        self, board: Board, orders: OrderDesk, preferences: PreferenceDesk, now: Now
    ) -> None:
        self._board = board
        self._orders = orders
        self._preferences = preferences
        self._now = now
        self._new: set[int] = set()
        self._failing = False
        self._inside: dict[int, bool | None] = {}
        """Order on its way -> whether its driver is near its door."""
        board.watch(self._changed)

    def _changed(self, kind: str, num: int) -> None:
        if kind == "driver":
            self._new.add(num)
        elif kind == "order" and (live := self._board.orders.get(num)) is not None:
            self._new.add(live.order.driver_num or 0)  # no driver has number 0

    async def tick(self) -> None:
        """Look at whom something is new of, and announce who came; called about every second."""
        new, self._new = self._new, set()
        radius = self._preferences.current.arriving_within
        if not radius:
            return
        self._inside = {num: near for num, near in self._inside.items() if self._on_its_way(num)}
        came: list[_Came] = []
        for count, driver_num in enumerate(new, start=1):
            for live in self._board.orders_of(driver_num):
                if self._on_its_way(live.order.num):
                    came += self._look(live, radius)
            if count % SLICE == 0:
                await asyncio.sleep(0)
        await self._announce_all(came, radius)

    def _on_its_way(self, order_num: int) -> bool:
        live = self._board.orders.get(order_num)
        return live is not None and live.order.status is Status.IN_TRANSIT

    def _look(self, live: LiveOrder, radius: int) -> list[_Came]:
        """This order, if its driver has come to its door now."""
        order, marker = live.order, live.marker
        door = order.details.destination
        if marker is None or marker.at < self._now() - FRESH or door is None or door.place is None:
            return []
        before = self._inside.get(order.num)
        metres = near_distance(marker, door.place)
        now = self._inside[order.num] = inside(before, metres, marker.accuracy, radius)
        return [_Came(live, order, before is None)] if now and not before else []

    async def _announce_all(self, came: list[_Came], radius: int) -> None:
        """Some at a time; what could not be stored or read now is announced at a later tick."""
        note = f"The driver came within {radius} m."
        tally = await carry_out(came, lambda one: self._announce(one, note), _pass, lambda: True)
        for live, order, first in [one for one, _ in tally.refused] + came[tally.count :]:
            self._inside[order.num] = None if first else False
            self._new.add(live.order.driver_num or 0)
        if tally.refused and not self._failing:
            _log.warning(
                "arrivals not announced",
                orders=len(tally.refused),
                reason=tally.refused[0][1],
                exc_info=tally.error,
            )
        self._failing = bool(tally.refused)

    async def _announce(self, one: _Came, note: str) -> None:
        live, order, first = one
        if first and await self._was_set_back(live):
            return
        if _whose(live.order) != _whose(order):
            self._inside.pop(order.num, None)  # another driver, or another door
            return
        try:
            await self._orders.set_status(
                order.id, Status.ARRIVING, note, SYSTEM, seen_seq=order.seq
            )
        except OnthewayError as error:
            if error.code != "conflict":
                raise
            self._inside.pop(order.num, None)  # a person was quicker

    async def _was_set_back(self, live: LiveOrder) -> bool:
        """Whether somebody took back that it is arriving, or that it ended."""
        events = (await self._board.order(live.order.id)).events or []
        return len(events) > 1 and events[-2].status in FROM_THE_DOOR_ON


def _whose(order: Order) -> tuple[object, ...]:
    """Who goes where."""
    return order.driver_num, order.details.destination


def _pass(_: object) -> None:
    """Nobody waits to hear how far it is."""
