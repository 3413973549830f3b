"""The kinds of work that the writer's groups are made of: any write, positions, filing.

Each runs in the writer's thread and is told on the loop what became of it.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any, Final, NamedTuple

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.domain.errors import OnthewayError, unavailable
from app.storage.known import KnownDrivers
from app.storage.recorder import Recorder
from app.storage.transaction import Tx
from app.storage.unfiled import Unfiled
from app.tracking.records import Arrival, DoneBefore

log: Final = structlog.get_logger(__name__)


class Item:
    """One write that waits, and how it went; ``failure`` wins over ``result``."""

    __slots__ = ("failure", "future", "result", "then", "weight", "work")

    def __init__(
        self,
        work: Callable[[Tx], Any],
        then: Callable[[Any], object] | None,
        future: asyncio.Future[Any],
    ) -> None:
        self.work = work
        self.then = then
        self.future = future
        self.weight = 1
        self.result: Any = None
        self.failure: Exception | None = None

    def run(self, desk: "Desk") -> None:
        """In the writer's thread; raises only what ends the whole group."""
        tx = Tx(desk.connection, desk.cursor, desk.known, desk.unfiled)
        try:
            self.result = self.work(tx)
            tx.keep()
        except (OnthewayError, DoneBefore) as error:
            tx.undo()
            self.failure = error
        except Exception as error:
            if ends_group(error):
                raise
            tx.undo()
            desk.known.forget_all()
            self.failure = _failure(error)

    def give_up(self) -> None:
        """Nothing of the group is stored."""
        self.failure = unavailable()

    def deliver(self) -> None:
        """On the loop."""
        if self.failure is None and self.then is not None:
            try:
                self.then(self.result)
            except Exception as error:
                tell(logging.ERROR, "store.then_failed", exc_info=error)
        if self.future.done():
            return
        if self.failure is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.failure)


class Arrivals:
    """Positions that came in the same turn of the loop."""

    __slots__ = ("arrivals", "weight")

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.weight = 0

    def run(self, desk: "Desk") -> None:
        """In the writer's thread; one that fails fails alone, unless the database did."""
        recorder = Recorder(desk.cursor, desk.known, desk.unfiled)
        for arrival in self.arrivals:
            mark = desk.unfiled.mark()
            try:
                arrival.outcomes = recorder.record(arrival.driver_num, arrival.points, arrival.at)
            except OnthewayError as error:
                arrival.failure = error
            except Exception as error:
                if isinstance(error, sqlite3.Error):
                    raise
                desk.unfiled.undo(mark)
                desk.known.forget(arrival.driver_num)
                arrival.failure = unavailable()
                tell(logging.ERROR, "store.position_failed", exc_info=error)

    def give_up(self) -> None:
        """Nothing of the group is stored."""
        for arrival in self.arrivals:
            arrival.failure = unavailable()

    def deliver(self) -> None:
        """On the loop."""
        for arrival in self.arrivals:
            try:
                arrival.done(arrival)
            except Exception as error:
                tell(logging.ERROR, "store.then_failed", exc_info=error)


class Filing:
    """Positions of these drivers are about to be read: they must be in their table."""

    __slots__ = ("drivers", "future", "stored", "weight")

    def __init__(self, drivers: Collection[int], future: asyncio.Future[None]) -> None:
        self.drivers = drivers
        self.future = future
        self.weight = 1
        self.stored = True

    def run(self, desk: "Desk") -> None:
        """In the writer's thread."""
        for driver_num in self.drivers:
            desk.unfiled.file_driver(desk.cursor, driver_num)

    def give_up(self) -> None:
        """Nothing of the group is stored."""
        self.stored = False

    def deliver(self) -> None:
        """On the loop."""
        if self.future.done():
            return
        if self.stored:
            self.future.set_result(None)
        else:
            self.future.set_exception(unavailable())


Work = Item | Arrivals | Filing


class Desk(NamedTuple):
    """What the items of one group work with."""

    connection: Connection
    cursor: sqlite3.Cursor
    known: KnownDrivers
    unfiled: Unfiled


def tell(level: int, event: str, **values: Any) -> None:
    """Log, if that can be done: a full disk of the log must not stop the writer."""
    with suppress(OSError, ValueError):
        log.log(level, event, **values)


def ends_group(error: Exception) -> bool:
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
