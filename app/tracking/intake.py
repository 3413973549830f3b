"""The way of a position: taken from any door, stored, then shown to those who may see it."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import structs

from app.domain.times import MINUTE
from app.protocol.point import Point
from app.tracking.board import Board, LiveDriver
from app.tracking.hub import Hub, To
from app.tracking.monitor import Now
from app.tracking.ports import Positions
from app.tracking.preferences import PreferenceDesk
from app.tracking.records import Arrival, Taken
from app.tracking.views import location_update

BACKLOG: Final = MINUTE
BACKLOG_POINTS: Final = 20
"""More fixes than this in one frame, older than a minute at arrival, are a backlog: of those only
the newest is shown live, and the marker does not replay the past. Fewer are the way through a
tunnel, and are shown."""


class Intake:
    """Takes positions of drivers."""

    def __init__(
        self,
        positions: Positions,
        board: Board,
        hub: Hub,
        now: Now,
        preferences: PreferenceDesk,
    ) -> None:
        self._positions = positions
        self._board = board
        self._hub = hub
        self._now = now
        self._preferences = preferences
        self.taken = 0
        """Positions stored since the start, each once."""
        self.repeated = 0
        """Positions that were stored before."""

    def take(
        self,
        driver_num: int,
        points: list[Point],
        answer: Callable[[Arrival], object],
        indexes: tuple[int, ...] | None = None,
    ) -> None:
        """Store points of one driver; ``answer`` is called after the sync, when those who may
        see them were told."""
        self._positions.record(
            Arrival(driver_num, points, self._now(), self._stored, answer, indexes)
        )

    def _stored(self, arrival: Arrival) -> None:
        if arrival.failure is None:
            self._publish(arrival)
        if arrival.answer is not None:
            arrival.answer(arrival)

    def _publish(self, arrival: Arrival) -> None:
        moving: list[tuple[Point, Taken]] = []
        for point, outcome in zip(arrival.points, arrival.outcomes, strict=True):
            if type(outcome) is not Taken:
                continue
            if outcome.repeat:
                self.repeated += 1
                continue
            self.taken += 1
            if outcome.moves:
                moving.append((point, outcome))
        driver = self._board.drivers.get(arrival.driver_num)
        if driver is None:
            return
        driver.heard_at = arrival.at
        if len(moving) > BACKLOG_POINTS:
            self._catch_up(driver, moving, arrival.at - BACKLOG)
        else:
            newest = len(moving) - 1
            for count, (point, taken) in enumerate(moving):
                if taken.live_orders or count == newest:
                    self._move(driver, point, taken, taken.live_orders)
                else:  # nobody could see the marker there
                    self._board.pass_by(driver, point, taken.at)
        self._board.changed("driver", arrival.driver_num)

    def _catch_up(self, driver: LiveDriver, moving: list[tuple[Point, Taken]], past: int) -> None:
        """Show of a backlog what is not past, and the newest for each order."""
        newest = {num: taken.at for _, taken in moving for num in taken.live_orders}
        for point, taken in moving:
            at = taken.at
            shown = [num for num in taken.live_orders if at >= min(past, newest[num])]
            self._move(driver, point, taken, shown)

    def _move(self, driver: LiveDriver, point: Point, taken: Taken, shown: Sequence[int]) -> None:
        """One good fix: the driver's marker, and those of the orders that show it."""
        marker = self._board.move_driver(driver, point, taken.at)
        for order_num in shown:
            live = self._board.orders.get(order_num)
            if live is None or (live.marker is not None and marker.at < live.marker.at):
                continue
            live.marker = marker
            if not self._hub.followed(order_num):
                continue
            order = live.order
            sight = self._preferences.current.sight
            update = location_update(order.id, marker, self._board.eta(live))
            if order.status not in sight.place:
                self._hub.publish_position(order_num, update, To.STAFF)
            elif update.eta is None or order.status in sight.arrival:
                self._hub.publish_position(order_num, update, To.ALL)
            else:
                self._hub.publish_position(order_num, update, To.STAFF)
                self._hub.publish_position(
                    order_num, structs.replace(update, eta=None), To.CUSTOMERS
                )
