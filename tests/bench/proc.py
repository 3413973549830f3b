"""What the kernel says of a process and of all below it; which core is whose. Linux only."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TICKS: Final = os.sysconf("SC_CLK_TCK")
PAGE_KIB: Final = os.sysconf("SC_PAGE_SIZE") / 1024


@dataclass(frozen=True, slots=True)
class Cores:
    """One core for servers, another for the load; the same where there is only one."""

    server: int
    load: int

    @property
    def apart(self) -> bool:
        """Whether the load leaves the server's core alone."""
        return self.server != self.load


def choose_cores() -> Cores:
    """The first and the last of the cores that this process may use."""
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(allowed[0], allowed[-1])


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Be on this core; what is started meanwhile stays there."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def raise_file_limit() -> int:
    """Allow as many open files as the machine lets us; return how many."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def family(pid: int) -> list[int]:
    """A process and everything below it, as far as it still lives."""
    found = [pid]
    for member in found:  # grows while it is walked
        with suppress(OSError):
            for task in Path(f"/proc/{member}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of the family so far; the kernel tells it in hundredths."""
    return sum(map(_ticks, family(pid))) / TICKS


def memory_kib(pid: int) -> float:
    """Resident memory of the family."""
    return sum(map(_pages, family(pid))) * PAGE_KIB


def _ticks(pid: int) -> int:
    with suppress(OSError):
        # The name in parentheses may hold anything; utime and stime are fields 14 and 15.
        rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(rest[11]) + int(rest[12])
    return 0


def _pages(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return 0
