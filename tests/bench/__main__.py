"""The command: `python -m tests.bench [WORKLOAD…]`; prints the table, and writes it with --out."""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.bench.business import Business, fill_business
from tests.bench.filling import Filled, fill
from tests.bench.machine import about
from tests.bench.peers import all_peers
from tests.bench.peers.peer import Peer
from tests.bench.proc import choose_cores, raise_file_limit
from tests.bench.product import Product
from tests.bench.rounds import play, say
from tests.bench.sizes import FULL, QUICK, Sizes
from tests.bench.table import OWN, Row, table
from tests.bench.workload import Bench
from tests.bench.workloads import WORKLOADS

MANY_FILES = 12_000
"""Sockets of the largest workload, with room to spare."""
TITLES = {OWN: "Ontheway", "small": "a small database"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for."""
    asked = _options(arguments)
    if not sys.platform.startswith("linux"):
        sys.exit("The benchmark reads /proc, and pins processes to cores: it needs Linux.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are ended too
    with tempfile.TemporaryDirectory(prefix="ontheway-bench-") as folder:
        text = _measure(Path(folder), asked.workloads or list(WORKLOADS), _sizes(asked))
    sys.stdout.write(text)
    if asked.out is not None:
        asked.out.write_text(text, encoding="utf-8")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=", ".join(WORKLOADS))
    parser.add_argument("--rounds", type=_positive, help=f"rounds of each ({FULL.rounds})")
    parser.add_argument("--points", type=_positive, help=f"stored points ({FULL.points:,})")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: does it all work?")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the table there too")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.workloads) - set(WORKLOADS))
    if unknown:
        parser.error(f"no such workload: {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    return asked


def _positive(text: str) -> int:
    number = int(text.replace("_", "").replace(",", ""))
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _sizes(asked: argparse.Namespace) -> Sizes:
    sizes = QUICK if asked.quick else FULL
    if asked.rounds is not None:
        sizes = replace(sizes, rounds=asked.rounds)
    return sizes if asked.points is None else replace(sizes, points=asked.points)


def _measure(work: Path, names: Sequence[str], sizes: Sizes) -> str:
    if raise_file_limit() < MANY_FILES:
        say(f"Fewer than {MANY_FILES} open files are allowed: large workloads may fail (ulimit -n)")
    cores = choose_cores()
    os.sched_setaffinity(0, {cores.load})
    peers = all_peers(work, cores.server)
    here, missing = _look_for(peers)
    product = Product(work, cores.server)

    @cache
    def filled(orders: int) -> Filled:
        say(f"Filling a database with {orders * sizes.trail:,} points ...")
        return fill(product, work / f"filled-{orders}", orders, sizes.trail)

    @cache
    def business() -> Business:
        say(f"Filling a database with {sizes.list_orders:,} orders ...")
        return fill_business(product, work / "business", sizes)

    titles = TITLES | {name: peer.title for name, peer in peers.items()}
    bench = Bench(sizes, work, product, here, titles, filled, business)
    notes: list[str] = []
    rows: list[Row] = [play(bench, WORKLOADS[name], notes) for name in names]
    below = [*about(sizes, cores, missing), *notes]
    return f"{table(rows)}\n" + "".join(f"- {line}\n" for line in below)


def _look_for(peers: dict[str, Peer]) -> tuple[dict[str, Peer], dict[str, str]]:
    """The peers that can run here, and what the others lack."""
    lacks = {name: peer.missing() for name, peer in peers.items()}
    here = {name: peer for name, peer in peers.items() if not lacks[name]}
    missing = {peer.title: lacks[name] for name, peer in peers.items() if lacks[name]}
    for title, what in missing.items():
        say(f"Left out: {title}; install {what}.")
    return here, missing


if __name__ == "__main__":
    sys.exit(main())
