"""The way of a position: taken from any door, stored, then shown to those who may see it."""

from collections.abc import Sequence
from typing import Final

from app.domain.order import customer_sees_courier
from app.domain.times import MINUTE
from app.protocol.driver import Point
from app.tracking.board import Board, Marker
from app.tracking.hub import Hub
from app.tracking.monitor import Now
from app.tracking.ports import Positions
from app.tracking.records import Outcome, Taken
from app.tracking.views import location_update

BACKLOG: Final = MINUTE
BACKLOG_POINTS: Final = 20
"""More fixes than this in one frame, older than a minute at arrival, are a backlog: of those only
the newest is shown live, and the marker does not replay the past. Fewer are the way through a
tunnel, and are shown."""


class Intake:
    """Takes positions of drivers."""

    def __init__(
        self, positions: Positions, board: Board, hub: Hub, now: Now, *, from_assigned: bool
    ) -> None:
        self._positions = positions
        self._board = board
        self._hub = hub
        self._now = now
        self._from_assigned = from_assigned
        self.taken = 0
        """Positions stored since the start, each once."""
        self.repeated = 0
        """Positions that were stored before."""

    async def take(self, driver_num: int, points: Sequence[Point]) -> list[Outcome]:
        """Store points of one driver; returns what became of each, after the sync.

        Raises ``unavailable`` when nothing could be stored.
        """
        arrival = self._now()

        def publish(outcomes: list[Outcome]) -> None:
            self._count(outcomes)
            self._publish(driver_num, points, outcomes, arrival)

        return await self._positions.record(driver_num, points, arrival, publish)

    def _count(self, outcomes: Sequence[Outcome]) -> None:
        repeats = [outcome.repeat for outcome in outcomes if isinstance(outcome, Taken)]
        self.repeated += sum(repeats)
        self.taken += len(repeats) - sum(repeats)

    def _publish(
        self, driver_num: int, points: Sequence[Point], outcomes: Sequence[Outcome], arrival: int
    ) -> None:
        driver = self._board.drivers.get(driver_num)
        if driver is None:
            return
        driver.heard_at = arrival
        moving = [
            (point, outcome)
            for point, outcome in zip(points, outcomes, strict=True)
            if isinstance(outcome, Taken) and outcome.moves and not outcome.repeat
        ]
        newest = {num: taken.at for _, taken in moving for num in taken.live_orders}
        past = arrival - BACKLOG if len(moving) > BACKLOG_POINTS else None
        for point, taken in moving:
            marker = self._board.move_driver(driver, point, taken.at)
            for order_num in taken.live_orders:
                if past is None or taken.at >= min(past, newest[order_num]):
                    self._show(order_num, marker)
        self._board.changed("driver", driver_num)

    def _show(self, order_num: int, marker: Marker) -> None:
        live = self._board.orders.get(order_num)
        if live is None or (live.marker is not None and marker.at < live.marker.at):
            return
        live.marker = marker
        if not self._hub.followed(order_num):
            return
        order = live.order
        visible = customer_sees_courier(order.status, from_assigned=self._from_assigned)
        update = location_update(order.id, marker, self._board.eta(live))
        self._hub.publish_position(order_num, update, to_customers=visible)
