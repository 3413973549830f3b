"""A disk that has a picture of proof, but does not say so yet."""

import asyncio
import threading
from typing import Any, NamedTuple

import pytest

from app.storage.proof_files import ProofFiles


class SlowFiles(NamedTuple):
    """``kept``: a picture is on the disk. ``go_on``: let the store know it."""

    kept: asyncio.Event
    go_on: threading.Event


def slow_files(monkeypatch: pytest.MonkeyPatch) -> SlowFiles:
    """Every picture waits for ``go_on`` from now on, ten seconds at most."""
    loop, slow = asyncio.get_running_loop(), SlowFiles(asyncio.Event(), threading.Event())
    keep = ProofFiles.keep

    def kept(*given: Any) -> str:
        name = keep(*given)
        loop.call_soon_threadsafe(slow.kept.set)
        slow.go_on.wait(10)
        return name

    monkeypatch.setattr(ProofFiles, "keep", kept)
    return slow
