"""A write that a client may send again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Once:
    """An `Idempotency-Key`: the write happens once in 24 hours per holder and key.

    ``render`` makes the kept answer from the result of the write; ``fingerprint`` is a hash
    of method, path and body.
    """

    holder: str
    key: str
    fingerprint: bytes
    status: int
    render: Callable[[Any], bytes]


class DoneBefore(Exception):
    """The same idempotency key came before: here is the answer of then."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__("done before")
        self.status = status
        self.body = body
