"""Idle: what an open viewer's socket costs in memory while nothing happens."""

import asyncio
from typing import Final

from tests.bench.figures import Figure, Goal
from tests.bench.proc import memory_kib
from tests.bench.programs import Unusable
from tests.bench.sizes import Sizes
from tests.bench.sockets import Load, Viewer
from tests.bench.target import Target
from tests.bench.workload import Workload, beside_peers

FIRST: Final = 10
"""Sockets before memory is read at first: what is loaded once is no socket's."""


async def drive(target: Target, sizes: Sizes) -> Figure:
    """KiB of resident memory for each socket."""
    door = target.viewers[0]
    async with Load(target) as load:
        await load.open(Viewer, [door] * FIRST)
        await asyncio.sleep(sizes.settle)
        before = memory_kib(target.pid)
        await load.open(Viewer, [door] * sizes.idle)
        await asyncio.sleep(sizes.settle)
        after = memory_kib(target.pid)
        if load.fault:
            raise Unusable(load.fault)
    return Figure((after - before) / sizes.idle, {"MiB in all": after / 1024})


WORKLOAD: Final = Workload(
    name="idle",
    title="Idle viewers of one order",
    unit="KiB of memory per socket",
    goals=(Goal(limit=14, stretch=10),),
    contenders=beside_peers(drive, ("node", "nchan"), lambda _: 1),
)
