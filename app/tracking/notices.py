"""Customers who asked for it are told of their order by their browser, when its page is closed.

What is told is what the page would say at that moment (`Say`), so no phase shows more here than
there. Each browser is told of each event once: that is stored before it is sent.
"""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Final
from urllib.parse import quote

import msgspec
import structlog

from app.domain.access import SYSTEM
from app.domain.errors import OnthewayError
from app.domain.eta import overdue
from app.domain.notice import BY_STATUS, LAST, LASTS, URGENT, Event
from app.domain.order import OPEN
from app.domain.push import push_address
from app.tracking.board import Board, LiveOrder
from app.tracking.follow import Follow, Grant, TrackPage, refused
from app.tracking.hub import Hub
from app.tracking.monitor import Monitor, Now
from app.tracking.ports import Notices, Pusher
from app.tracking.post import Letter, Post
from app.tracking.preferences import PreferenceDesk
from app.tracking.records import Link, Listener, Notice, OrderChange
from app.tracking.tasks import spawn
from app.tracking.throttle import Monotonic

SLICE: Final = 100
"""Orders that are looked at before others get their turn."""
LONGEST_LOCALE: Final = 35
TOPIC: Final = 32
"""Characters (RFC 8030, 5.4)."""

Say = Callable[[TrackPage, str, Event], Notice | None]
"""What the page says of an event, in the language of a BCP 47 tag; None: nothing any more."""

_log = structlog.get_logger("notices")


