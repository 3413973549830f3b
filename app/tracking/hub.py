"""The sockets of this process: who follows which order, which driver is connected.

Never awaits: it hands messages to sockets, which keep their own bounded queues.
Knows no WebSocket library.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile
from typing import Final, Protocol

from app.domain.access import Actor
from app.domain.errors import Close
from app.protocol.messages import encode

DRIVER_SOCKETS: Final = 3
"""An app and a page, say; a fourth closes the oldest (contract section 2)."""


class To(Enum):
    """Who gets a position."""

    ALL = 0
    STAFF = 1
    CUSTOMERS = 2


class Shared:
    """A message encoded once for all receivers; ``wire`` is the socket layer's frame of it."""

    __slots__ = ("text", "wire")

    def __init__(self, message: object) -> None:
        self.text = encode(message)
        self.wire: bytes | None = None


class Run:
    """Positions of one order that were published in one turn of the loop, oldest first: one write
    for each viewer. ``wire`` is as in `Shared`."""

    __slots__ = ("parts", "to", "wire")

    def __init__(self, to: To) -> None:
        self.to = to
        self.parts: list[Shared] = []
        self.wire: bytes | None = None


class Socket(Protocol):
    """The writing side of one connection; nothing here blocks or raises."""

    def send(self, message: Shared) -> None:
        """Send; waits in a bounded queue when the reader is slow, then the socket is cut."""

    def send_positions(self, topic: int, run: Run) -> None:
        """Send all; or, when the reader is slow, the newest replaces what waits of the topic."""

    def end(self, code: Close) -> None:
        """Close with this code."""


@dataclass(slots=True, eq=False)
class Subscription:
    """One socket that follows one order, and by which right."""

    socket: Socket
    order_num: int
    order_id: str
    actor: Actor
    on_end: Callable[["Subscription", Close], None]
    link_id: str | None = None
    expires_at: int | None = None

    @property
    def staff(self) -> bool:
        """Staff see the courier in every phase."""
        return self.actor.role is not None

    def end(self, code: Close) -> None:
        """Its right ended: the socket's session says so, and closes where it was the last."""
        self.on_end(self, code)


