"""Peers: servers that others write or sell for the live path, and a floor below all of them."""

from pathlib import Path
from typing import Final

from tests.bench.peers.nchan import Nchan
from tests.bench.peers.node import Node
from tests.bench.peers.one_send import OneSend
from tests.bench.peers.peer import Peer


def all_peers(work: Path, core: int) -> dict[str, Peer]:
    """Every peer by name, whether or not it can run here."""
    peers: Final[tuple[Peer, ...]] = (
        Node(work, core),
        Nchan(work, core),
        OneSend(work, core),
    )
    return {peer.name: peer for peer in peers}
