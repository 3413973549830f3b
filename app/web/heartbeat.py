"""The heartbeat of all sockets of a process: a ping after silence, an end to peers that are gone.

One timer for all: a timer and its callbacks for each would cost more memory than the rest of a
socket that watches, and more time than a message.
"""

import asyncio
from typing import Final, Protocol

VISIT_SECONDS: Final = 2.0
"""Each peer is visited so often."""
ASK_AFTER: Final = 5
"""Silent visits from which a ping is sent at each: one may be lost on a peer that is busy ..."""
DEAD_AFTER: Final = 10
"""... and at which the peer is dead."""
ASLEEP_SECONDS: Final = 2.0
"""A visit this late says that this process slept, not the peers."""


class Peer(Protocol):
    """What is visited. ``heard`` is set by whatever comes in; ``silence`` counts visits without,
    and is 0 at first."""

    heard: bool
    silence: int

    def ask(self) -> None:
        """Nothing came for a while: send a ping."""

    def dead(self) -> None:
        """Nothing came since the ping."""


class Heartbeat:
    """Visits the peers, and knows no transport."""

    def __init__(self) -> None:
        self._peers: dict[Peer, None] = {}
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def join(self, peer: Peer) -> None:
        """Visit it from now on."""
        self._peers[peer] = None
        if self._timer is None:
            self._wait()

    def leave(self, peer: Peer) -> None:
        """Visit it no more."""
        self._peers.pop(peer, None)

    def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        self._due = loop.time() + VISIT_SECONDS
        self._timer = loop.call_at(self._due, self._beat)

    def _beat(self) -> None:
        slept = asyncio.get_running_loop().time() - self._due >= ASLEEP_SECONDS
        for peer in list(self._peers):
            if peer.heard:
                peer.heard = False
                peer.silence = 0
                continue
            # After a sleep of ours, who was asked before is asked once more.
            again = slept and peer.silence >= ASK_AFTER
            peer.silence = ASK_AFTER if again else peer.silence + 1
            if peer.silence >= DEAD_AFTER:
                peer.dead()
            elif peer.silence >= ASK_AFTER:
                peer.ask()
        self._timer = None
        if self._peers:
            self._wait()
