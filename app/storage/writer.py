"""The one writer: a thread that owns the only connection that writes, and answers after the sync.

What waits becomes a group: one transaction, one sync, one call back on the loop. Most of it are
positions, which take a short way of their own (`Recorder`); any other write is a function that
gets a `Tx`.
"""

import asyncio
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from app.domain.errors import OnthewayError, unavailable
from app.storage.connect import is_damage, writer_engine
from app.storage.known import KnownDrivers
from app.storage.refused import StoreRefused
from app.storage.transaction import Tx
from app.storage.unfiled import MOST, SLICE, Unfiled
from app.storage.work import Arrivals, Desk, Filing, Item, Work, ends_group, tell
from app.tracking.records import Arrival

GROUP_SECONDS: Final = 0.02
GATHER_SECONDS: Final = 0.008
"""Groups begin so far apart: what comes meanwhile shares a sync. After a pause nothing waits."""
MOST_WAITING: Final = 40_000
"""Points and other writes that may wait: one to two seconds of a slow core's work. Who comes then
is told to come again, which costs half as much as storing."""
MOST_ASIDE: Final = 10_000
ASIDES: Final = 200
"""Statements that ride along with one group."""
IDLE_SECONDS: Final = 0.25
"""So long nothing came: what nobody awaits is written, and positions are filed."""

T = TypeVar("T")

log: Final = structlog.get_logger(__name__)


