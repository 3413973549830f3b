"""The heartbeat of all sockets of a process: a ping after silence, an end to peers that are gone.

One timer for all: a timer and its callbacks for each would cost more memory than the rest of a
socket that watches, and more time than a message.
"""

import asyncio
from typing import Final, Protocol

BEATS: Final = 7
"""A socket is visited at every seventh beat."""
BEAT_SECONDS: Final = 1.0
ASLEEP_SECONDS: Final = 2.0
"""A beat this late says that this process slept, not the peers."""


class Peer(Protocol):
    """What is visited. ``heard`` is set by whatever comes in; both begin as they are here."""

    heard: bool
    asked: bool

    def ask(self) -> None:
        """Nothing came since the last visit: send a ping."""

    def dead(self) -> None:
        """Nothing came since the ping."""


class Heartbeat:
    """Visits each peer in turn: silent from one visit to the next, it is asked; still silent at
    the one after, it is dead."""

    def __init__(self) -> None:
        self._rounds: list[dict[Peer, None]] = [{} for _ in range(BEATS)]
        self._turn = 0
        self._next = 0
        self._due = 0.0
        self._forgiving = 0
        self._timer: asyncio.TimerHandle | None = None

    def join(self, peer: Peer) -> int:
        """Visit it from now on; returns the place that `leave` wants."""
        self._next = (self._next + 1) % BEATS
        self._rounds[self._next][peer] = None
        if self._timer is None:
            self._wait()
        return self._next

    def leave(self, peer: Peer, place: int) -> None:
        """Visit it no more."""
        self._rounds[place].pop(peer, None)

    def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        self._due = loop.time() + BEAT_SECONDS
        self._timer = loop.call_at(self._due, self._beat)

    def _beat(self) -> None:
        if asyncio.get_running_loop().time() - self._due >= ASLEEP_SECONDS:
            self._forgiving = BEATS  # who was asked before is asked once more
        self._turn = (self._turn + 1) % BEATS
        for peer in list(self._rounds[self._turn]):
            self._visit(peer)
        self._forgiving = max(0, self._forgiving - 1)
        self._timer = None
        if any(self._rounds):
            self._wait()

    def _visit(self, peer: Peer) -> None:
        if peer.heard:
            peer.heard = peer.asked = False
        elif peer.asked and not self._forgiving:
            peer.dead()
        else:
            peer.asked = True
            peer.ask()
