"""Servers as child processes: started on their core, waited for, ended by their own pid."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tests.bench.proc import family, on_core

START_WITHIN: Final = 120.0
STOP_WITHIN: Final = 20.0
STEP: Final = 0.002
"""How often a start is looked at."""


class Unusable(Exception):
    """A run that says nothing; the text says why."""


@contextmanager
def running(
    command: Sequence[str], *, core: int, folder: Path, environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program in a folder; ``out.log`` and ``errors.log`` there get what it says."""
    with (
        on_core(core),
        (folder / "out.log").open("wb") as out,
        (folder / "errors.log").open("wb") as errors,
    ):
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=errors)
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM; what has not ended in time, of the process and those below it, is killed."""
    if process.poll() is not None:
        return
    members = family(process.pid)
    process.terminate()
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in members[1:]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until the program is ready; raise `Unusable` with its last words if it is not."""
    deadline = time.monotonic() + START_WITHIN
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            last = (folder / "errors.log").read_text(errors="replace").strip()[-500:]
            raise Unusable(f"the server did not start: {last}")
        time.sleep(STEP)


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
