"""One driver's socket: credentials first, then every message gets exactly one final answer.

Knows no WebSocket: text comes in, messages go to a `Socket`.
"""

from typing import Final

from msgspec import UNSET

from app.domain.access import Actor
from app.domain.errors import Close, OnthewayError
from app.protocol import driver as wire
from app.protocol import messages
from app.protocol.point import Point
from app.tracking.acks import Acks
from app.tracking.blocks import token_key
from app.tracking.doors import DriverDoor
from app.tracking.fleet import EndedToken
from app.tracking.hub import Shared, Socket
from app.tracking.monitor import Connection
from app.tracking.records import Arrival, Driver, NotTaken
from app.tracking.tasks import spawn

RETRY_MS: Final = 2_000
WAITING: Final = 2_000
WAITING_BYTES: Final = 1_048_576
"""Frames, and their bytes, that may wait while the token is looked up."""
BATCH_SHARE: Final = 0.1
"""A point in a batch counts a tenth of a message."""
CLOSES: Final = {
    "revoked": Close.REVOKED,
    "expired": Close.EXPIRED,
}


class DriverSession:
    """The state of one driver's socket."""

    def __init__(self, door: DriverDoor, socket: Socket, connection: Connection) -> None:
        self._door = door
        self._socket = socket
        self._connection = connection
        self._actor: Actor | None = None
        self._num = -1
        self._checking = False
        self._closed = False
        self._waiting: list[bytes | None] = []
        """Frames in their order; None for a binary one."""
        self._waiting_bytes = 0
        self._reported: set[str] = set()
        self._acks = Acks()

    # what the socket calls

    def begin(self, token: str | None) -> None:
        """The handshake is done; ``token`` came with it."""
        if token is not None:
            self._check(token)

    def overdue(self) -> None:
        """Five seconds are over."""
        if self._actor is None and not self._checking:
            self._refuse(Close.NOT_AUTHENTICATED)

    def receive(self, text: bytes) -> None:
        """One text frame."""
        if self._closed:
            return
        if self._checking:
            self._wait(text)
            return
        try:
            message = wire.decode(text)
        except wire.Refused as refused:
            self._refused(refused.refusal)
            return
        if self._actor is None:
            self._first(message)
        elif self._door.rates.unlimited or self._allowed(message):
            self._act(message)

    def receive_binary(self) -> None:
        """A binary frame: refused, like anything that is not a JSON object."""
        if self._closed:
            return
        if self._checking:
            self._wait(None)
            return
        if self._actor is None:
            self._refuse(Close.NOT_AUTHENTICATED)
            return
        self._reject(wire.Refusal("invalid_message", "A message must be a text frame"))

    def closed(self) -> None:
        """The socket is gone."""
        self._closed = True
        if self._actor is not None:
            self._door.hub.disconnect_driver(self._num, self._socket)
            self._door.fleet.presence_changed(self._num)

    # credentials

    def _first(self, message: wire.DriverMessage) -> None:
        if isinstance(message, wire.Auth):
            self._check(message.token)
        else:
            self._refuse(Close.NOT_AUTHENTICATED)

    def _wait(self, text: bytes | None) -> None:
        self._waiting_bytes += len(text or b"")
        if len(self._waiting) >= WAITING or self._waiting_bytes > WAITING_BYTES:
            self._socket.end(Close.TOO_MANY_SOCKETS)
        self._waiting.append(text)

    def _check(self, token: str) -> None:
        self._checking = True
        spawn(self._authenticate(token), "driver credentials")

    async def _authenticate(self, token: str) -> None:
        try:
            driver, actor = await self._identified(token)
        except OnthewayError as error:
            self._checking = False
            whose = error.actor if isinstance(error, EndedToken) else None
            self._refuse(CLOSES.get(error.code, Close.NOT_AUTHENTICATED), driver=whose)
            return
        self._checking = False
        if self._closed:
            self._door.monitor.known_late(self._connection, actor)
            return
        if self._door.monitor.blocks.holds(token_key(actor)):
            self._refuse(Close.TOO_MANY_SOCKETS, "blocked", actor)
            return
        if self._actor is not None and self._num != driver.num:
            self._refuse(Close.NOT_AUTHENTICATED)
            return
        if self._actor is None:
            self._actor, self._num = actor, driver.num
            self._door.monitor.identified(self._connection, actor)
            self._door.hub.connect_driver(driver.num, self._socket)
            self._door.fleet.presence_changed(driver.num)
        interval = self._door.reporting.welcome(driver.num)
        self._send(self._door.fleet.welcome(driver.num, interval))
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        for text in waiting:
            if text is None:
                self.receive_binary()
            else:
                self.receive(text)

    async def _identified(self, token: str) -> tuple[Driver, Actor]:
        """As of now: a token that ended during the look-up had no socket yet to be closed."""
        while True:
            rotations = self._door.hub.rotations
            found = await self._door.fleet.identify(token, self._connection.address)
            if self._door.hub.rotations == rotations:
                return found

    def _refuse(self, code: Close, why: str = "", driver: Actor | None = None) -> None:
        address = self._connection.address
        if self._door.refusals.take(address):
            code = Close.TOO_MANY_SOCKETS
        why = why or code.name.lower()
        if driver is None:
            self._door.monitor.refused("driver", address, why)
        else:
            self._door.monitor.turned_away(self._connection, code, why, driver)
        self._closed = True
        self._socket.end(code)

    # messages

    def _allowed(self, message: wire.DriverMessage) -> bool:
        """Whether the driver's rate allows it; else he is told when to come again."""
        points = len(message.points) if isinstance(message, wire.Locations) else 0
        in_batch = isinstance(message, wire.Locations) and message.indexes is not None
        cost = max(1.0, points * BATCH_SHARE) if in_batch else 1.0
        wait = self._door.rates.take(self._num, cost)
        if not wait:
            return True
        after = max(RETRY_MS, int(wait * 1000))
        if isinstance(message, wire.Locations):
            for refusal in message.refusals:
                self._reject(refusal)
            ids = [point.id for point in message.points if point.id is not None]
            if points or not message.refusals:
                self._send(messages.Retry(ids=ids, count=points, after_ms=after))
        elif isinstance(message, wire.StatusChange | wire.Duty):
            self._retry(message.id, after)
        else:
            self._send(messages.Error(code="too_many", message="Too many messages."))
        return False

    def _act(self, message: wire.DriverMessage) -> None:
        if type(message) is wire.Locations:  # nearly always; the others take longer anyway
            self._take(message)
            return
        match message:
            case wire.StatusChange():
                spawn(self._status(message), "driver status")
            case wire.Duty():
                spawn(self._duty(message), "driver duty")
            case wire.Auth():
                self._check(message.token)
            case wire.Ping():
                self._door.fleet.heard(self._num)
                self._send(messages.Pong())

    def _take(self, message: wire.Locations) -> None:
        for refusal in message.refusals:
            self._reject(refusal)
        if message.points:
            self._door.intake.take(self._num, message.points, self._answer, message.indexes)
        elif not message.refusals:
            self._acked(None, 0)

    def _answer(self, arrival: Arrival) -> None:
        """What became of the points of one frame: they are stored, refused, or to come again."""
        if arrival.failure is not None:
            self._not_stored(arrival)
            return
        acked: list[str] = []
        count = 0
        indexes = arrival.indexes
        for position, outcome in enumerate(arrival.outcomes):
            point = arrival.points[position]
            if type(outcome) is NotTaken:
                self._not_taken(outcome, point, indexes[position] if indexes else None)
                continue
            count += 1
            if point.id is not None:
                acked.append(point.id)
        if count:
            self._ack_soon(acked, count, arrival.at)

    def _not_taken(self, outcome: NotTaken, point: Point, index: int | None) -> None:
        self._reject(wire.Refusal(outcome.code, outcome.message, point.id, outcome.field, index))
        self._report(outcome.code, point.order_id)

    def _not_stored(self, arrival: Arrival) -> None:
        code = arrival.failure.code if arrival.failure else ""
        if code in CLOSES:  # removed while the frame was on its way
            self._socket.end(CLOSES[code])
            return
        ids = [point.id for point in arrival.points if point.id is not None]
        self._send(messages.Retry(ids=ids, count=len(arrival.points), after_ms=RETRY_MS))

    async def _status(self, message: wire.StatusChange) -> None:
        if self._actor is None:
            return
        try:
            await self._door.orders.set_status_as_driver(
                message.order_id, message.status, message.note, self._actor, message.id
            )
        except OnthewayError as error:
            if error.code == "unavailable":
                self._retry(message.id, RETRY_MS)
                return
            self._reject(wire.refusal_of(error, message.id))
            self._report(error.code, message.order_id)
            return
        self._acked(message.id)

    async def _duty(self, message: wire.Duty) -> None:
        if self._actor is None:
            return
        try:
            await self._door.fleet.set_duty(self._num, message.on, self._actor, message.id)
        except OnthewayError:
            self._retry(message.id, RETRY_MS)
            return
        self._acked(message.id)

    # answers

    def _ack_soon(self, ids: list[str], count: int, at: int) -> None:
        """Send an ack: at once, or with others that come in a moment."""
        acks = self._acks
        if acks.add(ids, count, at):
            self._send_ack(*acks.take())
        elif not acks.in_tray:
            acks.in_tray = True
            self._door.acks.add(self)

    def keep_waiting(self) -> None:
        """Half of the waiting is over."""
        self._acks.mark()

    def send_acks(self) -> None:
        """Send what waited to be acked."""
        self._send_ack(*self._acks.take_waiting())

    def _send_ack(self, ids: list[str], count: int) -> None:
        if count:
            self._send(messages.Ack(ids=ids, count=count))

    def _acked(self, message_id: str | None, count: int = 1) -> None:
        self._send(messages.Ack(ids=[] if message_id is None else [message_id], count=count))

    def _retry(self, message_id: str | None, after_ms: int) -> None:
        ids = [] if message_id is None else [message_id]
        self._send(messages.Retry(ids=ids, count=1, after_ms=after_ms))

    def _refused(self, refusal: wire.Refusal) -> None:
        if self._actor is None:
            self._refuse(Close.NOT_AUTHENTICATED)
            return
        self._door.rates.take(self._num, 1.0)
        self._reject(refusal)

    def _reject(self, refusal: wire.Refusal) -> None:
        self._door.rejected += 1
        self._send(
            messages.Reject(
                id=refusal.id,
                code=refusal.code,
                message=refusal.message,
                index=UNSET if refusal.index is None else refusal.index,
                field=UNSET if refusal.field is None else refusal.field,
            )
        )

    def _report(self, code: str, order_id: str | None) -> None:
        """A driver who writes to an order that is not his is noted, once per order."""
        if code != "unknown_order" or order_id is None or order_id in self._reported:
            return
        if self._actor is not None and len(self._reported) < 100:
            self._reported.add(order_id)
            self._door.monitor.note("driver.refused", self._actor, order_id, {"code": code})

    def _send(self, message: object) -> None:
        if not self._closed:
            self._socket.send(Shared(message))
