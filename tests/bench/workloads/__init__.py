"""The rows of the table, in their order."""

from typing import Final

from tests.bench.workload import Workload
from tests.bench.workloads import (
    apps,
    burst,
    fanout,
    fleet,
    history,
    idle,
    ingest,
    lists,
    page,
    pairs,
    start,
)

WORKLOADS: Final[dict[str, Workload]] = {
    workload.name: workload
    for workload in (
        pairs.WORKLOAD,
        fanout.WORKLOAD,
        burst.WORKLOAD,
        ingest.WORKLOAD,
        apps.WORKLOAD,
        idle.WORKLOAD,
        start.WORKLOAD,
        history.WORKLOAD,
        lists.WORKLOAD,
        fleet.WORKLOAD,
        page.WORKLOAD,
    )
}
