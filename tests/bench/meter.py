"""CPU time and wall time of a server between two moments; the load's collector rests meanwhile."""

import asyncio
import gc
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

from tests.bench.proc import cpu_seconds

T = TypeVar("T")


class Meter:
    """Runs from when it is made."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._cpu = cpu_seconds(pid)
        self._wall = time.perf_counter()

    def read(self) -> tuple[float, float]:
        """CPU seconds and wall seconds so far."""
        return cpu_seconds(self._pid) - self._cpu, time.perf_counter() - self._wall


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a load on uvloop."""
    gc.collect()
    gc.disable()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(main)
    finally:
        gc.enable()