class NoticeDesk:
    """Who is told of which order, and when. Nothing is offered nor told before `start`."""

    def __init__(
        self,
        notices: Notices,
        pusher: Pusher,
        follow: Follow,
        board: Board,
        hub: Hub,
        monitor: Monitor,
        preferences: PreferenceDesk,
        token_of: Callable[[Link], str],
        now: Now,
        clock: Monotonic,
    ) -> None:
        self._notices = notices
        self._pusher = pusher
        self._follow = follow
        self._board = board
        self._monitor = monitor
        self._preferences = preferences
        self._token_of = token_of
        self._now = now
        self._clock = clock
        self._post = Post(pusher, notices, clock, lambda to: not hub.link_ended(to.link.id))
        self._say: Say | None = None
        self._orders: set[int] = set()
        self._known = False
        self._seemed_late: set[int] = set()
        self._told_late: set[int] = set()
        self._round: asyncio.Task[None] | None = None

    async def start(self, say: Say) -> None:
        """From now on customers are told, in these words."""
        self._say = say
        await self._forget()

    async def close(self) -> None:
        """What waits is not sent any more."""
        if self._round is not None:
            self._round.cancel()
        await self._post.close()

    @property
    def key(self) -> str | None:
        """What a browser asks its service for an address with; None where nothing is offered."""
        wanted = self._say is not None and self._preferences.current.customer_notices
        return self._pusher.key if wanted else None

    # the customer, whose right was looked at before

    async def add(
        self, grant: Grant, endpoint: object, key: object, auth: object, locale: object
    ) -> str:
        """Tell this browser of the order, too; its name.

        Raises ``forbidden`` where the business wants none, ``invalid_field``, ``illegal_step``
        once the order is over, ``conflict`` for too many.
        """
        link = _link_of(grant)
        if self.key is None:
            raise OnthewayError("forbidden", "Notifications are switched off.")
        address = push_address(endpoint, key, auth, self._pusher.services)
        tag = _locale(locale)
        live = await self._board.order(grant.order_id)
        told = {Event.LATE} if self._is_late(live) else set()
        num = link.order_num
        is_new = await self._notices.add(
            link.id, address, tag, told, lambda _: self._orders.add(num)
        )
        if is_new:
            self._monitor.note("order.notices", grant.actor, grant.order_id, {"notices": True})
        return address.name

    async def has(self, grant: Grant, name: str) -> bool:
        """Whether the browser of this name is told."""
        return await self._notices.has(_link_of(grant).id, name)

    async def remove(self, grant: Grant, name: str) -> None:
        """Tell the browser of this name no more; that it was not told is no error."""
        num = await self._notices.remove(_link_of(grant).id, name)
        if num is not None:
            self._post.stop(num)
            self._monitor.note("order.notices", grant.actor, grant.order_id, {"notices": False})

    # what happens

    def order_changed(self, change: OrderChange) -> None:
        """A change of an order was stored."""
        event = BY_STATUS.get(change.event.status) if change.event else None
        if event is not None and change.order.num in self._orders:
            spawn(self._tell(change.order.num, change.order.id, event), "customers told")

    def link_ended(self, link: Link) -> None:
        """A link was revoked."""
        if link.order_num in self._orders:
            spawn(self._forget(), "browsers of an ended link")

    def tick(self) -> None:
        """Look who is late and whose link is over, unless that is going on; called twice a
        minute."""
        wanted = self._orders or not self._known
        if wanted and (self._round is None or self._round.done()):
            self._round = spawn(self._look(), "late orders")

    async def _look(self) -> None:
        """What seems late at two looks is late: once only may be a strange fix."""
        late = {}
        for count, num in enumerate(list(self._orders - self._told_late), start=1):
            live = self._board.orders.get(num)
            if live is not None and self._is_late(live):
                late[num] = live.order.id
            if count % SLICE == 0:
                await asyncio.sleep(0)
        for num in late.keys() & self._seemed_late:
            self._told_late.add(num)
            await self._tell(num, late[num], Event.LATE)
        self._seemed_late = set(late)
        await self._forget()

    async def _forget(self) -> None:
        try:
            await self._notices.forget(self._now(), self._wait_for)
        except OnthewayError as error:  # what could not be removed now is at a later look
            _log.warning("browsers not removed", code=error.code)

    def _wait_for(self, orders: set[int]) -> None:
        """These are the orders of which somebody is told."""
        self._known = True
        self._orders = orders
        self._told_late &= orders

    def _is_late(self, live: LiveOrder) -> bool:
        """As the page says it: by the arrival that its customer may know."""
        page = self._follow.shown(live)
        if page.window is None or page.status not in OPEN:
            return False
        late_after = self._preferences.current.thresholds.late_after
        return overdue(page.window, page.eta, self._now()) > late_after

    async def _tell(self, order_num: int, order_id: str, event: Event) -> None:
        try:
            listeners = await self._notices.claim(order_num, event, self._now())
            live = await self._board.order(order_id) if listeners else None
        except OnthewayError as error:
            _log.warning("customers not told", code=error.code)
            return
        if event in LAST:
            self._orders.discard(order_num)
        if live is None or self.key is None or not _still(event, live):
            return
        page = self._follow.shown(live)
        told = [listener for listener in listeners if self._write(listener, page, event)]
        if told:
            detail = {"event": event.value, "browsers": len(told)}
            self._monitor.note("order.told", SYSTEM, order_id, detail)

    def _write(self, to: Listener, page: TrackPage, event: Event) -> bool:
        notice = self._say(page, to.locale, event) if self._say else None
        if notice is None:
            return False
        topic = _topic(to)
        message = {
            "title": notice.title,
            "body": notice.text,
            "lang": notice.locale,
            "dir": notice.direction,
            "tag": topic,
            "url": f"/track/{quote(self._token_of(to.link), safe='')}",
        }
        self._post.send(
            Letter(
                to=to,
                text=msgspec.json.encode(message),
                topic=topic,
                urgent=event in URGENT,
                until=self._clock() + LASTS[event],
            )
        )
        return True


def _still(event: Event, live: LiveOrder) -> bool:
    """What happened is not over yet: else the next event tells more."""
    if event is Event.LATE:
        return live.order.status in OPEN
    return BY_STATUS.get(live.order.status) is event


def _link_of(grant: Grant) -> Link:
    if grant.link is None:
        raise refused()
    return grant.link


def _locale(value: object) -> str:
    if isinstance(value, str) and value.isascii() and 0 < len(value) <= LONGEST_LOCALE:
        return value
    raise OnthewayError("invalid_field", "locale must be a language tag.", field="locale")


def _topic(to: Listener) -> str:
    """The same for all that one browser is told of one order; says nothing of either."""
    digest = sha256(f"{to.link.id} {to.address.endpoint}".encode()).digest()
    return urlsafe_b64encode(digest)[:TOPIC].decode()
