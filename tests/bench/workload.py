"""What a workload is, and what it may use."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.business import Business
from tests.bench.figures import Figure, Goal
from tests.bench.filling import Filled
from tests.bench.meter import run
from tests.bench.peers.peer import Peer
from tests.bench.product import Product, Town
from tests.bench.sizes import Sizes
from tests.bench.table import OWN
from tests.bench.target import Target

Measure = Callable[[], Figure]
"""One run on a fresh server; raises `Unusable` when it says nothing."""
Drive = Callable[[Target, Sizes], Coroutine[Any, Any, Figure]]
"""Puts a load on a server and measures it."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What workloads share: sizes, a folder to be thrown away, the product, the peers here."""

    sizes: Sizes
    work: Path
    product: Product
    peers: Mapping[str, Peer]
    titles: Mapping[str, str]
    """How contenders are called, those that cannot run here included."""
    filled: Callable[[int], Filled]
    """A data folder with so many orders, each with a trail; made once."""
    business: Callable[[], Business]
    """A data folder with a year of work; made once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One row of the table."""

    name: str
    title: str
    unit: str
    goals: Sequence[Goal]
    contenders: Callable[[Bench], dict[str, Measure]]


def beside_peers(
    drive: Drive, names: Sequence[str], orders: Callable[[Sizes], int]
) -> Callable[[Bench], dict[str, Measure]]:
    """The product and those of the named peers that are here, under the same load."""

    def contenders(bench: Bench) -> dict[str, Measure]:
        count = orders(bench.sizes)
        here = [bench.peers[name] for name in names if name in bench.peers]
        own = on(bench, drive, lambda: bench.product.serving(Town(orders=count)))
        return {OWN: own} | {peer.name: _peer(bench, drive, peer, count) for peer in here}

    return contenders


def alone(drive: Drive, town: Callable[[Sizes], Town]) -> Callable[[Bench], dict[str, Measure]]:
    """The product, without anything to compare it with."""

    def contenders(bench: Bench) -> dict[str, Measure]:
        return {OWN: on(bench, drive, lambda: bench.product.serving(town(bench.sizes)))}

    return contenders


def on(
    bench: Bench, drive: Drive, serving: Callable[[], AbstractContextManager[Target]]
) -> Measure:
    """A run: a fresh server, the load, the end."""

    def measure() -> Figure:
        with serving() as target:
            return run(drive(target, bench.sizes))

    return measure


def _peer(bench: Bench, drive: Drive, peer: Peer, count: int) -> Measure:
    return on(bench, drive, lambda: peer.serving(count))
