"""The door for phone apps that send over HTTP: who it is, what is stored, what is remembered.

Knows no HTTP: a reading comes in, and it is stored when `PhoneDoor.take` returns.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakValueDictionary

from app.domain.access import Kind
from app.domain.errors import OnthewayError, unavailable
from app.domain.position import Flag, flag_names
from app.protocol.apps.doubt import Doubt
from app.protocol.apps.message import App, Reading, Reply
from app.protocol.driver import MAX_BATCH
from app.protocol.point import Point
from app.tracking.board import Board
from app.tracking.credentials import token_hash
from app.tracking.fleet import EndedToken, Fleet
from app.tracking.hub import Hub
from app.tracking.intake import Intake
from app.tracking.monitor import Monitor
from app.tracking.raw_views import Way
from app.tracking.records import Arrival, NotTaken, Outcome
from app.tracking.reports import Reports
from app.tracking.throttle import Buckets
from app.tracking.wishes import Wishes

BATCH_SHARE: Final = 0.1
"""A point among others counts a tenth of a message, as on the socket."""
ONLINE_FOR: Final = 300.0
"""Seconds without a message after which an app is not online any more."""
SAME_FOR: Final = 60.0
"""Seconds within which a point without a time is the same as before."""
MOST_KNOWN: Final = 20_000
NEVER_VALID: Final = frozenset({"not_authenticated", "revoked", "not_found"})
SILENT: Final = "a sign of life"

_ASSUMED: Final = int(Flag.SPEED_UNIT_ASSUMED)


@dataclass(slots=True, kw_only=True)
class PhoneDoor:
    """For all phone apps. ``refusals`` are counted by address, ``rates`` by driver, both shared
    with the drivers' sockets."""

    fleet: Fleet
    intake: Intake
    board: Board
    hub: Hub
    monitor: Monitor
    reports: Reports
    wishes: Wishes
    rates: Buckets
    refusals: Buckets
    monotonic: Callable[[], float]
    _known: dict[bytes, int] = field(default_factory=dict)
    _rotations: int = 0
    _untimed: dict[tuple[int, Point], float] = field(default_factory=dict)
    _turns: WeakValueDictionary[int, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """Of drivers whose points without a time are being stored: the same point may come at once."""
    _doubts: dict[int, Doubt] = field(default_factory=dict)

    async def identify(self, token: str, address: str | None) -> int:
        """The row of a token's driver.

        Raises ``not_authenticated``, the same for tokens that ended; ``unavailable`` while nobody
        can be looked up, or too many were refused; ``too_many`` for one who is blocked.
        """
        if self._rotations != self.hub.rotations or len(self._known) > MOST_KNOWN:
            self._known.clear()
            self._rotations = self.hub.rotations
        key = token_hash(token)
        num = self._known.get(key)
        if num is None:
            num = self._known[key] = await self._look_up(token, address)
        try:
            self.monitor.blocks.require((Kind.DRIVER, num))
        except OnthewayError:
            self._note(num, "A request was refused: this driver is blocked for a while")
            raise
        return num

    async def take(self, driver_num: int, app: App, reading: Reading) -> Reply:
        """Store what a phone said, and give the answer; it is synced when this returns.

        Raises ``unavailable`` where it cannot be stored or comes too fast, and
        ``not_authenticated`` for a driver who was removed meanwhile.
        """
        points = reading.points
        wait = self.rates.take(driver_num, max(1.0, len(points) * BATCH_SHARE))
        if wait:
            raise come_again(wait)
        fresh: list[Point] = []
        outcomes: list[Outcome] = []
        for begin in range(0, len(points), MAX_BATCH):
            part, ends = await self._take_part(driver_num, points[begin : begin + MAX_BATCH])
            fresh += part
            outcomes += ends
        verdict = _verdict(reading, outcomes)
        if verdict.startswith("not "):  # the app is told nothing of it: it would send it for ever
            self._note(driver_num, f"{verdict[0].upper()}{verdict[1:]}")
        doubtful = self._doubt(driver_num, fresh)
        if self.hub.phone_heard(driver_num, self.monotonic()):
            self.board.changed("driver", driver_num)
        self.reports.heard(driver_num, app.name, reading, verdict, doubtful=doubtful)
        wish = None if app.tell is None else self.wishes.of(driver_num, reading)
        return app.reply if app.tell is None or wish is None else app.tell(wish)

    def tick(self) -> None:
        """Called every second: apps that were silent for too long are not online any more."""
        for driver_num in self.hub.silent_phones(self.monotonic() - ONLINE_FOR):
            self.board.changed("driver", driver_num)

    # who it is

    async def _look_up(self, token: str, address: str | None) -> int:
        """As of now: a token may end during the look-up."""
        try:
            while True:
                rotations = self.hub.rotations
                driver, _ = await self.fleet.identify(token, address)
                if self.hub.rotations == rotations:
                    return driver.num
        except OnthewayError as error:
            if error.code not in NEVER_VALID:
                raise
            wait = self.refusals.take(address)
            if wait:
                raise come_again(wait) from None
            whose = error.actor if isinstance(error, EndedToken) else None
            self.monitor.refused("phone", address, error.code, whose)
            if whose is not None and whose.num is not None:
                self._note(whose.num, "A request was refused: its token was ended")
            raise _not_valid() from None

    # what is stored

    async def _take_part(
        self, driver_num: int, points: Sequence[Point]
    ) -> tuple[list[Point], Sequence[Outcome]]:
        """Store what is new of some points; in turn where only their content tells them apart."""
        fresh = list(dict.fromkeys(points)) if len(points) > 1 else list(points)
        if all(point.fix.fix_time is not None for point in fresh):
            return fresh, (await self._stored(driver_num, fresh)).outcomes
        async with self._turns.setdefault(driver_num, asyncio.Lock()):
            fresh = [point for point in fresh if not self._is_same(driver_num, point)]
            arrival = await self._stored(driver_num, fresh) if fresh else None
            for point in fresh:
                self._remember(driver_num, point)
        return fresh, [] if arrival is None else arrival.outcomes

    async def _stored(self, driver_num: int, points: list[Point]) -> Arrival:
        stored: asyncio.Future[Arrival] = asyncio.get_running_loop().create_future()

        def answer(arrival: Arrival) -> None:
            if not stored.done():
                stored.set_result(arrival)

        self.intake.take(driver_num, points, answer)
        arrival = await stored
        if arrival.failure is not None:
            raise _not_valid() if arrival.failure.code in NEVER_VALID else arrival.failure
        return arrival

    def _is_same(self, driver_num: int, point: Point) -> bool:
        """Whether a point without a time was sent a moment ago; one with a time is known by it."""
        if point.fix.fix_time is not None:
            return False
        before = self._untimed.get((driver_num, point))
        return before is not None and self.monotonic() - before < SAME_FOR

    def _remember(self, driver_num: int, point: Point) -> None:
        if point.fix.fix_time is not None:
            return
        while len(self._untimed) >= MOST_KNOWN:
            del self._untimed[next(iter(self._untimed))]
        self._untimed[driver_num, point] = self.monotonic()

    def _note(self, driver_num: int, text: str) -> None:
        """For those who look at this driver's messages."""
        self.monitor.raw_views.overheard(driver_num, Way.NOTE, 0, text)

    def _doubt(self, driver_num: int, points: list[Point]) -> bool:
        found = False
        for point in points:
            if point.flags & _ASSUMED:
                doubt = self._doubts.setdefault(driver_num, Doubt())
                found = doubt.look(point.fix)
        return found


def come_again(wait: float) -> OnthewayError:
    """The refusal of what may be sent again, in ``wait`` seconds."""
    error = unavailable()
    error.retry_after = max(1.0, wait)
    return error


def _not_valid() -> OnthewayError:
    return OnthewayError("not_authenticated", "This driver token is not valid.")


def _verdict(reading: Reading, outcomes: Sequence[Outcome]) -> str:
    """What became of a message, in words."""
    if not reading.points:
        return f"not used: {reading.reason}" if reading.reason else SILENT
    refused = [one for one in outcomes if isinstance(one, NotTaken)]
    if refused:
        return f"not recorded: {refused[-1].code.replace('_', ' ')}"
    new = [one for one in outcomes if not isinstance(one, NotTaken) and not one.repeat]
    if not new:
        return "received before"
    flags = flag_names(new[-1].flags)
    return ", ".join(["stored", *flags]).replace("_", " ")
