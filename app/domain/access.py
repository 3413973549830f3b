"""Who is asking, and what each role may do: one table, deny by default. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.errors import OnthewayError


class Role(StrEnum):
    """What a person or an API key may do (contract section 5)."""

    VIEWER = "viewer"
    DISPATCHER = "dispatcher"
    ADMIN = "admin"


class Action(StrEnum):
    """Everything that needs a right."""

    READ = "read"
    """Orders, drivers, positions, links, events, metrics."""
    DISPATCH = "dispatch"
    """Change orders, links, drivers, assignments, statuses."""
    CONNECTIONS = "connections"
    """See and end live sockets, shut out drivers and customers for a while."""
    BLOCK = "block"
    """Shut out addresses and programs for a while."""
    FORCE = "force"
    """Change a status against the table of legal steps."""
    ACTIVITY = "activity"
    """Read the activity log."""
    PEOPLE = "people"
    """Users, roles, API keys."""
    SETTINGS = "settings"
    """What the business sets while the server runs: its name, its map, its rules."""


_DISPATCHER: Final = frozenset({Action.READ, Action.DISPATCH, Action.CONNECTIONS})

ALLOWED: Final[dict[Role, frozenset[Action]]] = {
    Role.VIEWER: frozenset({Action.READ}),
    Role.DISPATCHER: _DISPATCHER,
    Role.ADMIN: frozenset(Action),
}


class Kind(StrEnum):
    """What sort of somebody acts."""

    USER = "user"
    API_KEY = "apikey"
    DRIVER = "driver"
    CUSTOMER = "customer"
    SYSTEM = "system"
    """A command on the server's own machine."""
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: what the activity log and the events of an order say of him.

    ``id`` is stable (user name, key name, driver id, order id of a customer's link), never a
    secret; ``role`` only for users and API keys; ``address`` where he comes from.
    ``num`` is the row of a login, a key or a driver.
    """

    kind: Kind
    id: str
    role: Role | None = None
    address: str | None = None
    num: int | None = None

    def may(self, action: Action) -> bool:
        """Whether the role allows ``action``."""
        return self.role is not None and action in ALLOWED[self.role]

    def require(self, action: Action) -> None:
        """Raise ``not_authenticated`` for nobody, ``forbidden`` for a role that may not."""
        if self.role is None:
            raise OnthewayError("not_authenticated", "Please sign in, or send an API key.")
        if action not in ALLOWED[self.role]:
            raise OnthewayError("forbidden", f"The role {self.role} may not do this.")


SYSTEM: Final = Actor(Kind.SYSTEM, "system", Role.ADMIN)