class Writer:
    """Writes in groups: one transaction, one sync, then all answers in the order of the writes.

    ``damaged`` once a write found the file damaged.
    """

    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop) -> None:
        self._path = path
        self._loop = loop
        self._changed = threading.Condition()
        self._queue: deque[Work] = deque()
        self._waiting = 0
        self._arrivals: Arrivals | None = None
        self._aside: deque[tuple[str, Sequence[Any]]] = deque()
        self._closing = False
        self._engine: Engine | None = None
        self._known = KnownDrivers()
        self._unfiled: Unfiled | None = None
        self._failing = False
        self._began = 0.0
        self.damaged = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    async def write(
        self,
        work: Callable[[Tx], T],
        then: Callable[[T], object] | None = None,
    ) -> T:
        """Run ``work`` in the writer's thread; return its result once it is synced to disk.

        ``then`` is called on the loop before. ``work`` raising `OnthewayError`, `DoneBefore` or
        an integrity error is undone alone. Raises ``unavailable`` when nothing can be stored.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        self._hand_over()
        self._enqueue(Item(work, then, future))
        return await future

    def record(self, arrival: Arrival) -> None:
        """Judge and store positions; ``arrival.done`` is called on the loop. See `Positions`."""
        weight = len(arrival.points)
        arrivals = self._arrivals
        waiting = self._waiting + (arrivals.weight if arrivals else 0)
        if self._closing or (waiting and waiting + weight > MOST_WAITING):
            arrival.failure = unavailable()
            arrival.done(arrival)
            return
        if arrivals is None:
            arrivals = self._arrivals = Arrivals()
            self._loop.call_soon(self._hand_over)
        arrivals.arrivals.append(arrival)
        arrivals.weight += weight

    async def file(self, drivers: Collection[int]) -> None:
        """See that the tables hold all positions of these drivers; raises ``unavailable``."""
        unfiled = self._unfiled
        if unfiled is not None:
            drivers = [driver_num for driver_num in drivers if unfiled.holds(driver_num)]
        if not drivers:
            return
        future: asyncio.Future[None] = self._loop.create_future()
        self._hand_over()
        self._enqueue(Filing(drivers, future))
        await future

    def _hand_over(self) -> None:
        """What came in this turn of the loop goes to the writer's thread, in one piece."""
        arrivals, self._arrivals = self._arrivals, None
        if arrivals is not None:
            try:
                self._enqueue(arrivals)
            except OnthewayError:
                arrivals.give_up()
                arrivals.deliver()

    def _enqueue(self, item: Work) -> None:
        with self._changed:
            if self._closing or (self._waiting and self._waiting + item.weight > MOST_WAITING):
                raise unavailable()
            self._queue.append(item)
            self._waiting += item.weight
            self._changed.notify()

    def write_aside(self, statement: str, values: Sequence[Any]) -> None:
        """Run one statement with the next group. Nobody is told; the newest are lost when full."""
        with self._changed:
            if len(self._aside) < MOST_ASIDE:
                self._aside.append((statement, values))
                if len(self._aside) == 1:
                    self._changed.notify()

    @property
    def groups_of_aside(self) -> int:
        """How many groups take all statements along that wait now."""
        return -(-len(self._aside) // ASIDES)

    async def close(self) -> None:
        """Finish what waits; refuse what comes. The connection stays open: see `disconnect`."""
        self._hand_over()
        with self._changed:
            self._closing = True
            self._changed.notify()
        await asyncio.to_thread(self._thread.join)

    async def disconnect(self) -> None:
        """Close the connection of a closed writer.

        As the last of all it brings the write-ahead log into the file, which readers cannot.
        """
        await asyncio.to_thread(self._disconnect)

    # --- in the writer's thread ----------------------------------------------------------

    def _run(self) -> None:
        while self._wait():
            self._do_group()
        while not self._failing and self._unfiled is not None and self._unfiled.pending:
            self._do_group()

    def _do_group(self) -> None:
        group: list[Work] = []
        try:
            self._write_group(group)
        except Exception as error:
            self._give_up(group, error)
        else:
            self._recovered()
        self._answer(group)

    def _wait(self) -> bool:
        """Wait for something to do; False when all is done and the store closes."""
        with self._changed:
            while not self._queue and not self._closing:
                idle_work = bool(self._aside) or (
                    self._unfiled is not None and self._unfiled.pending
                )
                if idle_work and not self._changed.wait(IDLE_SECONDS):
                    return True
                if not idle_work:
                    self._changed.wait()
            return bool(self._queue) or (bool(self._aside) and not self._failing)

    def _take(self) -> Work | None:
        with self._changed:
            if not self._queue:
                return None
            item = self._queue.popleft()
            self._waiting -= item.weight
            return item

    def _write_group(self, group: list[Work]) -> None:
        """Run what waits in one transaction, up to the limits of a group."""
        pause = self._began + GATHER_SECONDS - monotonic()
        if pause > 0 and not self._closing:
            sleep(pause)
        self._began = monotonic()
        item = self._take()
        idle = item is None
        if item is not None:
            group.append(item)
        with self._connect() as connection, connection.begin():
            cursor = _cursor(connection)
            unfiled = self._unfiled
            if unfiled is None:
                unfiled = self._unfiled = Unfiled(cursor)
            aside = self._run_aside(cursor)
            before = unfiled.count
            desk = Desk(connection, cursor, self._known, unfiled)
            end = monotonic() + GROUP_SECONDS
            while item is not None:
                item.run(desk)
                item = None if monotonic() >= end else self._take()
                if item is not None:
                    group.append(item)
            unfiled.keep(cursor)
            if idle:
                unfiled.file_some(cursor, SLICE)
            elif unfiled.count > MOST:
                unfiled.file_some(cursor, 2 * max(SLICE, unfiled.count - before))
        unfiled.committed()
        for _ in range(aside):
            self._aside.popleft()

    def _run_aside(self, cursor: sqlite3.Cursor) -> int:
        """Run what rides along, each alone; return how many are done when the group is."""
        with self._changed:
            aside = list(islice(self._aside, ASIDES))
        for statement, values in aside:
            try:
                cursor.execute(statement, values)
            except Exception as error:
                if ends_group(error):
                    raise
                tell(logging.ERROR, "store.aside_failed", exc_info=error)
        return len(aside)

    def _connect(self) -> Connection:
        if self._engine is None:
            self._engine = writer_engine(self._path)
        return self._engine.connect()

    def _disconnect(self) -> None:
        if self._engine is None:
            return
        try:
            self._engine.dispose()
        except (sqlite3.Error, SQLAlchemyError) as error:
            tell(logging.WARNING, "store.close_failed", error=str(error))
        self._engine = None

    def _give_up(self, group: list[Work], error: Exception) -> None:
        """Nothing of the group is stored: say so to each, and start anew with the next."""
        for item in group:
            item.give_up()
        first, self._failing = not self._failing, True
        self.damaged |= is_damage(error)
        self._known.forget_all()
        self._unfiled = None
        self._disconnect()
        known = isinstance(error, sqlite3.Error | SQLAlchemyError | StoreRefused | OSError)
        if not known:
            tell(logging.ERROR, "store.group_failed", exc_info=error)
        elif first:
            tell(logging.ERROR, "store.failing", error=str(error))

    def _recovered(self) -> None:
        if self._failing:
            self._failing = False
            tell(logging.INFO, "store.recovered")

    def _answer(self, group: list[Work]) -> None:
        if not group:
            return
        try:
            self._loop.call_soon_threadsafe(_deliver, group)
        except RuntimeError:
            tell(logging.WARNING, "store.nobody_to_tell", writes=len(group))


def _cursor(connection: Connection) -> sqlite3.Cursor:
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise StoreRefused("The connection to the database is gone.")
    return raw.cursor()


def _deliver(group: list[Work]) -> None:
    """On the loop: tell of each write in the order of the commits."""
    for item in group:
        item.deliver()
