"""SQLite connections: how the only one that writes is opened, and those that only read.

Exactly one connection may write or checkpoint: older SQLite versions lose commits otherwise
(the WAL-reset bug, 3.7.0 to 3.51.2).
"""

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from app.storage.refused import StoreRefused

BUSY_SECONDS: Final = 2.0
"""How long a foreign lock is waited for, before a write is refused."""
WAL_KEPT: Final = 64 * 1024 * 1024
CHECKPOINT_PAGES: Final = 4_000
"""Pages (16 MB) after which the log is brought into the file: rarer, and a page that was written
often is copied once."""
CACHE_KIB: Final = 32_768
"""The writer's page cache: filing walks through the indexes of a few thousand drivers."""
SYNC_EACH_COMMIT: Final = 2
"""What ``PRAGMA synchronous`` reads as FULL: each commit reaches the disk before it ends."""


def is_damage(error: Exception) -> bool:
    """Whether SQLite says that the file is damaged."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    # The lowest byte is the plain code of an extended one.
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A plain connection; ``mode`` is ``ro``, ``rw`` or ``rwc``. Transactions are begun by hand."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_SECONDS,
    )


def connect_writer(path: Path) -> sqlite3.Connection:
    """The read-write connection; raises `StoreRefused` unless each commit would be synced."""
    raw = connect(path, "rw")
    try:
        _prepare_writer(raw, path)
    except BaseException:
        raw.close()
        raise
    return raw


def _prepare_writer(raw: sqlite3.Connection, path: Path) -> None:
    (mode,) = raw.execute("PRAGMA journal_mode = WAL").fetchone()
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("PRAGMA cell_size_check = ON")
    raw.execute(f"PRAGMA journal_size_limit = {WAL_KEPT}")
    raw.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    raw.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    (synchronous,) = raw.execute("PRAGMA synchronous").fetchone()
    (foreign_keys,) = raw.execute("PRAGMA foreign_keys").fetchone()
    if (mode, synchronous, foreign_keys) != ("wal", SYNC_EACH_COMMIT, 1):
        raise StoreRefused(
            f"SQLite cannot keep {path} safe here: journal_mode is {mode}, "
            f"synchronous is {synchronous}, foreign_keys is {foreign_keys}."
        )


def writer_engine(path: Path) -> Engine:
    """SQLAlchemy on one single read-write connection; its transactions lock at once.

    Parameters are hidden, here and below, because errors are logged.
    """
    engine = create_engine(
        "sqlite://",
        creator=lambda: connect_writer(path),
        poolclass=StaticPool,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin_immediate)
    return engine


def reader_engine(path: Path, count: int) -> Engine:
    """SQLAlchemy on at most ``count`` connections that cannot write; each read is one snapshot."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: _connect_reader(path),
        poolclass=QueuePool,
        pool_size=count,
        max_overflow=0,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _connect_reader(path: Path) -> sqlite3.Connection:
    raw = connect(path, "ro")
    raw.execute("PRAGMA query_only = ON")
    raw.execute("PRAGMA wal_autocheckpoint = 0")
    return raw


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
