"""The names of the drivers who have, or had, some orders."""

from collections.abc import Sequence

from app.tracking.board import Board
from app.tracking.ports import Tracks
from app.tracking.records import Order


class DriverNames:
    """Those of the board, and of drivers who were removed, once `learn` has met one."""

    def __init__(self, board: Board, tracks: Tracks) -> None:
        self._board = board
        self._tracks = tracks
        self._removed: dict[str, str] = {}

    async def learn(self, orders: Sequence[Order]) -> None:
        """Read who had these orders, where somebody is removed."""
        here = self._board.drivers
        gone = {order.driver_id for order in orders if order.driver_num not in here} - {None}
        if not gone <= self._removed.keys():
            everybody = await self._tracks.drivers()
            self._removed = {one.id: one.name for one in everybody if one.deleted_at is not None}

    def of(self, order: Order) -> str:
        """The name of its driver; "" of nobody."""
        if order.driver_num is None or order.driver_id is None:
            return ""
        live = self._board.drivers.get(order.driver_num)
        if live is not None:
            return live.driver.name
        return self._removed.get(order.driver_id) or f"removed driver {order.driver_id}"
