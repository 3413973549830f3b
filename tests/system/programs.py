"""Programs of tests: started by their own command line, read line by line, ended by signal."""

import queue
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PATIENCE: Final = 60.0


class Program:
    """A running program; ``lines`` is what it said so far on standard output."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.lines: list[str] = []
        self._process = process
        self._coming: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def line_with(self, words: str) -> str:
        """Wait for a line that holds these words; return it."""
        for line in self.lines:
            if words in line:
                return line
        while True:
            coming = self._coming.get(timeout=PATIENCE)
            assert coming is not None, f"ended without {words!r}: {self.lines}"
            self.lines.append(coming)
            if words in coming:
                return coming

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Signal it; return its exit status."""
        self._process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Wait until it ends by itself; return its exit status."""
        return self._process.wait(PATIENCE)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._coming.put(line.rstrip("\n"))
        self._coming.put(None)


@contextmanager
def running(command: list[str], environment: dict[str, str], folder: Path) -> Iterator[Program]:
    """Start a program in a folder; its standard error goes to ``errors.log`` there."""
    with (
        (folder / "errors.log").open("a") as errors,
        subprocess.Popen(
            command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            yield Program(process)
        finally:
            if process.poll() is None:
                process.kill()
