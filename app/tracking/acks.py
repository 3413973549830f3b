"""Acks of drivers who send fast: those of a tenth of a second share a frame (contract section 2).

A driver who sends now and then is answered at once; one who sends more than ten messages a second
gains nothing by as many answers, and each costs as much as a delivery to a viewer.
"""

import asyncio
from typing import Final, Protocol

SHARE_SECONDS: Final = 0.1


class Answerer(Protocol):
    """A session whose acks wait."""

    def send_acks(self) -> None:
        """Send them now."""


class AckTray:
    """Sessions whose acks wait, on one timer for all."""

    def __init__(self) -> None:
        self._waiting: list[Answerer] = []

    def add(self, answerer: Answerer) -> None:
        """It is called once, within `SHARE_SECONDS`."""
        if not self._waiting:
            asyncio.get_running_loop().call_later(SHARE_SECONDS, self._empty)
        self._waiting.append(answerer)

    def _empty(self) -> None:
        waiting, self._waiting = self._waiting, []
        for answerer in waiting:
            answerer.send_acks()
