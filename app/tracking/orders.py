"""Orders: made, edited, given to drivers, moved through their statuses, and linked to."""

import secrets
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from app.domain.access import Action, Actor
from app.domain.errors import Close, OnthewayError
from app.domain.geo import distance
from app.domain.order import OPEN, Status, is_order_id
from app.domain.proof import AT_THE_DOOR, FRESH
from app.domain.times import HOUR
from app.protocol import messages
from app.tracking.board import Board, LiveOrder
from app.tracking.credentials import link_token, new_id, token_hash
from app.tracking.hub import Hub
from app.tracking.monitor import Monitor, Now
from app.tracking.ports import Orders
from app.tracking.records import Link, NewLink, Once, Order, OrderChange, OrderDetails
from app.tracking.views import order_brief, status_update

LINK_GRACE: Final = 2 * HOUR
"""A link lives this long after its order ended (unless it says otherwise itself)."""
SALT_BYTES: Final = 16
DRIVER: Final = "driver"
"""What of a live order was touched by who gave it to somebody else."""


@dataclass(frozen=True, slots=True)
class MadeOrder:
    """A new order, its first link, and the token, shown now."""

    order: Order
    link_id: str
    token: str


class Watcher(Protocol):
    """Somebody who wants to know what becomes of orders; nothing here waits."""

    def order_changed(self, change: OrderChange) -> None:
        """An order has another status, or another driver."""

    def link_ended(self, link: Link) -> None:
        """A link was revoked."""


