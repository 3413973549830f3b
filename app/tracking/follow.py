"""Following an order: by which right, from where (snapshot or resume), and until when."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec import structs

from app.domain.access import Action, Actor, Kind
from app.domain.errors import Close, OnthewayError
from app.domain.eta import Window
from app.domain.order import Status
from app.domain.preferences import Preferences
from app.domain.sight import EVERYTHING, Sight, changed
from app.protocol.messages import DriverBrief, Snapshot
from app.tracking.board import Board, LiveOrder, Marker
from app.tracking.credentials import token_hash
from app.tracking.hub import Hub, Shared, Socket, Subscription
from app.tracking.monitor import Now
from app.tracking.orders import LINK_GRACE, link_end
from app.tracking.ports import Store
from app.tracking.preferences import PreferenceDesk
from app.tracking.records import Link, Order, OrderEvent, Spotted
from app.tracking.tasks import spawn
from app.tracking.views import ENDED_BADLY, seen, snapshot, status_update

ROUTE_POINTS = 2_000
SLICE = 100
"""Orders that are told of another rule before others get their turn."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to follow one order; ``link`` None: as staff."""

    order_id: str
    actor: Actor
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Since:
    """Where a viewer was: the epoch and the last seq he knows."""

    epoch: str | None
    seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackPage:
    """What the customer's page shows at first; nothing in it that he may not see.

    Times in microseconds; ``position``, ``eta``, ``driver`` and ``route`` follow the phase;
    ``note`` is the reason of a bad end.
    """

    order_id: str
    status: Status
    seq: int
    epoch: str
    timeline: list[tuple[Status, int]]
    position: Marker | None
    eta: Window | None
    driver: DriverBrief | None
    destination: Spotted | None
    pickup: Spotted | None
    route: Sequence[tuple[float, float, int]]
    note: str | None
    window: Window | None


