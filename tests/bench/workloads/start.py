"""Start: from the command to the ready line, with a long past in the database and with a short."""

from collections.abc import Callable
from typing import Final

from tests.bench.figures import Figure, Goal
from tests.bench.filling import Filled
from tests.bench.table import OWN
from tests.bench.workload import Bench, Measure, Workload

SHORT_PAST: Final = 2
"""Orders in the small database."""


def databases(bench: Bench, measure: Callable[[Bench, Filled], Figure]) -> dict[str, Measure]:
    """The same on the database with a long past, and on a small one to compare it with."""
    many = max(SHORT_PAST, bench.sizes.points // bench.sizes.trail)
    return {
        OWN: lambda: measure(bench, bench.filled(many)),
        "small": lambda: measure(bench, bench.filled(SHORT_PAST)),
    }


def _start(bench: Bench, filled: Filled) -> Figure:
    with bench.product.started(filled.data) as ready:
        return Figure(ready.seconds, {"points stored": len(filled.orders) * bench.sizes.trail})


WORKLOAD: Final = Workload(
    name="start",
    title="Start on a database with a long past",
    unit="seconds to the ready line",
    goals=(Goal(limit=2.0),),
    contenders=lambda bench: databases(bench, _start),
)
