"""All services over a real store; a socket that remembers what it was given."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.assembly import build
from app.config import Settings
from app.domain.access import Actor, Kind, Role
from app.domain.errors import Close
from app.storage.store import open_store
from app.tracking.driver_session import DriverSession
from app.tracking.hub import Run, Shared
from app.tracking.monitor import Connection
from app.tracking.raw_views import Hear
from app.tracking.services import Services
from app.tracking.viewer_session import Handshake, ViewerSession
from tests.fresh import furnish

ADMIN = Actor(Kind.USER, "ana", Role.ADMIN, "127.0.0.1")
WITHIN = 30.0


@dataclass(eq=False)
class Recorder:
    """The writing side of a connection: every message as JSON, and how it ended."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    code: Close | None = None
    hear: Hear | None = None

    def lag(self) -> float | None:
        """Not measured."""
        return None

    def ask(self) -> None:
        """Nobody answers."""

    def backlog(self) -> tuple[int, int]:
        """This reader keeps up."""
        return 0, 0

    def tap(self, hear: Hear | None) -> None:
        """Remember who listens."""
        self.hear = hear

    def send(self, message: Shared) -> None:
        """Remember it."""
        self.messages.append(json.loads(message.text))

    def send_positions(self, topic: int, run: Run) -> None:
        """Remember them; this reader keeps up."""
        assert topic >= 0
        for message in run.parts:
            self.send(message)

    def end(self, code: Close) -> None:
        """Remember the first code."""
        self.code = self.code or code

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The messages of one type."""
        return [message for message in self.messages if message["type"] == kind]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until it holds."""
        async with asyncio.timeout(WITHIN):
            while not condition():  # noqa: ASYNC110 (a condition over many events)
                await asyncio.sleep(0.005)

    async def closed(self) -> Close | None:
        """Wait until it is closed; the code."""
        await self.until(lambda: self.code is not None)
        return self.code

    async def next(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Wait for the ``count``-th message of a type."""
        await self.until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)[count - 1]


class Desk:
    """Services and short ways to use them."""

    def __init__(self, services: Services) -> None:
        self.services = services

    async def driver(self, name: str = "Ana Petrović") -> tuple[str, str]:
        """A driver's id and token."""
        made = await self.services.fleet.create(name, "bike", None, ADMIN)
        return made.driver.id, made.token

    def driver_socket(self, token: str | None) -> tuple[DriverSession, Recorder]:
        """A driver's socket whose handshake brought ``token``."""
        socket = Recorder()
        session = DriverSession(self.services.driver_door, socket, self._open("driver", socket))
        session.begin(token)
        return session, socket

    def viewer_socket(self, handshake: Handshake) -> tuple[ViewerSession, Recorder]:
        """A viewer's socket."""
        socket = Recorder()
        session = ViewerSession(self.services.viewer_door, socket, self._open("viewer", socket))
        session.begin(handshake)
        return session, socket

    def _open(self, kind: str, socket: Recorder) -> Connection:
        return self.services.monitor.opened(kind, socket, "127.0.0.1", "test")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """All services over a new store."""
    furnish(tmp_path / "data")
    store = await open_store(tmp_path / "data")
    settings = Settings(data_dir=tmp_path / "data", secret_key="k" * 32)
    services = build(settings, store, "http://127.0.0.1:1")
    await services.board.load(services.now())
    yield Desk(services)
    services.signin.close()
    await store.close()
