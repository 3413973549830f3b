"""The staff's live map: what changed on the board, once per tick, encoded once for all."""

from msgspec import structs

from app.domain.access import Actor
from app.domain.order import OPEN
from app.domain.times import format_time
from app.protocol import messages
from app.tracking.board import Board, LiveDriver, LiveOrder
from app.tracking.hub import Hub, Shared, Socket


class StaffFeed:
    """Sockets of staff, and the changes since the last tick."""

    def __init__(self, board: Board, hub: Hub) -> None:
        self._board = board
        self._hub = hub
        self._sockets: dict[Socket, Actor] = {}
        self._drivers: set[int] = set()
        self._orders: set[int] = set()
        self._ids: dict[int, str] = {}
        board.watch(self._changed)

    def join(self, socket: Socket, actor: Actor) -> None:
        """One more map: it gets the whole, then every tick's changes."""
        self._sockets[socket] = actor
        whole = messages.Fleet(
            whole=True,
            drivers=[self.driver(live) for live in self._board.drivers.values()],
            orders=[
                self.order(live)
                for live in self._board.orders.values()
                if live.order.status in OPEN
            ],
            removed=[],
        )
        socket.send(Shared(whole))

    def leave(self, socket: Socket) -> None:
        """A map is closed."""
        self._sockets.pop(socket, None)

    def watching(self) -> int:
        """How many maps are open."""
        return len(self._sockets)

    def tick(self) -> None:
        """Send what changed; called about once a second."""
        drivers, self._drivers = self._drivers, set()
        orders, self._orders = self._orders, set()
        if not self._sockets or not (drivers or orders):
            return
        here = drivers & self._board.drivers.keys()
        moved = orders & self._board.orders.keys()
        message = Shared(
            messages.Fleet(
                whole=False,
                drivers=[self.driver(self._board.drivers[num]) for num in here],
                orders=[self.order(self._board.orders[num]) for num in moved],
                removed=[self._ids.pop(num) for num in drivers - here if num in self._ids],
            )
        )
        for socket in list(self._sockets):
            socket.send(message)

    def driver(self, live: LiveDriver) -> messages.FleetDriver:
        """A driver on the map."""
        driver, marker = live.driver, live.marker
        self._ids[driver.num] = driver.id
        orders = [order.order.id for order in self._board.orders_of(driver.num)]
        known = messages.FleetDriver(
            id=driver.id,
            name=driver.name,
            vehicle=driver.vehicle,
            online=self._hub.online(driver.num),
            on_duty=driver.on_duty,
            orders=orders,
        )
        if marker is None:
            return known
        return structs.replace(
            known,
            lat=marker.lat,
            lng=marker.lng,
            heading=marker.heading,
            speed=marker.speed,
            accuracy=marker.accuracy,
            battery=marker.battery,
            recorded_at=format_time(marker.at),
        )

    def order(self, live: LiveOrder) -> messages.FleetOrder:
        """An order on the map."""
        order = live.order
        driver = self._board.drivers.get(order.driver_num) if order.driver_num else None
        destination = order.details.destination
        place = destination.place if destination else None
        return messages.FleetOrder(
            order_id=order.id,
            status=order.status,
            driver_id=driver.driver.id if driver else None,
            customer=order.details.customer.name if order.details.customer else None,
            lat=place.lat if place else None,
            lng=place.lng if place else None,
            gone=order.status not in OPEN,
        )

    def _changed(self, kind: str, num: int) -> None:
        if kind == "order":
            self._orders.add(num)
        elif kind == "driver":
            self._drivers.add(num)
