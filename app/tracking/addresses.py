"""Addresses looked up for staff: one question at a time, seldom, and none twice within a day.

The pace is what the usage policy of Nominatim's public server asks for; a server of one's own
takes more, but nobody types faster.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from app.domain.access import Action, Actor
from app.domain.errors import OnthewayError
from app.protocol.found_places import FoundPlace
from app.tracking.ports import Geocoder
from app.tracking.throttle import Monotonic

MAX_ADDRESS: Final = 500
EVERY: Final = 1.0
"""Seconds from one question to the next, at least."""
MOST_WAITING: Final = 5
KEPT_FOR: Final = 24 * 3_600.0
MOST_KEPT: Final = 1_000


class AddressDesk:
    """What was found is kept for a day; ``geocoder`` is asked for the rest."""

    def __init__(
        self,
        geocoder: Geocoder,
        clock: Monotonic,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self._geocoder = geocoder
        self._clock = clock
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._next_at = float("-inf")
        self._kept: dict[str, tuple[float, list[FoundPlace]]] = {}

    async def find(self, address: str, actor: Actor) -> list[FoundPlace]:
        """The places that fit an address, the best first; empty: none does.

        Raises ``invalid_field`` address, ``too_many`` while others wait, ``unavailable`` as the
        geocoder does.
        """
        actor.require(Action.DISPATCH)
        text = " ".join(address.replace("\0", " ").split())
        if not text:
            raise _wrong("Please type an address first.")
        if len(text) > MAX_ADDRESS:
            raise _wrong(f"An address has at most {MAX_ADDRESS} characters.")
        kept = self._known(text)
        return kept if kept is not None else await self._ask_in_turn(text)

    async def _ask_in_turn(self, text: str) -> list[FoundPlace]:
        if self._waiting >= MOST_WAITING:
            raise OnthewayError(
                "too_many", "Others are looking up addresses; please try again in a moment."
            )
        self._waiting += 1
        try:
            async with self._turn:
                kept = self._known(text)  # somebody may have asked the same meanwhile
                return kept if kept is not None else await self._ask(text)
        finally:
            self._waiting -= 1

    async def _ask(self, text: str) -> list[FoundPlace]:
        await self._sleep(max(0.0, self._next_at - self._clock()))
        self._next_at = self._clock() + EVERY
        found = await self._geocoder.find(text)
        if len(self._kept) >= MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[text.casefold()] = self._clock() + KEPT_FOR, found
        return found

    def _known(self, text: str) -> list[FoundPlace] | None:
        until, found = self._kept.get(text.casefold(), (float("-inf"), None))
        if self._clock() < until:
            return found
        self._kept.pop(text.casefold(), None)
        return None


def _wrong(sentence: str) -> OnthewayError:
    return OnthewayError("invalid_field", sentence, field="address")
