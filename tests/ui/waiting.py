"""Waiting for what no locator can wait for."""

import time
from collections.abc import Callable


def eventually(what: Callable[[], object]) -> None:
    """Wait until it is so, at most 30 s."""
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline, "it did not become so within 30 s"
        time.sleep(0.05)