class OrderDesk:
    """Everything that staff, programs and drivers do with orders."""

    def __init__(
        self,
        orders: Orders,
        board: Board,
        hub: Hub,
        monitor: Monitor,
        now: Now,
        secret_key: bytes,
    ) -> None:
        self._orders = orders
        self._board = board
        self._hub = hub
        self._monitor = monitor
        self._now = now
        self._secret_key = secret_key
        self._watchers: list[Watcher] = []
        self.changes = 0
        """Changes of status stored since the start."""

    def watch(self, watcher: Watcher) -> None:
        """Tell of what is stored from now on."""
        self._watchers.append(watcher)

    # making and changing

    async def create(
        self,
        order_id: str | None,
        details: OrderDetails,
        driver_id: str | None,
        actor: Actor,
        once: Once | None = None,
    ) -> MadeOrder:
        """Make an order with a link; ``already_exists``, ``invalid_field``."""
        actor.require(Action.DISPATCH)
        if order_id is not None and not is_order_id(order_id):
            raise OnthewayError(
                "invalid_field", "id must be 1 to 64 of A-Z a-z 0-9 . _ ~ -", field="id"
            )
        link, token = self._new_link(None)
        chosen = order_id or new_id(8).upper()
        change = await self._orders.create(
            chosen, details, driver_id, link, actor, self._now(), once=once, then=self._changed
        )
        self._monitor.note("order.created", actor, change.order.id)
        return MadeOrder(change.order, link.id, token)

    async def edit(
        self,
        order_id: str,
        changes: dict[str, Any],
        actor: Actor,
        seen: OrderDetails | None = None,
    ) -> Order:
        """Change fields of `OrderDetails`, by name; ``not_found``.

        With ``seen``, the details as this person read them, what others changed since is kept;
        ``conflict`` if it is the same part of them.
        """
        actor.require(Action.DISPATCH)
        edited = partial(self._edited, actor)
        change = await self._orders.edit(order_id, changes, self._now(), edited, seen)
        self._monitor.note("order.edited", actor, order_id, {"fields": sorted(changes)})
        return change.order

    async def assign(
        self,
        order_id: str,
        driver_id: str | None,
        actor: Actor,
        once: Once | None = None,
        seen_at: int | None = None,
    ) -> Order:
        """Give an order to a driver or to none; ``not_found``, ``illegal_step``.

        With ``seen_at``, the order's ``updated_at`` as this was decided: ``conflict``, if somebody
        changed anything of it since.
        """
        actor.require(Action.DISPATCH)
        given = partial(self._given, actor)
        change = await self._orders.assign(
            order_id,
            driver_id,
            actor,
            self._now(),
            seen_at=seen_at,
            once=once,
            then=given,
        )
        self._monitor.note("order.assigned", actor, order_id, {"driver": driver_id})
        return change.order

    async def set_status(
        self,
        order_id: str,
        status: Status,
        note: str | None,
        actor: Actor,
        *,
        force: bool = False,
        once: Once | None = None,
        seen_seq: int | None = None,
        seen_at: int | None = None,
    ) -> Order:
        """Change the status, as staff; ``not_found``, ``illegal_step``, ``forbidden``.

        With ``seen_seq``, the order's as this was decided: ``conflict``, if somebody changed its
        status since. With ``seen_at``, its ``updated_at`` then: ``conflict``, if anything of it.
        """
        actor.require(Action.FORCE if force else Action.DISPATCH)
        change = await self._orders.set_status(
            order_id,
            status,
            note,
            actor,
            self._now(),
            force=force,
            once=once,
            seen_seq=seen_seq,
            seen_at=seen_at,
            then=self._changed,
        )
        self._log_status(change, actor)
        return change.order

    async def set_status_as_driver(
        self, order_id: str, status: Status, note: str | None, actor: Actor, message_id: str | None
    ) -> Order:
        """Change the status of one of his own orders; ``unknown_order``, ``illegal_step``."""
        change = await self._orders.set_status(
            order_id,
            status,
            note,
            actor,
            self._now(),
            message_id=message_id,
            metres=self._from_door(order_id, status, actor),
            then=self._changed,
        )
        self._log_status(change, actor)
        return change.order

    def _from_door(self, order_id: str, status: Status, actor: Actor) -> float | None:
        """How far he is from the door, if he ends the order there and is heard of."""
        order = self._board.order_by_id(order_id)
        driver = None if actor.num is None else self._board.drivers.get(actor.num)
        if status not in AT_THE_DOOR or order is None or driver is None:
            return None
        door, marker = order.order.details.destination, driver.marker
        if door is None or door.place is None or marker is None:
            return None
        return distance(marker, door.place) if marker.at >= self._now() - FRESH else None

    # links

    async def links(self, order: Order) -> list[Link]:
        """All links of an order."""
        return await self._orders.links(order.num)

    async def add_link(
        self, order_id: str, expires_at: int | None, actor: Actor, once: Once | None = None
    ) -> Link:
        """Make another link; ``not_found``, ``invalid_field`` for a time that is over."""
        actor.require(Action.DISPATCH)
        if expires_at is not None and expires_at <= self._now():
            raise OnthewayError(
                "invalid_field", "expiresAt must lie in the future.", field="expiresAt"
            )
        new, _ = self._new_link(expires_at)
        link = await self._orders.add_link(order_id, new, self._now(), once)
        self._monitor.note("link.created", actor, order_id, {"link": link.id})
        return link

    async def revoke_link(self, order_id: str, link_id: str, actor: Actor) -> Link:
        """End a link, with its open sockets and pages; ``not_found``."""
        actor.require(Action.DISPATCH)
        link = await self._orders.revoke_link(order_id, link_id, self._now(), self._link_ended)
        self._monitor.note("link.revoked", actor, order_id, {"link": link_id})
        return link

    def token_of(self, link: Link) -> str:
        """The token of a link, derived again."""
        return link_token(self._secret_key, link.id, link.salt)

    def _new_link(self, expires_at: int | None) -> tuple[NewLink, str]:
        link_id, salt = new_id(), secrets.token_bytes(SALT_BYTES)
        token = link_token(self._secret_key, link_id, salt)
        return NewLink(
            id=link_id, salt=salt, token_hash=token_hash(token), expires_at=expires_at
        ), token

    # after each commit, in order

    def _given(self, actor: Actor, change: OrderChange) -> None:
        self._changed(change)
        live = self._board.orders.get(change.order.num)
        if live is not None and change.previous_driver != change.order.driver_num:
            live.touch([DRIVER], actor)

    def _changed(self, change: OrderChange) -> None:
        live = self._board.apply_order(change)
        self._publish(change, live)
        self._tell_drivers(change)
        for watcher in self._watchers:
            watcher.order_changed(change)

    def _edited(self, actor: Actor, change: OrderChange) -> None:
        self._board.apply_order(change).touch(change.edited, actor)
        order = change.order
        if order.driver_num is not None and order.status in OPEN:
            self._hub.to_driver(order.driver_num, messages.OrderAssigned(order=order_brief(order)))

    def _publish(self, change: OrderChange, live: LiveOrder) -> None:
        if change.event is not None:
            self.changes += 1
            self._hub.publish(live.order.num, status_update(live.order.id, change.event))

    def _tell_drivers(self, change: OrderChange) -> None:
        order, before = change.order, change.previous_driver
        if before is not None and before != order.driver_num:
            self._hub.to_driver(before, messages.OrderUnassigned(order_id=order.id))
        if order.driver_num is None:
            return
        if before != order.driver_num:
            self._hub.to_driver(order.driver_num, messages.OrderAssigned(order=order_brief(order)))
        elif change.event is not None:
            self._hub.to_driver(order.driver_num, status_update(order.id, change.event))

    def _link_ended(self, link: Link) -> None:
        self._hub.end_link(link.id, Close.REVOKED)
        for watcher in self._watchers:
            watcher.link_ended(link)

    def _log_status(self, change: OrderChange, actor: Actor) -> None:
        if change.event is None:
            return
        detail = {"status": change.order.status, "seq": change.order.seq}
        self._monitor.note("order.status", actor, change.order.id, detail)


def link_end(link: Link, order: Order) -> int | None:
    """When a link stops to be valid: its own time, or two hours after the order's end."""
    if link.expires_at is not None:
        return link.expires_at
    return order.ended_at + LINK_GRACE if order.ended_at is not None else None
