"""The doors behind our sockets: which session a handshake gets, and who must be asked before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.domain.access import Actor
from app.domain.errors import Close, OnthewayError
from app.protocol import messages
from app.protocol import viewer as wire
from app.tracking.driver_session import DriverSession
from app.tracking.fleet import EndedToken
from app.tracking.hub import Shared, Socket
from app.tracking.monitor import Connection
from app.tracking.services import Services
from app.tracking.signin import Person
from app.tracking.viewer_session import Handshake, ViewerSession
from app.web.opening import Door, Opening
from app.web.origin import same_origin


class Session(Protocol):
    """One connection's state, without I/O."""

    def receive(self, text: bytes) -> None:
        """One text message."""

    def receive_binary(self) -> None:
        """One binary message."""

    def overdue(self) -> None:
        """Five seconds since the handshake."""

    def closed(self) -> None:
        """The socket is gone."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Staff behind a handshake; ``person`` when it was a cookie."""

    actor: Actor
    person: Person | None = None


def asks_first(opening: Opening) -> bool:
    """Whether somebody may have to be looked up before the handshake is answered."""
    if opening.door is Door.DRIVER:
        return False
    return opening.token is not None or opening.cookie is not None


async def find_caller(services: Services, opening: Opening) -> Caller | None:
    """The staff behind a handshake: API key or session; raises ``cross_origin`` for a session
    on a foreign page. A link in the path makes credentials beside it worthless."""
    actor: Actor | None = None
    person: Person | None = None
    if opening.token is not None:
        actor = await services.signin.by_key(opening.token, opening.address)
    elif opening.cookie is not None:
        person = await services.signin.by_cookie(opening.cookie, opening.address)
        actor = person.actor if person else None
    if actor is None:
        return None
    if opening.name is not None and await services.follow.is_link(opening.name):
        return None
    if person is not None and not same_origin(
        opening.origin, opening.host, services.look.public_url
    ):
        raise OnthewayError("cross_origin", "This page may not use your sign-in.")
    return Caller(actor, person)


def open_session(
    services: Services,
    opening: Opening,
    caller: Caller | None,
    socket: Socket,
    connection: Connection,
) -> Session:
    """The session of a handshake that was answered."""
    if opening.door is Door.DRIVER:
        driver = DriverSession(services.driver_door, socket, connection)
        driver.begin(opening.token)
        return driver
    if opening.door is Door.STAFF:
        return StaffSession(services, socket, connection, caller)
    viewer = ViewerSession(services.viewer_door, socket, connection)
    staff = None if caller is None else caller.actor
    token = None if staff is not None else opening.token
    viewer.begin(Handshake(opening.name, token, staff, opening.since))
    return viewer


async def tell_of_driver(
    services: Services, opening: Opening, connection: Connection, why: str
) -> None:
    """Tell those who watch a driver that his phone was shut out before its token was looked at."""
    if opening.token is None or services.driver_door.refusals.take(opening.address):
        return
    try:
        _, driver = await services.fleet.identify(opening.token, opening.address)
    except EndedToken as error:
        driver = error.actor
    except OnthewayError:
        return
    services.monitor.not_let_in(connection, Close.TOO_MANY_SOCKETS, why, driver)


def hang_on(services: Services, caller: Caller | None, socket: Socket) -> Callable[[], None]:
    """End the socket when the caller's login ends; returns the way to take that back."""
    if caller is None or caller.person is None:
        return _nothing
    login_num = caller.person.login.num

    def end() -> None:
        # A login that goes on with another role: the socket may come back, as that.
        again = services.signin.holds(login_num)
        socket.end(Close.DISCONNECTED if again else Close.REVOKED)

    return services.signin.hang_on(login_num, end)


def _nothing() -> None:
    """Nothing hangs on anything."""


class StaffSession:
    """The live map of staff: the feed, and pings."""

    def __init__(
        self, services: Services, socket: Socket, connection: Connection, caller: Caller | None
    ) -> None:
        self._services = services
        self._socket = socket
        self._known = caller is not None
        if caller is None:
            storm = services.viewer_door.refusals.take(connection.address)
            code = Close.TOO_MANY_SOCKETS if storm else Close.NOT_AUTHENTICATED
            services.monitor.refused("staff", connection.address, code.name.lower())
            socket.end(code)
            return
        services.monitor.identified(connection, caller.actor)
        services.feed.join(socket, caller.actor)

    def receive(self, text: bytes) -> None:
        """Pings are answered, all else is an error."""
        if not self._known:
            return
        try:
            if not isinstance(wire.decode(text), wire.Ping):
                raise OnthewayError("invalid_message", "This socket takes only pings.")
            self._socket.send(Shared(messages.Pong()))
        except OnthewayError as error:
            self._socket.send(Shared(messages.Error(code=error.code, message=error.message)))

    def receive_binary(self) -> None:
        """Refused."""
        self.receive(b"")

    def overdue(self) -> None:
        """Staff are known from the start."""

    def closed(self) -> None:
        """The map is gone."""
        self._services.feed.leave(self._socket)
