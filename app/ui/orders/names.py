"""The names of the drivers who have, or had, the orders that are shown."""

from collections.abc import Sequence

from app.tracking.records import Order
from app.tracking.services import Services


class DriverNames:
    """Those of the board, and of drivers who were removed, once `learn` has met one."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._removed: dict[str, str] = {}

    async def learn(self, orders: Sequence[Order]) -> None:
        """Read who had these orders, where somebody is removed."""
        here = self._services.board.drivers
        gone = {order.driver_id for order in orders if order.driver_num not in here} - {None}
        if not gone <= self._removed.keys():
            everybody = await self._services.store.tracks.drivers()
            self._removed = {one.id: one.name for one in everybody if one.deleted_at is not None}

    def of(self, order: Order) -> str:
        """The name of its driver; "" of nobody."""
        if order.driver_num is None or order.driver_id is None:
            return ""
        live = self._services.board.drivers.get(order.driver_num)
        return live.driver.name if live else self._removed.get(order.driver_id, "")
