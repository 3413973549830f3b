"""Fleet: all drivers report all the time; what does each open dashboard cost on top of that?

At once a second ten thousand drivers take a whole core of a small machine, and nothing can be told
from a core that is full. So they report half as often, and the cost, which goes with the drivers
that moved, is doubled.
"""

import asyncio
import time
from typing import Final

from tests.bench.figures import Figure, Goal
from tests.bench.meter import Meter
from tests.bench.product import Town
from tests.bench.programs import Unusable
from tests.bench.sizes import Sizes
from tests.bench.sockets import Driver, Listener, Load
from tests.bench.target import Door, Target
from tests.bench.track import Track
from tests.bench.workload import Workload, alone

PATH: Final = "/ws/staff"
STAGES: Final = (0, 1, 5)
"""Dashboards that are open, one stage after the other."""
WARM_UP: Final = 2.0
"""Seconds, or as long as a stage where that is shorter."""
BEAT: Final = 0.01
PERIOD: Final = 2.0
"""Seconds from a driver's position to his next; figures are as for one."""
FULL: Final = 90.0
"""Per cent of a core from which on the server has no time left that could be measured."""
MOST_LATE: Final = 2
"""Positions of each driver that may be under way at the end of a stage."""


async def drive(target: Target, sizes: Sizes) -> Figure:
    """Per cent of a core for each dashboard."""
    async with Load(target) as load:
        drivers = await load.open(Driver, target.drivers)
        pacing = asyncio.create_task(_pace(drivers))
        try:
            shares = [await _stage(load, drivers, sizes, wanted) for wanted in STAGES]
        finally:
            pacing.cancel()
    none, one, five = shares
    each, first = (five - none) / STAGES[-1], one - none
    return Figure(each * PERIOD, {"% without": none, "% for the first": first * PERIOD})


async def _stage(load: Load, drivers: list[Driver], sizes: Sizes, wanted: int) -> float:
    """Per cent of a core with ``wanted`` dashboards; those of the stages before stay open."""
    missing = wanted - STAGES[max(0, STAGES.index(wanted) - 1)]
    await load.open(Listener, [Door(PATH, load.target.key)] * missing)
    await asyncio.sleep(min(WARM_UP, sizes.seconds))
    meter = Meter(load.target.pid)
    await asyncio.sleep(sizes.seconds)
    cpu, wall = meter.read()
    if load.fault:
        raise Unusable(load.fault)
    share, late = 100 * cpu / wall, sum(driver.sent - driver.acked for driver in drivers)
    if share > FULL or late > MOST_LATE * len(drivers):
        raise Unusable(
            f"with {wanted} dashboards the server did not keep up ({share:.0f} % of its core, "
            f"{late:,} positions not acked): what a dashboard costs cannot be told"
        )
    return share


async def _pace(drivers: list[Driver]) -> None:
    """Each driver once a period, spread evenly; frames are made as they are due."""
    tracks = [Track(None, PERIOD, PERIOD) for _ in drivers]
    begin, done = time.monotonic(), 0
    while True:
        due = int((time.monotonic() - begin) / PERIOD * len(drivers))
        for number in range(done, due):
            chosen = number % len(drivers)
            drivers[chosen].sent += 1
            drivers[chosen].transport.write(tracks[chosen].update())
        done = due
        await asyncio.sleep(BEAT)


WORKLOAD: Final = Workload(
    name="fleet",
    title="Staff's map: 10,000 drivers as at 1 Hz, per open dashboard",
    unit="% of a core",
    goals=(Goal(limit=5),),
    contenders=alone(drive, lambda sizes: Town(drivers=sizes.fleet)),
)
