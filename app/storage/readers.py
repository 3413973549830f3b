"""Reading: a few threads, each read one snapshot on a connection that cannot write."""

import asyncio
import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.domain.errors import unavailable
from app.storage.connect import connect, is_damage, reader_engine

THREADS: Final = 3
LAST: Final = 19
"""The nicest a thread can be: it runs when nothing else wants the processor."""

T = TypeVar("T")

log: Final = structlog.get_logger(__name__)


class Readers:
    """The reading side; ``damaged`` once a read found the file damaged."""

    def __init__(self, path: Path) -> None:
        self._engine = reader_engine(path, THREADS)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="store-reader")
        self._checker = connect(path, "ro")
        self._check = threading.Thread(target=self._check_whole, name="store-check", daemon=True)
        self._closed = False
        self.damaged = False

    def start_check(self) -> None:
        """Look through the whole file for damage, beside the work."""
        self._check.start()

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in a reading thread.

        Raises ``unavailable`` when the file cannot be read, or the store is closed.
        """
        if self._closed:
            raise unavailable()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._run, work)
        except (DBAPIError, sqlite3.Error) as error:
            self.damaged |= is_damage(error)
            log.error("store.read_failed", error=str(error))
            raise unavailable() from error

    def _run(self, work: Callable[[Session], T]) -> T:
        with Session(self._engine) as session:
            return work(session)

    def _check_whole(self) -> None:
        give_way()
        try:
            (verdict,) = self._checker.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.OperationalError:
            return  # The store closed meanwhile.
        except sqlite3.DatabaseError as error:
            verdict = str(error)
        if verdict != "ok":
            self.damaged = True
            log.error("store.damaged", detail=verdict)

    async def close(self) -> None:
        """Let the reads finish, end the check, close all connections."""
        self._closed = True
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._pool.shutdown(wait=True)
        if self._check.is_alive():
            self._checker.interrupt()
            self._check.join()
        self._checker.close()
        self._engine.dispose()


def give_way() -> None:
    """Let all other threads run before this one, where threads have a priority of their own
    (on Linux alone, see NOTES in setpriority(2))."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LAST)
