"""Old positions, pictures of proof, messages and what is known of customers are deleted, once they
are older than the business keeps each: a little at a time, so that nothing that a driver sends has
to wait."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from app.domain.errors import OnthewayError
from app.domain.times import DAY
from app.tracking.board import Board
from app.tracking.monitor import Now
from app.tracking.ports import Orders, Positions, Proofs, Talk
from app.tracking.preferences import PreferenceDesk
from app.tracking.tasks import spawn

SLICE: Final = 100
"""Deleted in one write: each row is in a page of its own of every index."""
PAUSE: Final = 0.05
"""Seconds between two slices; a thousand positions a second go, more than a large fleet sends."""

Forget = Callable[[int, int], Awaitable[int]]
"""Deletes what is older than a time, at most so many; how many."""

_log = structlog.get_logger("retention")


class Retention:
    """Deletes what is older than the settings say; nothing while they say 0."""

    def __init__(
        self,
        positions: Positions,
        proofs: Proofs,
        talk: Talk,
        orders: Orders,
        preferences: PreferenceDesk,
        now: Now,
        board: Board,
    ) -> None:
        self._positions = positions
        self._proofs = proofs
        self._talk = talk
        self._orders = orders
        self._preferences = preferences
        self._now = now
        self._board = board
        self._running: asyncio.Task[None] | None = None

    def tick(self) -> None:
        """Begin a round, unless one is still going on."""
        now = self._preferences.current
        kept = (now.keep_days, now.keep_proof_days, now.keep_message_days, now.keep_customer_days)
        wanted = any(kept)
        if wanted and (self._running is None or self._running.done()):
            self._running = spawn(self._round(), "old data")

    async def _round(self) -> None:
        try:
            await self.sweep()
            await self.sweep_proof()
            await self.sweep_messages()
            await self.sweep_customers()
        except OnthewayError as error:  # what could not be deleted now is at a later round
            _log.warning("old data not deleted", code=error.code)

    async def sweep(self) -> int:
        """Delete all that is too old by now; how many. Raises ``unavailable``.

        What is kept may change while this goes on: each slice asks again.
        """
        deleted = 0
        end = self._end()
        for driver_num in [] if end is None else await self._positions.drivers_before(end):
            while (end := self._end()) is not None:
                count = await self._positions.forget(driver_num, end, SLICE)
                deleted += count
                await asyncio.sleep(PAUSE)
                if count < SLICE:
                    self._board.forget_before(driver_num, end)
                    break
        if deleted:
            _log.info("old positions deleted", count=deleted)
        return deleted

    async def sweep_proof(self) -> int:
        """Delete the pictures that are too old by now; how many. Raises ``unavailable``."""
        return await self._sweep(
            "proof", lambda: self._preferences.current.keep_proof_days, self._proofs.forget
        )

    async def sweep_messages(self) -> int:
        """Delete what people wrote too long ago about orders that are over; how many messages,
        and orders with a note. Raises ``unavailable``."""
        return await self._sweep(
            "messages", lambda: self._preferences.current.keep_message_days, self._talk.forget
        )

    async def sweep_customers(self) -> int:
        """Delete who the customers of orders that are over too long were; how much it was.
        Raises ``unavailable``."""
        return await self._sweep(
            "customers",
            lambda: self._preferences.current.keep_customer_days,
            self._forget_customers,
        )

    async def _forget_customers(self, end: int, most: int) -> int:
        """Also where orders that are over are still looked at, once none is left in the store."""
        count = await self._orders.forget_customers(end, most)
        if not count:
            self._board.forget_customers(end)
        return count

    async def _sweep(self, what: str, kept: Callable[[], int], forget: Forget) -> int:
        """Delete slice by slice; what is kept (days, 0: all) is asked before each."""
        deleted = 0
        while days := kept():
            count = await forget(self._now() - days * DAY, SLICE)
            deleted += count
            if not count:
                break
            await asyncio.sleep(PAUSE)
        if deleted:
            _log.info(f"old {what} deleted", count=deleted)
        return deleted

    def _end(self) -> int | None:
        """The time before which positions are too old; None: all are kept."""
        days = self._preferences.current.keep_days
        return self._now() - days * DAY if days else None
