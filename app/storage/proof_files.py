"""Pictures of proof as files below the data folder: names that nobody guesses, private modes.

Files and not rows: a hundred thousand photos are tens of gigabytes, which would make the database
slow to check, to copy and to restore. Each day has its own folder, so that what no row names any
more (a crash came between the file and its row) goes with its day.
"""

import os
import re
import secrets
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from app.domain.times import parse_time, to_datetime

FOLDER: Final = "proof"
NEWEST_DAYS: Final = 2
IN_MEMORY: Final = 524_288
"""Bytes of a picture on its way that need no disk: as many as a phone's page sends."""
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NAME: Final = re.compile(r"\d{4}-\d\d-\d\d/[A-Za-z0-9_-]{32}\.(jpg|png)", re.ASCII)


class ProofFiles:
    """The pictures of one installation. Blocks: to be called in a thread."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER

    def incoming(self) -> IO[bytes]:
        """Room for a picture on its way: in memory, and where it is large on our own disk, in a
        file without a name, which no crash leaves behind. Its owner closes it."""
        return tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(self._folder.parent))

    def keep(self, body: bytes, ending: str, now: int) -> str:
        """Store a picture, synced to disk; the name by which it is found again."""
        day = self._folder / _day(now)
        for folder in (self._folder, day):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)
                _sync(folder.parent)
        path = day / f"{secrets.token_urlsafe(24)}.{ending}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            _sync(day)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return f"{day.name}/{path.name}"

    def read(self, name: str) -> bytes | None:
        """A picture; None when it is gone."""
        if _NAME.fullmatch(name) is None:
            return None
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, name: str) -> None:
        """Delete a picture, if it is there."""
        if _NAME.fullmatch(name) is not None:
            (self._folder / name).unlink(missing_ok=True)

    def newest(self) -> list[str]:
        """The names of all pictures of the newest days: what a crash left is among them."""
        if not self._folder.is_dir():
            return []
        days = sorted(day for day in self._folder.iterdir() if _DAY.fullmatch(day.name))
        return [
            name
            for day in days[-NEWEST_DAYS:]
            for file in day.iterdir()
            if _NAME.fullmatch(name := f"{day.name}/{file.name}")
        ]

    def remove_days(self, end: int) -> None:
        """Delete all that was stored on days that were over before ``end``."""
        if not self._folder.is_dir():
            return
        first_kept = _day(end)
        for day in self._folder.iterdir():
            if _DAY.fullmatch(day.name) and day.name < first_kept:
                with suppress(FileNotFoundError):
                    shutil.rmtree(day)


def begin_of_day(name: str) -> int:
    """When the day began on which the picture of this name was kept."""
    return parse_time(f"{name.partition('/')[0]}T00:00:00Z")


def _day(moment: int) -> str:
    return to_datetime(moment).date().isoformat()


def _sync(folder: Path) -> None:
    """See that the names in a folder survive a crash."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