class Follow:
    """Viewers of orders."""

    def __init__(
        self, store: Store, board: Board, hub: Hub, now: Now, preferences: PreferenceDesk
    ) -> None:
        self._store = store
        self._board = board
        self._hub = hub
        self._now = now
        self._preferences = preferences
        self._told: dict[int, Window | None] = {}
        preferences.watch(self._preferences_changed)

    @property
    def _sight(self) -> Sight:
        return self._preferences.current.sight

    # rights

    async def by_link(self, token: str, order_id: str | None, address: str | None) -> Grant:
        """The right that a tracking token gives.

        ``not_authenticated`` for a token that never was one of this order, always alike;
        ``revoked`` and ``expired`` only for its bearer.
        """
        link = await self._store.orders.find_link(token_hash(token))
        if link is None or (order_id is not None and link.order_id != order_id):
            raise refused()
        if link.revoked_at is not None:
            raise link_was_ended()
        live = self._board.orders.get(link.order_num)
        order = live.order if live else await self._store.orders.by_num(link.order_num)
        end = link_end(link, order)
        if end is not None and end <= self._now():
            raise OnthewayError("expired", "This link has expired.")
        return Grant(link.order_id, Actor(Kind.CUSTOMER, link.order_id, None, address), link)

    async def order_of(self, grant: Grant) -> Order:
        """The order of a right as it stands."""
        live = self._board.order_by_id(grant.order_id)
        return live.order if live else await self._store.orders.get(grant.order_id)

    async def is_link(self, token: str) -> bool:
        """Whether this ever was a tracking token."""
        return await self._store.orders.find_link(token_hash(token)) is not None

    async def by_role(self, order_id: str, actor: Actor) -> Grant:
        """The right of staff and API keys; ``not_authenticated`` also for a missing order."""
        if not actor.may(Action.READ):
            raise refused()
        try:
            await self._board.order(order_id)
        except OnthewayError:
            raise refused() from None
        return Grant(order_id, actor)

    # following

    async def start(
        self,
        grant: Grant,
        socket: Socket,
        since: Since | None,
        on_end: Callable[[Subscription, Close], None],
        wanted: Callable[[], bool],
    ) -> Subscription | None:
        """Subscribe and send the snapshot, with the missed statuses after it.

        None when ``wanted`` says, after the reading, that the socket is gone meanwhile;
        ``revoked`` when the link was ended meanwhile.
        """
        live = await self._board.order(grant.order_id)
        if not wanted():
            return None
        if grant.link is not None and self._hub.link_ended(grant.link.id):
            raise link_was_ended()
        # From here on nothing is awaited: no change can come between the two.
        order = live.order
        subscription = Subscription(
            socket=socket,
            order_num=order.num,
            order_id=order.id,
            actor=grant.actor,
            on_end=on_end,
            link_id=grant.link.id if grant.link else None,
            expires_at=grant.link.expires_at if grant.link else None,
        )
        self._hub.join(subscription)
        self.send_snapshot(subscription, since)
        return subscription

    def send_snapshot(self, subscription: Subscription, since: Since | None) -> None:
        """Send the state now; after ``since`` of this epoch, with the statuses missed."""
        live = self._board.orders[subscription.order_num]
        missed = self._missed(live, since)
        whole = self._whole(live, staff=subscription.staff)
        if missed is not None:
            whole = structs.replace(whole, recovered=True)
        subscription.socket.send(Shared(whole))
        for event in missed or []:
            subscription.socket.send(Shared(status_update(live.order.id, event)))

    def _whole(self, live: LiveOrder, *, staff: bool) -> Snapshot:
        return snapshot(
            self._board,
            self._hub,
            live,
            sight=EVERYTHING if staff else self._sight,
            epoch=self._store.epoch,
        )

    def _missed(self, live: LiveOrder, since: Since | None) -> list[OrderEvent] | None:
        if since is None or since.seq is None or since.epoch != self._store.epoch:
            return None
        if since.seq > live.order.seq or live.events is None:
            return None
        return [event for event in live.events if event.seq > since.seq]

    def end_expired(self) -> None:
        """End the subscriptions whose time is over; called every second."""
        now = self._now()
        for subscription in self._hub.subscriptions():
            if subscription.link_id is None:
                continue
            end = subscription.expires_at
            live = self._board.orders.get(subscription.order_num)
            if end is None and live is not None and live.order.ended_at is not None:
                end = live.order.ended_at + LINK_GRACE
            if end is not None and end <= now:
                subscription.end(Close.EXPIRED)

    def tell_arrivals(self) -> None:
        """Tell customers who see when the courier comes, but not where he is; called every second.

        No position brings them the arrival time: they get the whole state once it is another.
        """
        alone = self._sight.arrival - self._sight.place
        told, self._told = self._told, {}
        for num in self._hub.orders_followed() if alone else ():
            live = self._board.orders.get(num)
            if live is None or live.order.status not in alone:
                continue
            eta = self._told[num] = self._board.eta(live)
            if told.get(num) != eta:
                self._hub.publish_to_customers(num, self._whole(live, staff=False))

    # another rule

    def _preferences_changed(self, before: Preferences, after: Preferences) -> None:
        if before.sight != after.sight:
            spawn(self._show_anew(changed(before.sight, after.sight)), "another sight")

    async def _show_anew(self, statuses: frozenset[Status]) -> None:
        """What customers may see in these statuses is another now: they get all of it."""
        for count, live in enumerate(list(self._board.orders.values()), start=1):
            num = live.order.num
            if live.order.status in statuses and self._hub.followed(num):
                whole = self._whole(live, staff=False)
                self._hub.publish_to_customers(num, whole)
            if count % SLICE == 0:
                await asyncio.sleep(0)

    # the page

    async def page(self, grant: Grant) -> TrackPage:
        """What the page of a link shows at first; ``grant`` is what `by_link` gave."""
        live = await self._board.order(grant.order_id)
        return self.shown(live, await self._route(live))

    def shown(self, live: LiveOrder, route: Sequence[tuple[float, float, int]] = ()) -> TrackPage:
        """What a page of this order shows now."""
        order, events = live.order, live.events or []
        visible = seen(self._board, self._hub, live, self._sight)
        last = events[-1] if events else None
        return TrackPage(
            order_id=order.id,
            status=order.status,
            seq=order.seq,
            epoch=self._store.epoch,
            timeline=[(event.status, event.at) for event in events],
            position=visible.marker,
            eta=visible.eta,
            driver=visible.driver,
            destination=order.details.destination,
            pickup=order.details.pickup,
            route=route,
            note=last.note if last and last.status in ENDED_BADLY else None,
            window=order.details.window,
        )

    async def _route(self, live: LiveOrder) -> list[tuple[float, float, int]]:
        spans = self._visible(live)
        if not spans or spans[-1][1] is not None:
            return []
        try:
            items = await self._store.positions.way_of_order(
                live.order.num, spans[0][0], ROUTE_POINTS
            )
        except OnthewayError:  # nothing can be stored now: where he is matters more than his way
            return []
        return [
            (item.lat, item.lng, item.at)
            for item in items
            if any(begin <= item.at and (end is None or item.at < end) for begin, end in spans)
        ]

    def _visible(self, live: LiveOrder) -> list[tuple[int, int | None]]:
        """From when until when the customer saw the courier; None: he still does.

        An order that went back was hidden for a while, and what was hidden stays so.
        """
        spans: list[tuple[int, int | None]] = []
        begin: int | None = None
        for event in live.events or []:
            visible = event.status in self._sight.place
            if visible and begin is None:
                begin = event.at
            elif not visible and begin is not None:
                spans.append((begin, event.at))
                begin = None
        return spans if begin is None else [*spans, (begin, None)]


def refused() -> OnthewayError:
    """The one refusal for everything that never was a right."""
    return OnthewayError("not_authenticated", "This link or token is not valid.")


def link_was_ended() -> OnthewayError:
    """The refusal for the bearer of a link that was revoked."""
    return OnthewayError("revoked", "This link was ended.")
