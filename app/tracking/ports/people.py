"""Users, their sign-ins, and keys."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.access import Role
from app.tracking.records import (
    ApiKey,
    Login,
    User,
)


class People(Protocol):
    """Users, their logins, and API keys."""

    async def add_user(self, name: str, role: Role, password_hash: str, now: int) -> User:
        """Make a user; ``already_exists``."""

    async def set_password(self, name: str, password_hash: str, keep_login: int | None) -> User:
        """New password, all other logins ended; ``not_found``."""

    async def remove_user(self, name: str) -> User:
        """Remove a user with his logins; ``not_found``."""

    async def find_user(self, name: str) -> User | None:
        """The user of this name."""

    async def users(self) -> list[User]:
        """All users, by name."""

    async def add_login(
        self, user: User, token_hash: bytes, now: int, address: str | None, agent: str | None
    ) -> Login:
        """A person signed in."""

    async def find_login(self, token_hash: bytes) -> Login | None:
        """The login of this cookie."""

    async def logins(self) -> list[Login]:
        """All logins, also those whose time is over, the newest first."""

    async def set_role(self, name: str, role: Role) -> User:
        """Another role for a user; ``not_found``."""

    async def touch_login(self, login_num: int, now: int) -> None:
        """It is being used."""

    async def end_logins(self, nums: Sequence[int]) -> None:
        """Signed out."""

    async def add_key(self, name: str, role: Role, key_hash: bytes, now: int) -> ApiKey:
        """Make an API key; ``already_exists``."""

    async def find_key(self, key_hash: bytes) -> ApiKey | None:
        """The key, unless revoked."""

    async def keys(self) -> list[ApiKey]:
        """All keys, also revoked ones, by name."""

    async def revoke_key(self, name: str, now: int) -> ApiKey:
        """End a key; again is the same; ``not_found``."""
