"""Opening the data folder: made, looked at, brought to the newest schema, or refused untouched.

Knows nothing of threads, event loops or other programs on the same folder.
"""

import errno
import os
import secrets
import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from app.storage.connect import connect, writer_engine
from app.storage.refused import StoreRefused

FILE_NAME: Final = "ontheway.db"
MAGIC: Final = b"SQLite format 3\0"
CHECKED_WHOLE: Final = 32 * 1024 * 1024
"""Bytes up to which a file is checked whole before it is used; larger ones at a few places."""
MIGRATIONS: Final = Path(__file__).parent / "migrations"


def prepare_folder(data_dir: Path) -> None:
    """Make the folder, for its owner alone; an empty one of ours becomes so too."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        empty = {entry.name for entry in data_dir.iterdir()} <= {".gitignore"}
        if empty and data_dir.stat().st_uid == os.geteuid():
            data_dir.chmod(0o700)
    except OSError as error:
        raise StoreRefused(f"The data folder {data_dir} cannot be used: {_why(error)}.") from error


def prepare(data_dir: Path) -> tuple[Path, str]:
    """Make the database usable: return its file and its epoch. Raises `StoreRefused`."""
    prepare_folder(data_dir)
    path = data_dir / FILE_NAME
    try:
        _make_file(path)
        schema = _look(path)
        return path, _bring_up(path, schema)
    except OSError as error:
        raise StoreRefused(f"{path} cannot be opened: {_why(error)}.") from error
    except (sqlite3.Error, DBAPIError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise StoreRefused(f"{path} cannot be used: {reason}.") from error


def _why(error: OSError) -> str:
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return "it is read-only for this user"
    return error.strerror or str(error)


def _make_file(path: Path) -> None:
    # SQLite gives its -wal and -shm files the mode of the database file.
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.fstat(handle).st_mode & 0o077:
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)


def _look(path: Path) -> str | None:
    """The schema's revision, None for a new file; nothing is written to the file."""
    with path.open("rb") as file:
        start = file.read(len(MAGIC))
    if not start:
        return None
    if start != MAGIC:
        raise StoreRefused(f"{path} is damaged, or no database; it was left as it is.")
    raw = connect(path, "ro")
    try:
        revision = _revision(raw, path)
        if revision is not None:
            _check(raw, path)
        return revision
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        raise _damaged(path, str(error)) from error
    finally:
        raw.close()


def _damaged(path: Path, detail: str) -> StoreRefused:
    return StoreRefused(
        f"{path} is damaged ({detail}); it was left as it is. Restore a backup, or repair a copy."
    )


def _revision(raw: sqlite3.Connection, path: Path) -> str | None:
    names = _tables(raw)
    if not names:
        return None
    if "alembic_version" not in names:
        raise StoreRefused(f"{path} is a database of another program; it was left as it is.")
    row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        return None
    revision = str(row[0])
    if revision not in revisions():
        raise StoreRefused(
            f"{path} was made by a newer version of Ontheway (schema {revision}); "
            "install that version, or restore an older backup."
        )
    return revision


def _tables(raw: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_schema WHERE type = 'table'"
    return [str(name) for (name,) in raw.execute(query)]


def _check(raw: sqlite3.Connection, path: Path) -> None:
    """Look for damage: everywhere in a small file, at both ends of each table in a large one."""
    if path.stat().st_size <= CHECKED_WHOLE:
        (verdict,) = raw.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise _damaged(path, str(verdict))
        return
    for name in _tables(raw):
        for order in ("ASC", "DESC"):
            raw.execute(f'SELECT * FROM "{name}" ORDER BY 1 {order} LIMIT 1').fetchone()


def revisions() -> list[str]:
    """The schema's revisions in their order: the numbers of the files in `MIGRATIONS`."""
    return sorted(path.name[1:5] for path in (MIGRATIONS / "versions").glob("v[0-9]*.py"))


def _bring_up(path: Path, schema: str | None) -> str:
    engine = writer_engine(path)
    try:
        with engine.connect() as connection:
            if schema != revisions()[-1]:
                from app.storage import steps  # noqa: PLC0415 (see there)

                steps.upgrade(connection, MIGRATIONS)
            connection.exec_driver_sql(
                "INSERT INTO meta VALUES ('epoch', ?) ON CONFLICT DO NOTHING",
                (secrets.token_urlsafe(12),),
            )
            # A real write at each start: a folder that cannot be written is found out here.
            connection.exec_driver_sql(
                "INSERT INTO meta VALUES ('starts', 1) "
                "ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
            )
            query = "SELECT value FROM meta WHERE key = 'epoch'"
            epoch = str(connection.exec_driver_sql(query).scalar_one())
            connection.commit()
            return epoch
    finally:
        engine.dispose()
