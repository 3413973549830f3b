"""The business's log and settings."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One line of the activity log. ``kind`` is a dotted word such as "login.failed"."""

    at: int
    kind: str
    actor_kind: str
    actor_id: str
    address: str | None
    subject: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    num: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A value that was changed on the settings page; ``value`` is JSON, ``by`` who did it."""

    name: str
    value: str
    updated_at: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFilter:
    """Which lines of the log: of these kinds, by these actors (their ids), about this subject or by
    its customer, from ``since`` to before ``until``; None is any."""

    kinds: frozenset[str] | None = None
    actors: frozenset[str] | None = None
    subject: str | None = None
    since: int | None = None
    until: int | None = None
