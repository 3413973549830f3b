"""An outbox in a file: what a driver's program had to say outlives its crash and its restart.

The file is a journal, a line for each message that was added and for each that was answered. It is
read when it is opened, cut back to nothing whenever all is answered, and written anew when most of
it is answered.
"""

import errno
import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from app.outbox import Message, Outbox

TIDY_FROM: Final = 1 << 20
"""Bytes of the file from which on it may be written anew: when it is this long, and four times
longer than what is open was when it was last written anew."""


class OutboxInUse(Exception):
    """Another program keeps its messages in this file."""


class DiskOutbox(Outbox):
    """Messages without a final answer, in their order, in memory and in the file ``path``.

    What was added survives the end of the program, however it ends. A power cut may take what was
    added in its last seconds, unless ``durable``: then adding waits until the disk has it. Raises
    `OutboxInUse`, and `OSError` where the file cannot be used. Use it with ``with``, or close it.
    """

    def __init__(self, path: str | Path, *, durable: bool = False) -> None:
        super().__init__()
        self._durable = durable
        self._path = Path(path)
        self._file = _locked(self._path)
        self._bytes = self._read(self._path.read_bytes())
        self._tidy_at = max(TIDY_FROM, 4 * self._bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go; what waits stays in it."""
        os.close(self._file)

    def add(self, message_id: str, text: bytes, *, alone: bool) -> None:
        """Keep a message until it is answered; one that is kept already changes nothing."""
        if message_id not in self._open:
            self._write(_added(message_id, text, alone=alone))
            super().add(message_id, text, alone=alone)

    def answered(self, message_id: str) -> Message | None:
        """Forget a message that has its final answer."""
        message = super().answered(message_id)
        if message is not None and self._open:
            self._write({"answered": message_id})
            if self._bytes >= self._tidy_at:
                self._tidy()
        elif message is not None:
            self._cut(0)
        return message

    def _read(self, text: bytes) -> int:
        """Take in what an earlier program left; return the bytes that count.

        A last line that is torn was never added: it is cut off.
        """
        whole = text[: text.rfind(b"\n") + 1]
        left: dict[str, dict[str, Any]] = {}
        for entry in map(json.loads, whole.splitlines()):
            if "answered" in entry:
                left.pop(entry["answered"], None)
            else:
                left[entry["id"]] = entry
        for message_id, entry in left.items():
            super().add(message_id, entry["text"].encode(), alone=entry["alone"])
        os.ftruncate(self._file, len(whole))
        return len(whole)

    def _tidy(self) -> None:
        """Write the file anew, with what is open alone; a crash leaves the old or the new."""
        lines = b"".join(
            _line(_added(message.id, message.text, alone=message.alone))
            for message in self._open.values()
        )
        beside = self._path.with_name(self._path.name + ".new")
        fresh = _locked(beside)
        try:
            os.ftruncate(fresh, 0)
            with open(fresh, "wb", closefd=False) as file:
                file.write(lines)
            os.fsync(fresh)
            os.replace(beside, self._path)
        except OSError:  # such as a full disk: the old file has all that counts
            os.close(fresh)
            self._tidy_at = 2 * self._bytes
            return
        os.close(self._file)
        self._file, self._bytes = fresh, len(lines)
        self._tidy_at = max(TIDY_FROM, 4 * self._bytes)

    def _write(self, entry: dict[str, Any]) -> None:
        line = _line(entry)
        written = os.write(self._file, line)
        if written != len(line):
            self._cut(self._bytes)
            raise OSError(errno.ENOSPC, "The disk is full: the message was not kept")
        self._bytes += written
        if self._durable:
            os.fdatasync(self._file)

    def _cut(self, size: int) -> None:
        os.ftruncate(self._file, size)
        self._bytes = size


def _locked(path: Path) -> int:
    """The open file, for this program alone; raises `OutboxInUse`."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise OutboxInUse(f"Another program keeps its messages in {path}.") from None
    return file


def _added(message_id: str, text: bytes, *, alone: bool) -> dict[str, Any]:
    return {"id": message_id, "text": text.decode(), "alone": alone}


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"
