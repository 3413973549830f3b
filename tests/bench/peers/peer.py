"""What all peers have in common: a name, what they lack here, and a way to start."""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from tests.bench.programs import free_port, listens, running, wait_until
from tests.bench.target import Door, Target, order_names


class Peer(ABC):
    """A server to compare with; it knows orders by name and no rights."""

    name: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, work: Path, core: int) -> None:
        self.work = work
        self._core = core

    @property
    def folder(self) -> Path:
        """Where it runs, and what it says is kept."""
        return self.work / self.name

    @abstractmethod
    def missing(self) -> str:
        """What to install before it can run here; empty when nothing. Makes what it needs."""

    @abstractmethod
    def command(self, port: int) -> Sequence[str]:
        """How it is started; may put files into its folder."""

    def environment(self) -> dict[str, str] | None:
        """Its environment, None for ours."""
        return None

    def driver_door(self, order: str) -> Door:
        """Where the driver of an order connects."""
        return Door(f"/ws/driver/{order}")

    @contextmanager
    def serving(self, count: int) -> Iterator[Target]:
        """A fresh server with so many orders."""
        port, folder = free_port(), self.folder
        folder.mkdir(exist_ok=True)
        command = self.command(port)
        with running(
            command, core=self._core, folder=folder, environment=self.environment()
        ) as process:
            wait_until(lambda: listens(port), process, folder)
            yield self._target(process, port, order_names(count))

    def _target(self, process: subprocess.Popen[bytes], port: int, orders: Sequence[str]) -> Target:
        return Target(
            pid=process.pid,
            port=port,
            orders=orders,
            drivers=[self.driver_door(order) for order in orders],
            viewers=[Door(f"/ws/client/{order}") for order in orders],
            answers=False,
        )
