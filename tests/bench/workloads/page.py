"""Page: what a customer's open page costs in memory.

Done as a browser does it, without one: the page is fetched, and the order's socket that its script
opens stays. The page has no socket of NiceGUI's. Each is of an order of its own.
"""

import asyncio
from typing import Final

from tests.bench.api import for_each
from tests.bench.figures import Figure, Goal
from tests.bench.proc import memory_kib
from tests.bench.product import Town
from tests.bench.programs import Unusable
from tests.bench.sizes import Sizes
from tests.bench.sockets import Load, Viewer
from tests.bench.target import Target
from tests.bench.workload import Workload, alone

FIRST: Final = 5
"""Pages before memory is read at first."""
GOAL: Final = 60
"""KiB; meant without the socket, held with it."""


async def drive(target: Target, sizes: Sizes) -> Figure:
    """KiB of resident memory for each page."""
    async with Load(target) as load:
        await _open(load, 0, FIRST)
        await asyncio.sleep(sizes.settle)
        before = memory_kib(target.pid)
        await _open(load, FIRST, sizes.pages)
        await asyncio.sleep(sizes.settle)
        after = memory_kib(target.pid)
        if load.fault:
            raise Unusable(load.fault)
    return Figure((after - before) / sizes.pages, {"MiB in all": after / 1024})


async def _open(load: Load, first: int, count: int) -> None:
    target = load.target
    viewers = target.viewers[first : first + count]
    await asyncio.to_thread(
        for_each,
        target.port,
        target.key,
        count,
        lambda api, number: len(api.get(f"/track/{viewers[number].token}")),
    )
    await load.open(Viewer, viewers)


WORKLOAD: Final = Workload(
    name="page",
    title="Customers' open pages",
    unit="KiB of memory per page",
    goals=(Goal(limit=GOAL),),
    contenders=alone(drive, lambda sizes: Town(orders=FIRST + sizes.pages)),
)
