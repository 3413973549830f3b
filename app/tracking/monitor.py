"""Live connections (who, from where, since when; end one) and the activity log."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.domain.access import Actor, Kind
from app.domain.errors import Close, not_found
from app.tracking.credentials import new_id
from app.tracking.hub import Socket
from app.tracking.ports import ActivityLog
from app.tracking.records import Activity
from app.tracking.throttle import Buckets

Now = Callable[[], int]
"""The wall clock: microseconds since the epoch."""


@dataclass(slots=True, eq=False)
class Connection:
    """One open socket, as staff see it; counts are messages and payload bytes each way."""

    id: str
    kind: str
    socket: Socket
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


class Monitor:
    """What is connected, and what happened."""

    def __init__(self, log: ActivityLog, now: Now, refusals: Buckets) -> None:
        self._log = log
        self._now = now
        self._refusals = refusals
        self._connections: dict[str, Connection] = {}

    def opened(
        self, kind: str, socket: Socket, address: str | None, agent: str | None
    ) -> Connection:
        """A socket finished its handshake; nobody is known yet."""
        connection = Connection(new_id(), kind, socket, address, agent, self._now())
        self._connections[connection.id] = connection
        return connection

    def identified(self, connection: Connection, actor: Actor) -> None:
        """Now we know who it is."""
        connection.actor = actor
        self.note(
            "connection.opened", actor, detail={"socket": connection.kind, "id": connection.id}
        )

    def closed(self, connection: Connection, code: int) -> None:
        """It is gone."""
        self._connections.pop(connection.id, None)
        if connection.actor is not None:
            detail = {"socket": connection.kind, "id": connection.id, "code": code}
            self.note("connection.closed", connection.actor, detail=detail)

    def refused(self, kind: str, address: str | None, code: str) -> None:
        """Credentials were refused."""
        nobody = Actor(Kind.NOBODY, "", None, address)
        self.note_refusal(f"{kind}.refused", nobody, None, {"code": code})

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

    def end_all(self, code: Close) -> None:
        """Close every socket: the server stops."""
        for connection in self.connections():
            connection.socket.end(code)

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
