"""The one writer: a thread that owns the only connection that writes, and answers after the sync.

Knows nothing of what is written: writes are functions that get a `Tx`.
"""

import asyncio
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.domain.errors import OnthewayError, unavailable
from app.storage.connect import StoreRefused, is_damage, writer_engine
from app.storage.known import KnownDrivers
from app.storage.transaction import Tx
from app.tracking.records import DoneBefore

GROUP_POINTS: Final = 200
GROUP_SECONDS: Final = 0.02
MOST_WAITING: Final = 20_000
"""Points and other writes that may wait; at the slowest speed that is promised, two seconds."""
MOST_ASIDE: Final = 10_000
ASIDE_SECONDS: Final = 0.25
"""How long a write that nobody awaits may wait for a group to ride with."""

T = TypeVar("T")

log: Final = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False, repr=False)
class _Item:
    """One write that waits, and how it went; ``failure`` wins over ``result``."""

    work: Callable[[Tx], Any]
    then: Callable[[Any], object] | None
    future: asyncio.Future[Any]
    weight: int
    result: Any = None
    failure: Exception | None = None


class Writer:
    """Writes in groups: one transaction, one sync, then all answers in the order of the writes.

    ``damaged`` once a write found the file damaged.
    """

    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop) -> None:
        self._path = path
        self._loop = loop
        self._changed = threading.Condition()
        self._queue: deque[_Item] = deque()
        self._waiting = 0
        self._aside: deque[tuple[str, Sequence[Any]]] = deque()
        self._closing = False
        self._engine: Engine | None = None
        self._known = KnownDrivers()
        self._failing = False
        self.damaged = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    async def write(
        self,
        work: Callable[[Tx], T],
        then: Callable[[T], object] | None = None,
        *,
        weight: int = 1,
    ) -> T:
        """Run ``work`` in the writer's thread; return its result once it is synced to disk.

        ``then`` is called on the loop before. ``work`` raising `OnthewayError`, `DoneBefore` or
        an integrity error is undone alone. Raises ``unavailable`` when nothing can be stored.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        with self._changed:
            if self._closing or self._waiting + weight > MOST_WAITING:
                raise unavailable()
            self._queue.append(_Item(work, then, future, weight))
            self._waiting += weight
            self._changed.notify()
        return await future

    def write_aside(self, statement: str, values: Sequence[Any]) -> None:
        """Run one statement with the next group. Nobody is told; the newest are lost when full."""
        with self._changed:
            if len(self._aside) < MOST_ASIDE:
                self._aside.append((statement, values))
                if len(self._aside) == 1:
                    self._changed.notify()

    @property
    def has_aside(self) -> bool:
        """Whether statements wait for the next group."""
        return bool(self._aside)

    async def close(self) -> None:
        """Finish what waits; refuse what comes. The connection stays open: see `disconnect`."""
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
            group: list[_Item] = []
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
                if self._aside and not self._changed.wait(ASIDE_SECONDS):
                    return True
                if not self._aside:
                    self._changed.wait()
            return bool(self._queue) or (bool(self._aside) and not self._failing)

    def _take(self) -> _Item | None:
        with self._changed:
            if not self._queue:
                return None
            item = self._queue.popleft()
            self._waiting -= item.weight
            return item

    def _write_group(self, group: list[_Item]) -> None:
        """Run what waits in one transaction, up to the limits of a group."""
        item = self._take()
        if item is not None:
            group.append(item)
        with self._connect() as connection, connection.begin():
            cursor = _cursor(connection)
            aside = self._run_aside(cursor)
            end = monotonic() + GROUP_SECONDS
            weight = 0
            while item is not None:
                self._run_item(item, Tx(connection, cursor, self._known))
                weight += item.weight
                if weight >= GROUP_POINTS or monotonic() >= end:
                    break
                item = self._take()
                if item is not None:
                    group.append(item)
        for _ in range(aside):
            self._aside.popleft()

    def _run_aside(self, cursor: sqlite3.Cursor) -> int:
        """Run what rides along, each alone; return how many are done when the group is."""
        with self._changed:
            aside = list(islice(self._aside, GROUP_POINTS))
        for statement, values in aside:
            try:
                cursor.execute(statement, values)
            except Exception as error:
                if _ends_group(error):
                    raise
                _tell(logging.ERROR, "store.aside_failed", exc_info=error)
        return len(aside)

    def _run_item(self, item: _Item, tx: Tx) -> None:
        """Run one write; raise only what ends the whole group."""
        try:
            item.result = item.work(tx)
            tx.keep()
        except (OnthewayError, DoneBefore) as error:
            tx.undo()
            item.failure = error
        except Exception as error:
            if _ends_group(error):
                raise
            tx.undo()
            self._known.forget_all()
            item.failure = _failure(error)

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
            _tell(logging.WARNING, "store.close_failed", error=str(error))
        self._engine = None

    def _give_up(self, group: list[_Item], error: Exception) -> None:
        """Nothing of the group is stored: say so to each, and start anew with the next."""
        for item in group:
            item.failure = unavailable()
        first, self._failing = not self._failing, True
        self.damaged |= is_damage(error)
        self._known.forget_all()
        self._disconnect()
        known = isinstance(error, sqlite3.Error | SQLAlchemyError | StoreRefused | OSError)
        if not known:
            _tell(logging.ERROR, "store.group_failed", exc_info=error)
        elif first:
            _tell(logging.ERROR, "store.failing", error=str(error))

    def _recovered(self) -> None:
        if self._failing:
            self._failing = False
            _tell(logging.INFO, "store.recovered")

    def _answer(self, group: list[_Item]) -> None:
        if not group:
            return
        try:
            self._loop.call_soon_threadsafe(_deliver, group)
        except RuntimeError:
            _tell(logging.WARNING, "store.nobody_to_tell", writes=len(group))


def _tell(level: int, event: str, **values: Any) -> None:
    """Log, if that can be done: a full disk of the log must not stop the writer."""
    with suppress(OSError, ValueError):
        log.log(level, event, **values)


def _cursor(connection: Connection) -> sqlite3.Cursor:
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise StoreRefused("The connection to the database is gone.")
    return raw.cursor()


def _ends_group(error: Exception) -> bool:
    """Whether the database itself failed, so that nothing of the group can be trusted."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    alone = sqlite3.IntegrityError | sqlite3.DataError | sqlite3.InterfaceError
    return isinstance(cause, sqlite3.Error) and not isinstance(
        cause, alone | sqlite3.ProgrammingError
    )


def _failure(error: Exception) -> Exception:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.IntegrityError):
        return OnthewayError("conflict", "This contradicts what is stored.")
    return error


def _deliver(group: list[_Item]) -> None:
    """On the loop: tell of each write in the order of the commits."""
    for item in group:
        if item.failure is None and item.then is not None:
            try:
                item.then(item.result)
            except Exception as error:
                _tell(logging.ERROR, "store.then_failed", exc_info=error)
        if item.future.done():
            continue
        if item.failure is None:
            item.future.set_result(item.result)
        else:
            item.future.set_exception(item.failure)
