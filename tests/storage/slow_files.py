"""A machine that is slow with a picture of proof: with reading it, or with keeping it."""

import asyncio
import threading
from typing import Any, NamedTuple

import pytest

from app.storage import proofs
from app.storage.proof_files import ProofFiles


class Slow(NamedTuple):
    """``there``: it has come so far. ``go_on``: and may go on; ten seconds later it does anyway."""

    there: asyncio.Event
    go_on: threading.Event

    def wait(self, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread."""
        loop.call_soon_threadsafe(self.there.set)
        self.go_on.wait(10)


def slow_reading(monkeypatch: pytest.MonkeyPatch) -> Slow:
    """Every picture waits before it is read."""
    loop, slow = asyncio.get_running_loop(), Slow(asyncio.Event(), threading.Event())
    remade = proofs._remade

    def waits(*given: Any) -> Any:
        slow.wait(loop)
        return remade(*given)

    monkeypatch.setattr(proofs, "_remade", waits)
    return slow


def slow_files(monkeypatch: pytest.MonkeyPatch) -> Slow:
    """Every picture is on the disk, but the store does not know it yet."""
    loop, slow = asyncio.get_running_loop(), Slow(asyncio.Event(), threading.Event())
    keep = ProofFiles.keep

    def waits(*given: Any) -> str:
        name = keep(*given)
        slow.wait(loop)
        return name

    monkeypatch.setattr(ProofFiles, "keep", waits)
    return slow
