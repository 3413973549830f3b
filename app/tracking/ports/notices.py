"""Notifications: who listens, and the push service that tells them."""

from collections.abc import Callable, Collection
from typing import Protocol

from app.domain.notice import Event
from app.domain.push import PushAddress, Reply
from app.tracking.records import (
    Listener,
)


class Notices(Protocol):
    """Browsers that are told of an order, each by one of its links."""

    async def add(
        self,
        link_id: str,
        address: PushAddress,
        locale: str,
        told: Collection[Event],
        then: Callable[[bool], None],
    ) -> bool:
        """Tell this browser too, but not what is ``told`` or reached already; whether it is new.

        Raises ``illegal_step`` once the order is over, ``revoked`` for a link that was ended
        meanwhile, and ``conflict`` for too many.
        """

    async def has(self, link_id: str, name: str) -> bool:
        """Whether the browser of this name is told."""

    async def remove(self, link_id: str, name: str) -> int | None:
        """Tell it no more; its row number, None where it was not told anyway."""

    async def claim(self, order_num: int, event: Event, now: int) -> list[Listener]:
        """Those who are to be told of this now, and never again: who was, or whose link ended, is
        not among them. With one of the `LAST` events they are all removed."""

    async def drop(self, num: int) -> None:
        """Nobody is there any more."""

    async def forget(self, now: int, then: Callable[[set[int]], None]) -> set[int]:
        """Remove those whose link ended, or whose order did a while ago; the orders of the
        others."""


class Pusher(Protocol):
    """The push services of browsers' makers."""

    @property
    def key(self) -> str:
        """What browsers ask their services for an address with, where only its owner writes to."""

    @property
    def services(self) -> Collection[str]:
        """Which of them are called: see `app.domain.push.SERVICES`."""

    async def push(
        self, to: PushAddress, text: bytes, *, seconds: int, urgent: bool, topic: str
    ) -> Reply:
        """Send it, readable for that browser alone; never raises what a network does.

        The service keeps it so many seconds for a browser that is away, and of one topic only the
        newest.
        """

    async def close(self) -> None:
        """End the connections."""
