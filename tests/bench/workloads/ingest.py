"""Ingest: phones that were away hand in what they recorded, in batches, and wait for the acks.

All come at once. A batch that the server puts off (`retry`) is sent again when it says.
"""

from collections.abc import Callable
from typing import Final

from tests.bench.figures import Figure, Goal
from tests.bench.meter import Meter
from tests.bench.product import Town
from tests.bench.sizes import Sizes
from tests.bench.sockets import Driver, Load
from tests.bench.target import Target
from tests.bench.track import batches
from tests.bench.workload import Workload, alone
from tests.bench.workloads.loops import acked, allow, finish

BATCH: Final = 20
WARM_UP: Final = 1


async def drive(target: Target, sizes: Sizes) -> Figure:
    """Points stored and acked for each CPU second of the server."""
    frames = [list(batches(WARM_UP + sizes.batches, BATCH)) for _ in target.drivers]
    async with Load(target) as load:
        drivers = await load.open(Driver, target.drivers)
        for driver, own in zip(drivers, frames, strict=True):
            driver.frames = iter(own)
            driver.answered = _when_all_acked(driver)
            driver.patient = True
        await _stage(load, drivers, WARM_UP, sizes.seconds)
        before = _acked(drivers)
        meter = Meter(target.pid)
        await _stage(load, drivers, sizes.batches, sizes.seconds)
        cpu, wall = meter.read()
        done = _acked(drivers) - before
        put_off = sum(driver.put_off for driver in drivers)
    beside = {"points/s": done / wall, "% of its core": 100 * cpu / wall, "frames put off": put_off}
    return Figure(done / cpu, beside)


def _when_all_acked(driver: Driver) -> Callable[[], None]:
    def answered() -> None:
        if driver.acked == driver.sent * BATCH:
            driver.send_next()

    return answered


def _acked(drivers: list[Driver]) -> int:
    return sum(driver.acked for driver in drivers)


async def _stage(load: Load, drivers: list[Driver], each: int, seconds: float) -> None:
    allow(drivers, each)
    for driver in drivers:
        driver.send_next()
    await finish(load, drivers, lambda: acked(load, drivers, BATCH), seconds)


WORKLOAD: Final = Workload(
    name="ingest",
    title="Ingest: batches of 20 old positions, stored and acked",
    unit="points per CPU second",
    goals=(Goal(limit=40_000, at_least=True),),
    contenders=alone(drive, lambda sizes: Town(drivers=sizes.ingest_drivers)),
)
