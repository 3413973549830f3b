"""Who is shut out for a while: addresses, and the holders of tokens. Knows no door.

Kept in memory: a restart of the server lifts all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.domain.access import Actor, Kind
from app.domain.errors import OnthewayError
from app.domain.times import SECOND

ADDRESS: Final = "address"
TOKENS: Final = frozenset({Kind.DRIVER, Kind.API_KEY})

Key = tuple[str, int | str]
"""What is shut out: `ADDRESS` and one, or a `Kind` and the row of a driver or key, or a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block: ``name`` is what people call it, ``by`` who made it; microseconds."""

    id: str
    key: Key
    name: str
    by: str
    since: int
    until: int


class Blocks:
    """The blocks that hold now."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._held: dict[Key, Block] = {}

    def add(self, block: Block) -> None:
        """Shut out; an earlier block of the same is replaced."""
        self._held[block.key] = block

    def lift(self, block_id: str) -> Block | None:
        """Let in again; None where it is over already."""
        found = next((one for one in self.listed() if one.id == block_id), None)
        if found is not None:
            del self._held[found.key]
        return found

    def listed(self) -> list[Block]:
        """Those that hold now, the newest first."""
        now = self._now()
        self._held = {key: one for key, one in self._held.items() if one.until > now}
        return sorted(self._held.values(), key=lambda one: one.since, reverse=True)

    def holds(self, key: Key | None) -> bool:
        """Whether this is shut out now."""
        return self._left(key) > 0

    def of(self, *keys: Key | None) -> Block | None:
        """The block that holds now for the first of ``keys`` that is shut out."""
        found = next((key for key in keys if self.holds(key)), None)
        return None if found is None else self._held[found]

    def require(self, key: Key | None) -> None:
        """Raise ``too_many``, with the time that is left, for what is shut out."""
        left = self._left(key)
        if left > 0:
            raise OnthewayError(
                "too_many",
                "This is blocked for a while; please come again later.",
                retry_after=left / SECOND,
            )

    def _left(self, key: Key | None) -> int:
        """Microseconds; asked at every request, and nearly always of nothing."""
        if not self._held or key is None:
            return 0
        block = self._held.get(key)
        return 0 if block is None else max(0, block.until - self._now())


def address_key(address: str | None) -> Key | None:
    """What is shut out with an address."""
    return None if address is None else (ADDRESS, address)


def token_key(actor: Actor | None, link: str | None = None) -> Key | None:
    """What is shut out with a token: of a driver, a program, or the link of a customer."""
    if actor is None:
        return None
    if actor.kind is Kind.CUSTOMER and link is not None:
        return (actor.kind, link)
    if actor.kind in TOKENS and actor.num is not None:
        return (actor.kind, actor.num)
    return None
