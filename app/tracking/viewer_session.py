"""One viewer's socket: a link or a role first, then orders are followed and left.

Knows no WebSocket: text comes in, messages go to a `Socket`.
"""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final

from msgspec import UNSET

from app.domain.access import Actor
from app.domain.errors import Close, OnthewayError
from app.protocol import messages
from app.protocol import viewer as wire
from app.tracking.blocks import token_key
from app.tracking.doors import ViewerDoor
from app.tracking.follow import Grant, Since
from app.tracking.hub import Shared, Socket, Subscription
from app.tracking.monitor import Connection
from app.tracking.tasks import spawn

WAITING: Final = 50
ORDERS: Final = 500
"""Orders that one socket may follow."""
CLOSES: Final = {
    "revoked": Close.REVOKED,
    "expired": Close.EXPIRED,
    "too_many": Close.TOO_MANY_SOCKETS,
}
ENDS: Final = {Close.REVOKED: "revoked", Close.EXPIRED: "expired"}


@dataclass(frozen=True, slots=True)
class Handshake:
    """What came with the handshake: the path's order or link, a token, staff, where to resume."""

    name: str | None = None
    token: str | None = None
    staff: Actor | None = None
    since: Since | None = None


class ViewerSession:
    """The state of one viewer's socket."""

    def __init__(self, door: ViewerDoor, socket: Socket, connection: Connection) -> None:
        self._door = door
        self._socket = socket
        self._connection = connection
        self._path: str | None = None
        self._staff: Actor | None = None
        self._by_link = False
        self._known = False
        self._busy = False
        self._late = False
        self._closed = False
        self._waiting: list[bytes] = []
        self._followed: dict[str, Subscription] = {}

    # what the socket calls

    def begin(self, handshake: Handshake) -> None:
        """The handshake is done."""
        self._path = handshake.name
        self._staff = handshake.staff
        self._run(self._open(handshake))

    def overdue(self) -> None:
        """Five seconds are over; what was begun within them is still decided."""
        self._late = True
        self._end_unknown()

    def receive(self, text: bytes) -> None:
        """One text frame."""
        if self._closed:
            return
        if self._busy:
            if len(self._waiting) >= WAITING:
                self._socket.end(Close.TOO_MANY_SOCKETS)
            self._waiting.append(text)
            return
        if self._known and self._door.rates.take(self._connection.id):
            self._error(OnthewayError("too_many", "Too many messages."))
            return
        try:
            message = wire.decode(text)
        except OnthewayError as error:
            self._bad(error)
            return
        self._act(message)

    def receive_binary(self) -> None:
        """A binary frame is refused."""
        self._bad(OnthewayError("invalid_message", "A message must be a text frame."))

    def closed(self) -> None:
        """The socket is gone."""
        self._closed = True
        for order_id in list(self._followed):
            self._leave(order_id)

    # opening

    async def _open(self, handshake: Handshake) -> None:
        """Decide by the path: a link if its token is stored as one, else an order's id."""
        name = handshake.name
        if name is not None and await self._door.follow.is_link(name):
            self._by_link = True
            await self._by_token(name, None, handshake.since, closing=True)
        elif handshake.token is not None:
            await self._by_token(handshake.token, name, handshake.since, closing=True)
        elif handshake.staff is not None:
            await self._as_staff(handshake.staff, name, handshake.since)

    async def _by_token(
        self, token: str, order_id: str | None, since: Since | None, *, closing: bool
    ) -> None:
        try:
            grant = await self._door.follow.by_link(token, order_id, self._connection.address)
            await self._start(grant, since)
        except OnthewayError as error:
            program = await self._program(token, error)
            if program is None:
                self._no_right(error, order_id, closing=closing)
            else:
                await self._as_staff(program, order_id, since)

    async def _program(self, token: str, error: OnthewayError) -> Actor | None:
        """The program whose API key this is, where it never was a link."""
        if error.code != "not_authenticated" or self._by_link:
            return None
        return await self._door.by_key(token, self._connection.address)

    async def _as_staff(self, actor: Actor, order_id: str | None, since: Since | None) -> None:
        self._staff = actor
        self._identify(actor)
        if order_id is not None:
            await self._by_role(order_id, since, closing=self._path is not None)

    async def _by_role(self, order_id: str, since: Since | None, *, closing: bool) -> None:
        try:
            if self._staff is None:
                raise OnthewayError("not_authenticated", "This link or token is not valid.")
            await self._start(await self._door.follow.by_role(order_id, self._staff), since)
        except OnthewayError as error:
            self._no_right(error, order_id, closing=closing)

    async def _start(self, grant: Grant, since: Since | None) -> None:
        old = self._followed.get(grant.order_id)
        if old is not None:
            self._door.follow.send_snapshot(old, since)
            return
        if self._closed:
            return
        if len(self._followed) >= ORDERS:
            raise OnthewayError("too_many", f"One socket follows at most {ORDERS} orders.")
        link = grant.link.id if grant.link else None
        self._door.monitor.blocks.require(token_key(grant.actor, link))
        self._connection.link = self._connection.link or link
        if link is not None and not self._door.enter(link):
            self._refuse(Close.TOO_MANY_SOCKETS)
            return
        self._identify(grant.actor)
        subscription = None
        try:
            subscription = await self._door.follow.start(
                grant, self._socket, since, self._ended, lambda: not self._closed
            )
        finally:
            if subscription is None:
                self._door.leave(link)
        if subscription is None:
            return
        self._followed[grant.order_id] = subscription
        self._connection.orders.add(grant.order_id)

    def _identify(self, actor: Actor) -> None:
        if not self._known:
            self._known = True
            self._door.monitor.identified(self._connection, actor)

    def _no_right(self, error: OnthewayError, order_id: str | None, *, closing: bool) -> None:
        if closing:
            self._refuse(CLOSES.get(error.code, Close.NOT_AUTHENTICATED))
            return
        self._door.monitor.refused("viewer", self._connection.address, error.code)
        self._error(error, order_id)

    def _refuse(self, code: Close) -> None:
        address = self._connection.address
        if self._door.refusals.take(address):
            code = Close.TOO_MANY_SOCKETS
        self._door.monitor.refused("viewer", address, code.name.lower())
        self._closed = True
        self._socket.end(code)

    # messages

    def _act(self, message: wire.ViewerMessage) -> None:
        match message:
            case wire.Auth():
                self._run(self._auth(message))
            case wire.Subscribe() if self._path is None:
                self._run(self._subscribe(message))
            case wire.Unsubscribe() if self._path is None:
                self._leave(wire.order_id_text(message.order_id))
            case wire.Resume() if self._known or self._path is None:
                self._resume(message)
            case wire.Ping():
                self._pong()
            case _ if not self._known:
                self._refuse(Close.NOT_AUTHENTICATED)
            case _:
                self._error(OnthewayError("invalid_message", "This socket follows one order only."))

    def _pong(self) -> None:
        """Nobody unknown gets anything but a close code, in time."""
        if self._known:
            self._socket.send(Shared(messages.Pong()))

    async def _auth(self, message: wire.Auth) -> None:
        since = Since(message.epoch, message.seq)
        if self._by_link:  # credentials beside a link are ignored; where to resume is not
            for subscription in self._followed.values():
                self._door.follow.send_snapshot(subscription, since)
            return
        order_id = self._path
        if message.order_id is not None:
            order_id = wire.order_id_text(message.order_id)
            if self._path is not None and order_id != self._path:
                self._refuse(Close.NOT_AUTHENTICATED)
                return
        await self._by_token(message.token, order_id, since, closing=not self._known)

    async def _subscribe(self, message: wire.Subscribe) -> None:
        order_id = wire.order_id_text(message.order_id)
        since = Since(message.epoch, message.seq)
        if message.token is not None:
            await self._by_token(message.token, order_id, since, closing=False)
        else:
            await self._by_role(order_id, since, closing=False)

    def _resume(self, message: wire.Resume) -> None:
        order_id = wire.order_id_text(message.order_id)
        subscription = self._followed.get(order_id)
        if subscription is None:
            self._error(OnthewayError("not_authenticated", "Not followed here."), order_id)
            return
        self._door.follow.send_snapshot(subscription, Since(message.epoch, message.seq))

    def _leave(self, order_id: str) -> None:
        subscription = self._followed.pop(order_id, None)
        if subscription is not None:
            self._door.hub.leave(subscription.order_num, self._socket)
            self._door.leave(subscription.link_id)
            self._connection.orders.discard(order_id)

    def _ended(self, subscription: Subscription, code: Close) -> None:
        """The right to one order ended; with the last one the socket ends."""
        self._leave(subscription.order_id)
        if self._followed or self._staff is not None:
            self._error(
                OnthewayError(ENDS[code], "The right to follow this order ended."),
                subscription.order_id,
            )
        else:
            self._closed = True
            self._socket.end(code)

    # within

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Do one thing that waits; what comes meanwhile waits for it, in order."""
        self._busy = True
        spawn(self._finish(coroutine), "viewer")

    async def _finish(self, coroutine: Coroutine[Any, Any, None]) -> None:
        try:
            await coroutine
        except OnthewayError as error:
            self._bad(error)
        finally:
            self._busy = False
        while self._waiting and not self._busy and not self._closed:
            self.receive(self._waiting.pop(0))
        self._end_unknown()

    def _end_unknown(self) -> None:
        if self._late and not self._known and not self._busy and not self._closed:
            self._refuse(Close.NOT_AUTHENTICATED)

    def _bad(self, error: OnthewayError) -> None:
        if self._known or self._path is None:
            self._error(error)
        else:
            self._refuse(CLOSES.get(error.code, Close.NOT_AUTHENTICATED))

    def _error(self, error: OnthewayError, order_id: str | None = None) -> None:
        self._socket.send(
            Shared(
                messages.Error(
                    code=error.code,
                    message=error.message,
                    order_id=UNSET if order_id is None else order_id,
                    field=UNSET if error.field is None else error.field,
                )
            )
        )
