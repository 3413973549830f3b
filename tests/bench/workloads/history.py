"""History: the first page of an order's trail, out of a long past and out of a short one."""

import json
import time
from statistics import median
from typing import Final

from tests.bench.api import Api
from tests.bench.figures import Figure, Goal
from tests.bench.filling import Filled
from tests.bench.programs import Unusable
from tests.bench.workload import Bench, Workload
from tests.bench.workloads.start import databases

PATH: Final = "/api/v1/orders/{}/positions"
PAGE: Final = 1_000
"""Positions that come without a limit in the query."""


def _history(bench: Bench, filled: Filled) -> Figure:
    """Milliseconds at the client, the median of some orders from all over the table."""
    wanted = bench.sizes.requests
    orders = [filled.orders[i * len(filled.orders) // wanted] for i in range(wanted)]
    with bench.product.started(filled.data) as ready:
        api = Api(ready.port, filled.key)
        try:
            _timed(api, filled.orders[0], bench.sizes.trail)  # opens the connection
            times = [_timed(api, order, bench.sizes.trail) for order in orders]
        finally:
            api.close()
    return Figure(median(times), {"slowest of a run": max(times)})


def _timed(api: Api, order: str, trail: int) -> float:
    begin = time.perf_counter()
    page = api.get(PATH.format(order))
    taken = time.perf_counter() - begin
    if len(json.loads(page)["items"]) != min(PAGE, trail):
        raise Unusable("a page of an order's history is not full")
    return taken * 1000


WORKLOAD: Final = Workload(
    name="history",
    title="History: first page of an order's trail",
    unit="ms at the client",
    goals=(Goal(limit=20),),
    contenders=lambda bench: databases(bench, _history),
)
