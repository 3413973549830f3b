"""A server under load, as the load sees it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Door:
    """Where a socket is opened, and with what right."""

    path: str
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A running server: order number i has driver i and is watched through viewer i."""

    pid: int
    port: int
    orders: Sequence[str]
    drivers: Sequence[Door]
    viewers: Sequence[Door]
    answers: bool
    """Whether it acks what it stored; peers do not."""
    key: str = ""
    """An admin's API key, of the product alone."""


def order_names(count: int) -> list[str]:
    """The orders of a peer, which knows them by name alone."""
    return [f"B{number}" for number in range(count)]
