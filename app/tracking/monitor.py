"""Live connections (who, from where, since when; end one) and the activity log."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from app.domain.access import Action, Actor, Kind
from app.domain.errors import Close, OnthewayError, not_found
from app.domain.times import SECOND
from app.tracking.blocks import ADDRESS, Block, Blocks, Key, address_key, token_key
from app.tracking.credentials import new_id
from app.tracking.open_pages import OpenPage, OpenPages
from app.tracking.ports import ActivityLog
from app.tracking.raw_views import Came, RawViews, Tappable, View
from app.tracking.records import Activity
from app.tracking.throttle import Buckets

Now = Callable[[], int]
"""The wall clock: microseconds since the epoch."""


TURNED_AWAY: Final = {
    "blocked": "this driver, or this address, is blocked for a while",
    "crowded": "there are too many sockets from this address",
    "revoked": "this token was ended; there is a newer one, or the driver was deactivated",
    "too_many_sockets": "too much was refused from this address",
}
"""Why a driver whose token is known was not let in, in words."""


KIND_PAGE: Final = "page"
"""The kind of the sockets of staff's pages."""


class Watched(Tappable, Protocol):
    """A socket that staff can look into, and end."""

    def end(self, code: Close) -> None:
        """Close with this code."""

    def ask(self) -> None:
        """Send a ping."""

    def lag(self) -> float | None:
        """Seconds from our latest ping to its answer, or till now where none has come for longer
        than the last time; None before the first ping."""

    def backlog(self) -> tuple[int, int]:
        """Bytes that wait for a slow reader: in our queue, and in the transport's buffer."""


@dataclass(slots=True, eq=False)
class Connection:
    """One open socket, as staff see it; counts are messages and payload bytes each way.

    ``link`` is the id of the link by which a customer came, ``page`` whose socket it is of the
    staff's.
    """

    id: str
    kind: str
    socket: Watched
    address: str | None
    agent: str | None
    opened_at: int
    actor: Actor | None = None
    orders: set[str] = field(default_factory=set)
    received: int = 0
    received_bytes: int = 0
    sent: int = 0
    sent_bytes: int = 0
    last_at: int | None = None
    link: str | None = None
    page: OpenPage | None = None

    @property
    def token(self) -> Key | None:
        """What is shut out with the token by which it came; None where there is no token."""
        return token_key(self.actor, self.link)


class Listener(Protocol):
    """Somebody who wants to know of drivers' sockets."""

    def socket_opened(self, driver_num: int, agent: str | None) -> None:
        """A driver is connected, with this program."""

    def socket_closed(self, driver_num: int, code: int, block: Block | None) -> None:
        """One of his sockets is gone; ``block`` is what shuts him out now."""


