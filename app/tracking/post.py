"""Messages on their way to browsers: bounded, repeated where a service asks for it, never late.

A newer message to a browser replaces one that still waits, and never overtakes one that is being
sent, so that what it shows last is the newest.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog

from app.domain.errors import OnthewayError
from app.domain.push import Reply, Verdict
from app.tracking.ports import Notices, Pusher
from app.tracking.records import Listener
from app.tracking.tasks import spawn
from app.tracking.throttle import Monotonic

MOST: Final = 2_000
"""Browsers that may wait; who comes then is not told."""
AT_A_TIME: Final = 8
PAUSES: Final = (5.0, 30.0, 120.0, 300.0)
"""Seconds before a message is tried again, unless the service asks for more."""
TREMBLE: Final = 0.25
"""By so much a pause may be longer: what failed together does not come again together."""

_log = structlog.get_logger("post")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to one browser; not worth sending after ``until`` (of the monotonic clock)."""

    to: Listener
    text: bytes
    topic: str
    urgent: bool
    until: float


class Post:
    """Takes letters and returns at once. ``wanted`` says, just before a letter is sent, whether
    its browser may still be told."""

    def __init__(
        self,
        pusher: Pusher,
        notices: Notices,
        clock: Monotonic,
        wanted: Callable[[Listener], bool],
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self._pusher = pusher
        self._notices = notices
        self._clock = clock
        self._wanted = wanted
        self._sleep = sleep
        self._turns = asyncio.Semaphore(AT_A_TIME)
        self._waiting: dict[int, Letter] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def send(self, letter: Letter) -> None:
        """Send it as soon as may be."""
        num = letter.to.num
        if num not in self._tasks and len(self._tasks) >= MOST:
            _log.warning("too many wait", service=letter.to.address.service)
            return
        self._waiting[num] = letter
        if num not in self._tasks:
            self._tasks[num] = spawn(self._deliver(num), "message to a browser")
            self._tasks[num].add_done_callback(lambda _: self._tasks.pop(num, None))

    def stop(self, num: int) -> None:
        """Nothing more to this browser."""
        self._waiting.pop(num, None)
        if num in self._tasks:
            self._tasks[num].cancel()

    async def close(self) -> None:
        """Let what waits go: the process ends."""
        self._waiting.clear()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pusher.close()

    async def _deliver(self, num: int) -> None:
        while (letter := self._waiting.pop(num, None)) is not None:
            await self._try(letter)

    async def _try(self, letter: Letter) -> None:
        for pause in (*PAUSES, None):
            async with self._turns:
                left = letter.until - self._clock()
                if left <= 0 or not self._wanted(letter.to):
                    return
                got = await self._push(letter, int(left))
            if got.verdict is Verdict.GONE:
                await self._drop(letter.to)
            if got.verdict is not Verdict.LATER or pause is None:
                return
            wait = max(pause, got.wait or 0.0) * (1 + TREMBLE * random.random())
            if wait > letter.until - self._clock():
                return
            await self._sleep(wait)
            if letter.to.num in self._waiting:  # a newer one says more
                return

    async def _push(self, letter: Letter, seconds: int) -> Reply:
        return await self._pusher.push(
            letter.to.address,
            letter.text,
            seconds=seconds,
            urgent=letter.urgent,
            topic=letter.topic,
        )

    async def _drop(self, listener: Listener) -> None:
        try:
            await self._notices.drop(listener.num)
        except OnthewayError as error:  # it goes with its order
            _log.warning("not removed", code=error.code)