class Hub:
    """Fan-out within this process."""

    def __init__(self) -> None:
        self._orders: dict[int, dict[Socket, Subscription]] = {}
        self._runs: dict[int, Run] = {}
        self._drivers: dict[int, list[Socket]] = {}
        self._phones: dict[int, float] = {}
        self.rotations = 0
        """How often a driver's token ended: who looked one up meanwhile must look again."""
        self._ended_links: set[str] = set()

    # viewers

    def join(self, subscription: Subscription) -> None:
        """From now on the socket gets what happens to the order, and nothing from before."""
        self._flush(subscription.order_num)
        self._orders.setdefault(subscription.order_num, {})[subscription.socket] = subscription

    def leave(self, order_num: int, socket: Socket) -> None:
        """The socket follows the order no more."""
        viewers = self._orders.get(order_num)
        if viewers is None:
            return
        viewers.pop(socket, None)
        if not viewers:
            del self._orders[order_num]

    def followed(self, order_num: int) -> bool:
        """Whether anybody follows."""
        return order_num in self._orders

    def orders_followed(self) -> list[int]:
        """The orders that somebody follows, as a copy."""
        return list(self._orders)

    def watched(self, order_num: int, *, by_customers: bool) -> bool:
        """Whether somebody gets its positions: staff always do, customers where they may."""
        viewers = self._orders.get(order_num)
        if viewers is None:
            return False
        return by_customers or any(sub.staff for sub in viewers.values())

    def viewers(self) -> int:
        """How many subscriptions there are."""
        return sum(len(viewers) for viewers in self._orders.values())

    def subscriptions(self) -> list[Subscription]:
        """All of them, as a copy."""
        return [sub for viewers in self._orders.values() for sub in viewers.values()]

    def end_link(self, link_id: str, code: Close) -> None:
        """End all that came by this link."""
        self._ended_links.add(link_id)
        for subscription in self.subscriptions():
            if subscription.link_id == link_id:
                subscription.end(code)

    def link_ended(self, link_id: str) -> bool:
        """Whether it was ended, perhaps after somebody looked it up."""
        return link_id in self._ended_links

    def publish_position(self, order_num: int, message: object, to: To) -> None:
        """A newer position for those who may see it, at the end of this turn of the loop."""
        if order_num not in self._orders:
            return
        run = self._runs.get(order_num)
        if run is not None and run.to is not to:
            self._flush(order_num)
            run = None
        if run is None:
            if not self._runs:
                asyncio.get_running_loop().call_soon(self._flush_all)
            run = self._runs[order_num] = Run(to)
        run.parts.append(Shared(message))

    def publish(self, order_num: int, message: object) -> None:
        """A status or the like, for every viewer of the order, after the positions before it."""
        self._flush(order_num)
        viewers = self._orders.get(order_num)
        if not viewers:
            return
        shared = Shared(message)
        for sub in list(viewers.values()):
            sub.socket.send(shared)

    def publish_to_customers(self, order_num: int, message: object) -> None:
        """As `publish`, but staff do not get it."""
        self._publish_to(order_num, message, staff=False)

    def publish_to_staff(self, order_num: int, message: object) -> None:
        """As `publish`, but customers do not get it."""
        self._publish_to(order_num, message, staff=True)

    def _publish_to(self, order_num: int, message: object, *, staff: bool) -> None:
        self._flush(order_num)
        shared = Shared(message)
        for sub in list(self._orders.get(order_num, {}).values()):
            if sub.staff is staff:
                sub.socket.send(shared)

    def _flush_all(self) -> None:
        for order_num in list(self._runs):
            self._flush(order_num)

    def _flush(self, order_num: int) -> None:
        run = self._runs.pop(order_num, None)
        viewers = self._orders.get(order_num)
        if run is None or not viewers:
            return
        to = run.to
        for sub in list(viewers.values()):
            if to is To.ALL or sub.staff is (to is To.STAFF):
                sub.socket.send_positions(order_num, run)

    # drivers

    def connect_driver(self, driver_num: int, socket: Socket) -> None:
        """One more socket of a driver; the oldest of too many is replaced."""
        sockets = self._drivers.setdefault(driver_num, [])
        sockets.append(socket)
        if len(sockets) > DRIVER_SOCKETS:
            sockets.pop(0).end(Close.REPLACED)

    def disconnect_driver(self, driver_num: int, socket: Socket) -> None:
        """It is closed."""
        sockets = self._drivers.get(driver_num, [])
        if socket in sockets:
            sockets.remove(socket)
        if not sockets:
            self._drivers.pop(driver_num, None)

    def phone_heard(self, driver_num: int, at: float) -> bool:
        """An app that keeps no socket sent something, at ``at`` seconds of a clock that goes on;
        whether its driver was not online before."""
        before = self.online(driver_num)
        self._phones.pop(driver_num, None)
        self._phones[driver_num] = at
        return not before

    def silent_phones(self, since: float) -> list[int]:
        """Drivers whose apps sent nothing since; those are not online any more."""
        silent = list(takewhile(lambda num: self._phones[num] < since, self._phones))
        for driver_num in silent:
            del self._phones[driver_num]
        return silent

    def online(self, driver_num: int) -> bool:
        """Whether the driver has a socket open, or an app that sent something lately."""
        return driver_num in self._drivers or driver_num in self._phones

    def with_sockets(self) -> set[int]:
        """The drivers who have a socket open, as a copy."""
        return set(self._drivers)

    def drivers_online(self) -> int:
        """How many drivers are connected."""
        return len(self._drivers) + sum(num not in self._drivers for num in self._phones)

    def to_driver(self, driver_num: int, *messages: object) -> None:
        """Tell a driver on all his sockets."""
        for socket in list(self._drivers.get(driver_num, [])):
            for message in messages:
                socket.send(Shared(message))

    def end_driver(self, driver_num: int, code: Close) -> None:
        """Close all sockets of a driver."""
        self.rotations += 1
        self._phones.pop(driver_num, None)
        _end(self._drivers.get(driver_num, []), code)


def _end(sockets: Iterable[Socket], code: Close) -> None:
    for socket in list(sockets):
        socket.end(code)
