"""Users, their sign-ins, and keys."""

from dataclasses import dataclass

from app.domain.access import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who may sign in."""

    num: int
    name: str
    role: Role
    password_hash: str
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A person signed in on one browser."""

    num: int
    user: User
    created_at: int
    seen_at: int
    address: str | None
    agent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A program's key."""

    num: int
    name: str
    role: Role
    created_at: int
    revoked_at: int | None
