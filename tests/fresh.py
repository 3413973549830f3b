"""New databases for tests: the steps of the schema are taken once, and their outcome is copied.

A start that finds no database takes every step itself: tests/storage/test_opening.py and
tests/system/test_program.py look at that.
"""

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from app.storage.connect import writer_engine
from app.storage.opening import FILE_NAME, MIGRATIONS
from app.storage.steps import upgrade


def furnish(data_dir: Path) -> None:
    """Make a data folder with a database that nobody opened yet; what is there stays."""
    path = data_dir / FILE_NAME
    if not path.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path, _upgraded())


@cache
def _upgraded() -> bytes:
    """A database file with the newest schema and nothing in it, its epoch not drawn either."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / FILE_NAME
        _make(path, b"")
        engine = writer_engine(path)
        with engine.connect() as connection:
            upgrade(connection, MIGRATIONS)
        engine.dispose()
        return path.read_bytes()


def _make(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
