"""Pairs: many drivers, each watched by one viewer, who gets each position before the next."""

from typing import Final

from tests.bench.figures import Figure, Goal
from tests.bench.meter import Meter
from tests.bench.sizes import Sizes
from tests.bench.sockets import Driver, Load, Viewer, count_of
from tests.bench.target import Target
from tests.bench.track import updates
from tests.bench.workload import Workload, beside_peers
from tests.bench.workloads.loops import acked, allow, finish, sent_by

WARM_UP: Final = 25
"""More than the acks that are sent at once before a stream is known as one."""


async def drive(target: Target, sizes: Sizes) -> Figure:
    """CPU microseconds of the server for each update."""
    each = WARM_UP + sizes.pair_updates
    frames = [updates(order, each) for order in target.orders]
    async with Load(target) as load:
        viewers = await load.open(Viewer, target.viewers)
        drivers = await load.open(Driver, target.drivers)
        for viewer, driver, own in zip(viewers, drivers, frames, strict=True):
            driver.frames = iter(own)
            viewer.heard = driver.send_next
        await _stage(load, drivers, viewers, WARM_UP, sizes.seconds)
        before = sent_by(drivers)
        meter = Meter(target.pid)
        await _stage(load, drivers, viewers, sizes.pair_updates, sizes.seconds)
        cpu, wall = meter.read()
        done = sent_by(drivers) - before
    beside = {"updates/s": done / wall, "% of its core": 100 * cpu / wall}
    return Figure(cpu / done * 1e6, beside)


async def _stage(
    load: Load, drivers: list[Driver], viewers: list[Viewer], each: int, seconds: float
) -> None:
    allow(drivers, each)
    for driver in drivers:
        driver.send_next()

    def arrived() -> bool:
        return count_of(viewers) == sent_by(drivers) and acked(load, drivers)

    await finish(load, drivers, arrived, seconds)


WORKLOAD: Final = Workload(
    name="pairs",
    title="Pairs: drivers with one viewer each",
    unit="CPU µs per update",
    goals=(Goal(limit=1.0, stretch=0.8, peer="node"),),
    contenders=beside_peers(drive, ("node", "nchan", "one_send"), lambda sizes: sizes.pairs),
)
