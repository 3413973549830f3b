"""The staff's live map: what changed on the board, once per tick, encoded once for all.

Of a driver of whom only the place changed, only that is sent. A large fleet is written in slices,
between which everything else gets its turn; a lock keeps the whole state and the ticks apart, so
that what changes while the whole is written comes with the next tick.
"""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from msgspec import structs

from app.domain.access import Actor
from app.domain.order import OPEN
from app.protocol import messages
from app.tracking.board import Board, LiveDriver
from app.tracking.fleet_views import fleet_driver, fleet_move, fleet_order
from app.tracking.hub import Hub, Shared, Socket
from app.tracking.records import Driver
from app.tracking.tasks import spawn

SLICE: Final = 500
"""Drivers or orders that are written before others get their turn: a few milliseconds."""

T = TypeVar("T")


class StaffFeed:
    """Sockets of staff, and the changes since the last tick."""

    def __init__(self, board: Board, hub: Hub) -> None:
        self._board = board
        self._hub = hub
        self._sockets: dict[Socket, Actor] = {}
        self._waiting: dict[Socket, Actor] = {}
        self._writing = asyncio.Lock()
        # Since the last tick; of those in _moved nothing else changed, unless in _drivers too.
        self._moved: set[int] = set()
        self._drivers: set[int] = set()
        self._orders: set[int] = set()
        # What the maps know, or will know after the next tick. Grows by the removed only.
        self._known: dict[int, tuple[Driver, bool]] = {}
        self._ids: dict[int, str] = {}
        self._shown_orders: dict[int, messages.FleetOrder] = {}
        board.watch(self._changed)

    def join(self, socket: Socket, actor: Actor) -> None:
        """One more map: it gets the whole, then every tick's changes."""
        if not self._looked_at():
            self._forget()
        first = not self._waiting
        self._waiting[socket] = actor
        if not first:
            return  # whoever waits for the whole gets the same
        if self._writing.locked() or len(self._board.drivers) + len(self._board.orders) > SLICE:
            spawn(self._welcome(), "fleet for a new map")
            return
        self._greet([*self._all_drivers()], [*self._all_orders()])

    def leave(self, socket: Socket) -> None:
        """A map is closed."""
        self._sockets.pop(socket, None)
        self._waiting.pop(socket, None)

    def watching(self) -> int:
        """How many maps are open."""
        return len(self._sockets) + len(self._waiting)

    async def tick(self) -> None:
        """Send what changed; called about once a second."""
        async with self._writing:
            # Who comes while we write gets a whole in which all of this is: not here.
            sockets = list(self._sockets)
            message = await self._changes() if sockets else None
            if message is None:
                return
            shared = Shared(message)
            for socket in sockets:
                if socket in self._sockets:
                    socket.send(shared)

    # the whole

    async def _welcome(self) -> None:
        async with self._writing:
            if not self._waiting:
                return  # all have got what was written before, or are gone
            drivers = await in_slices(self._all_drivers())
            orders = await in_slices(self._all_orders())
            self._greet(drivers, orders)

    def _greet(
        self, drivers: list[messages.FleetDriver], orders: list[messages.FleetOrder]
    ) -> None:
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        self._sockets.update(waiting)
        whole = Shared(messages.Fleet(whole=True, drivers=drivers, orders=orders, removed=[]))
        for socket in waiting:
            socket.send(whole)

    def _all_drivers(self) -> Iterator[messages.FleetDriver]:
        for num in list(self._board.drivers):
            live = self._board.drivers.get(num)
            if live is not None:
                # What the other maps do not know yet must stay a change: so only if nothing is.
                self._known.setdefault(num, self._facts(live))
                yield self._driver(live)

    def _all_orders(self) -> Iterator[messages.FleetOrder]:
        for num in list(self._board.orders):
            live = self._board.orders.get(num)
            if live is not None and live.order.status in OPEN:
                shown = fleet_order(live.order, self._board)
                self._shown_orders.setdefault(num, shown)
                yield shown

    # the changes

    async def _changes(self) -> messages.Fleet | None:
        moved, self._moved = self._moved - self._drivers, set()
        drivers, self._drivers = self._drivers, set()
        orders, self._orders = self._orders, set()
        if not (moved or drivers or orders):
            return None
        gone = [num for num in drivers if num not in self._board.drivers]
        return messages.Fleet(
            whole=False,
            drivers=await in_slices(self._changed_drivers(drivers)),
            orders=await in_slices(self._changed_orders(orders)),
            removed=[self._ids[num] for num in gone if num in self._ids],
            moved=await in_slices(self._moves(moved)),
        )

    def _changed_drivers(self, nums: Iterable[int]) -> Iterator[messages.FleetDriver]:
        for num in nums:
            live = self._board.drivers.get(num)
            if live is not None:
                yield self._driver(live)

    def _moves(self, nums: Iterable[int]) -> Iterator[messages.FleetMove]:
        drivers = self._board.drivers
        for num in nums:
            live = drivers.get(num)
            if live is not None and live.marker is not None:
                yield fleet_move(live.driver.id, live.marker)

    def _changed_orders(self, nums: Iterable[int]) -> Iterator[messages.FleetOrder]:
        for num in nums:
            live = self._board.orders.get(num)
            if live is not None:
                shown = fleet_order(live.order, self._board)
            elif num in self._shown_orders:  # it ended, and the board has forgotten it already
                shown = structs.replace(self._shown_orders[num], gone=True)
            else:
                continue
            if shown.gone:
                self._shown_orders.pop(num, None)
            else:
                self._shown_orders[num] = shown
            yield shown

    def _driver(self, live: LiveDriver) -> messages.FleetDriver:
        driver = live.driver
        self._ids[driver.num] = driver.id
        orders = [order.order.id for order in self._board.orders_of(driver.num)]
        return fleet_driver(live, orders, online=self._hub.online(driver.num))

    # hearing of changes

    def _looked_at(self) -> bool:
        """Whether somebody needs the changes; also one who comes before the whole is written."""
        return bool(self._sockets or self._waiting) or self._writing.locked()

    def _forget(self) -> None:
        """Nobody looked: what was shown before does not matter."""
        for each in (self._moved, self._drivers, self._orders):
            each.clear()
        for known in (self._known, self._ids, self._shown_orders):
            known.clear()

    def _changed(self, kind: str, num: int) -> None:
        if not self._looked_at():
            return
        if kind == "order":
            self._order_changed(num)
        elif kind == "driver":
            self._driver_changed(num)

    def _driver_changed(self, num: int) -> None:
        live = self._board.drivers.get(num)
        facts = None if live is None else self._facts(live)
        placed = live is not None and live.marker is not None
        if placed and self._known.get(num) == facts:
            self._moved.add(num)
            return
        self._drivers.add(num)
        if facts is None:
            self._known.pop(num, None)
        else:
            self._known[num] = facts

    def _order_changed(self, num: int) -> None:
        """Its driver's list of orders changes with it, and that of the driver before."""
        self._orders.add(num)
        shown, live = self._shown_orders.get(num), self._board.orders.get(num)
        before = None if shown is None else self._board.driver_by_id(shown.driver_id or "")
        if before is not None:
            self._drivers.add(before.driver.num)
        if live is not None and live.order.driver_num is not None:
            self._drivers.add(live.order.driver_num)

    def _facts(self, live: LiveDriver) -> tuple[Driver, bool]:
        return live.driver, self._hub.online(live.driver.num)


async def in_slices(items: Iterator[T]) -> list[T]:
    """All items; after each slice the event loop does what else there is."""
    made: list[T] = []
    for item in items:
        made.append(item)
        if len(made) % SLICE == 0:
            await asyncio.sleep(0)
    return made
