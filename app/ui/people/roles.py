"""What people and keys may do, in words."""

from typing import Final

from app.domain.access import Role
from app.domain.errors import OnthewayError

ROLES: Final = {
    Role.VIEWER.value: "Viewer: sees, changes nothing",
    Role.DISPATCHER.value: "Dispatcher: orders and drivers",
    Role.ADMIN.value: "Admin: everything, also people",
}

RANKS: Final = list(reversed(Role))
"""Who may most is first."""


def role_of(value: object) -> Role:
    """A chosen role; ``invalid_field``."""
    try:
        return Role(str(value))
    except ValueError:
        raise OnthewayError("invalid_field", "Please choose a role.", field="role") from None
