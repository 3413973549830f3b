"""The data folder's lock and its control socket: one program at a time writes an installation.

While a server runs, commands go through its Unix socket (mode 0600) and act at once.
"""

import asyncio
import fcntl
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import structlog

from app.domain.errors import OnthewayError

LOCK: Final = "lock"
SOCKET: Final = "control.sock"
LONGEST: Final = 65_536

Handler = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Takes a command's name and arguments, returns its answer, raises `OnthewayError`."""

_log = structlog.get_logger("control")


class FolderInUse(Exception):
    """Another program holds the data folder."""


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Hold the folder's lock; raises `FolderInUse`. The kernel lets it go when we die."""
    descriptor = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(f"Another ontheway program is using {data_dir}.") from None
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _short_path(data_dir: Path) -> Iterator[str]:
    """The socket's path by way of an open folder: unix(7) limits paths to 107 bytes."""
    descriptor = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


async def listen(data_dir: Path, handler: Handler) -> asyncio.Server:
    """Take commands from the server's own machine; the folder must be locked."""
    (data_dir / SOCKET).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        with _short_path(data_dir) as path:
            listener.bind(path)
    finally:
        os.umask(before)
    listener.listen(8)
    listener.setblocking(False)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(60):
                writer.write(await _answer(await reader.readline(), handler))
                await writer.drain()
        except (TimeoutError, ConnectionError, ValueError) as error:
            _log.info("control connection ended", reason=type(error).__name__)
        finally:
            writer.close()

    return await asyncio.start_unix_server(serve, sock=listener, limit=LONGEST)


async def _answer(line: bytes, handler: Handler) -> bytes:
    try:
        request = json.loads(line)
        answer = {"ok": await handler(request["command"], request["arguments"])}
    except OnthewayError as error:
        answer = {"error": {"code": error.code, "message": error.message}}
    return json.dumps(answer).encode() + b"\n"


async def ask(data_dir: Path, command: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """Let the running server do it; None when none runs. Raises `OnthewayError` as it answers."""
    if not (data_dir / SOCKET).exists():
        return None
    try:
        with _short_path(data_dir) as path:
            reader, writer = await asyncio.open_unix_connection(path, limit=LONGEST)
    except (ConnectionError, FileNotFoundError):
        return None  # left behind by a server that was killed
    try:
        request = {"command": command, "arguments": arguments}
        writer.write(json.dumps(request).encode() + b"\n")
        await writer.drain()
        answer = json.loads(await reader.readline() or b"{}")
    finally:
        writer.close()
    if "ok" in answer:
        return dict(answer["ok"])
    error = answer.get("error", {"code": "unavailable", "message": "The server gave no answer."})
    raise OnthewayError(error["code"], error["message"])