class Monitor:
    """What is connected, and what happened."""

    def __init__(self, log: ActivityLog, now: Now, refusals: Buckets) -> None:
        self._log = log
        self._now = now
        self._refusals = refusals
        self._connections: dict[str, Connection] = {}
        self.raw_views = RawViews(now)
        self._listeners: list[Listener] = []
        self.blocks = Blocks(now)
        self.pages = OpenPages()

    def listen(self, listener: Listener) -> None:
        """Tell of drivers' sockets from now on."""
        self._listeners.append(listener)

    def opened(
        self, kind: str, socket: Watched, address: str | None, agent: str | None
    ) -> Connection:
        """A socket finished its handshake; nobody is known yet."""
        connection = Connection(new_id(), kind, socket, address, agent, self._now())
        self._connections[connection.id] = connection
        if kind == Kind.DRIVER:
            self.raw_views.knocked(socket)
        return connection

    def page_opened(
        self, socket: Watched, name: str, address: str | None, agent: str | None
    ) -> Connection:
        """As `opened`, for the page with this secret name. The log says nothing of it: a page
        comes and goes with every click."""
        connection = self.opened(KIND_PAGE, socket, address, agent)
        connection.page = self.pages.named(name)
        connection.actor = connection.page.actor if connection.page is not None else None
        return connection

    def identified(self, connection: Connection, actor: Actor) -> None:
        """Now we know who it is."""
        connection.actor = actor
        self.note(
            "connection.opened", actor, detail={"socket": connection.kind, "id": connection.id}
        )
        if actor.kind is Kind.DRIVER and actor.num is not None:
            self.raw_views.opened(actor.num, _came(connection))
            for listener in self._listeners:
                listener.socket_opened(actor.num, connection.agent)

    def closed(self, connection: Connection, code: int) -> None:
        """It is gone."""
        self._connections.pop(connection.id, None)
        actor = connection.actor
        if actor is None or connection.kind == KIND_PAGE:
            self.raw_views.vanished(connection.socket, f"Closed with code {int(code)}")
            return
        detail = {"socket": connection.kind, "id": connection.id, "code": code}
        self.note("connection.closed", actor, detail=detail)
        if actor.kind is Kind.DRIVER and actor.num is not None:
            self.raw_views.closed(actor.num, connection.socket, f"Closed with code {int(code)}")
            block = self.blocks.of(connection.token, address_key(connection.address))
            for listener in self._listeners:
                listener.socket_closed(actor.num, code, block)

    def refused(
        self, kind: str, address: str | None, code: str, actor: Actor | None = None
    ) -> None:
        """Credentials were refused; ``actor``: whose they are, where that is known."""
        actor = actor or Actor(Kind.NOBODY, "", None, address)
        self.note_refusal(f"{kind}.refused", actor, None, {"code": code})

    def turned_away(self, connection: Connection, code: Close, why: str, driver: Actor) -> None:
        """A driver's socket is refused with ``code``, though its token tells whose it is."""
        self.refused(connection.kind, connection.address, why, driver)
        self.not_let_in(connection, code, why, driver)

    def not_let_in(self, connection: Connection, code: Close, why: str, driver: Actor) -> None:
        """Those who watch this driver see that, and why."""
        self.known_late(
            connection, driver, f"Refused with code {int(code)}: {TURNED_AWAY.get(why, why)}"
        )

    def known_late(self, connection: Connection, driver: Actor, note: str = "") -> None:
        """Whose a socket was that is not, or no more, let in."""
        if connection.actor is None and driver.num is not None:
            self.raw_views.not_let_in(driver.num, _came(connection), note)

    def note_refusal(
        self, kind: str, actor: Actor, subject: str | None, detail: dict[str, Any]
    ) -> None:
        """As `note`, but a flood from one address does not fill the log."""
        if not self._refusals.take(actor.address):
            self.note(kind, actor, subject, detail)

    def connections(self) -> list[Connection]:
        """All open sockets, oldest first."""
        return list(self._connections.values())

    def count(self, kind: str) -> int:
        """How many sockets of a kind are open."""
        return sum(1 for connection in self._connections.values() if connection.kind == kind)

    def disconnect(self, connection_id: str, actor: Actor) -> None:
        """End one; raises ``not_found``."""
        connection = self._connections.get(connection_id)
        if connection is None:
            raise not_found("connection")
        connection.socket.end(Close.DISCONNECTED)
        subject = connection.actor.id if connection.actor else None
        self.note("connection.ended", actor, subject, {"id": connection_id})

    def watch(self, driver_num: int, name: str, actor: Actor) -> View:
        """Look at the frames of a driver and at our answers, until the view is stopped."""
        actor.require(Action.CONNECTIONS)
        drivers = [one for one in self.connections() if one.kind == Kind.DRIVER]
        unknown = [one.socket for one in drivers if one.actor is None]
        his = [one.socket for one in drivers if one.actor and one.actor.num == driver_num]
        self.note("connection.watched", actor, name)
        return self.raw_views.watch(driver_num, his, unknown)

    def block_address(
        self, address: str, seconds: int, actor: Actor, *, even_own: bool = False
    ) -> Block:
        """Shut out an address for a while, its open sockets too; ``conflict`` for the own one,
        unless that is meant."""
        actor.require(Action.BLOCK)
        if address == actor.address and not even_own:
            raise OnthewayError("conflict", "This is your own address.")
        return self._block((ADDRESS, address), address, seconds, actor)

    def block_token(self, connection: Connection, name: str, seconds: int, actor: Actor) -> Block:
        """Shut out who came with the token of this connection for a while, with all sockets.

        ``conflict`` where it came with none; ``name`` is what people call its holder.
        """
        key = connection.token
        actor.require(Action.BLOCK if key and key[0] == Kind.API_KEY else Action.CONNECTIONS)
        if key is None:
            raise OnthewayError("conflict", "This connection came without a token.")
        return self._block(key, name, seconds, actor)

    def lift(self, block_id: str, actor: Actor) -> None:
        """Let in again; ``not_found`` where it is over already."""
        actor.require(Action.CONNECTIONS)
        found = self.blocks.lift(block_id)
        if found is None:
            raise not_found("block")
        self.note("block.lifted", actor, found.name, {"what": found.key[0]})

    def _block(self, key: Key, name: str, seconds: int, actor: Actor) -> Block:
        now = self._now()
        until = now + seconds * SECOND
        block = Block(id=new_id(), key=key, name=name, by=actor.id, since=now, until=until)
        self.blocks.add(block)
        self.note("block.made", actor, name, {"what": key[0], "seconds": seconds})
        for one in self.connections():
            own = one.kind == KIND_PAGE and one.actor == actor  # where he may lift it again
            if key in {one.token, address_key(one.address)} and not own:
                one.socket.end(Close.TOO_MANY_SOCKETS)
        return block

    def note(
        self,
        kind: str,
        actor: Actor,
        subject: str | None = None,
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Write one line of the activity log."""
        entry = Activity(
            at=self._now(),
            kind=kind,
            actor_kind=actor.kind,
            actor_id=actor.id,
            address=actor.address,
            subject=subject,
            detail=detail or {},
        )
        self._log.note(entry)


def _came(connection: Connection) -> Came:
    app = f" with {connection.agent}" if connection.agent else ""
    note = f"Connected from {connection.address or 'an unknown address'}{app}"
    return Came(connection.socket, connection.opened_at, note)
