"""Fan-out: one order with many viewers, who all get every position; a few are under way."""

from typing import Final

from tests.bench.figures import Figure, Goal
from tests.bench.meter import Meter
from tests.bench.sizes import Sizes
from tests.bench.sockets import Driver, Load, Viewer, count_of
from tests.bench.target import Target
from tests.bench.track import updates
from tests.bench.workload import Workload, beside_peers
from tests.bench.workloads.loops import acked, allow, finish

WARM_UP: Final = 10


class Tally:
    """Lets the driver send the next position when one has reached everybody."""

    def __init__(self, driver: Driver, viewers: int) -> None:
        self._driver = driver
        self._viewers = viewers
        self._heard = 0

    def heard(self) -> None:
        """One delivery."""
        self._heard += 1
        if not self._heard % self._viewers:
            self._driver.send_next()


async def drive(target: Target, sizes: Sizes) -> Figure:
    """CPU microseconds of the server for each delivery."""
    frames = updates(target.orders[0], WARM_UP + sizes.fan_updates)
    async with Load(target) as load:
        viewers = await load.open(Viewer, [target.viewers[0]] * sizes.viewers)
        drivers = await load.open(Driver, target.drivers)
        drivers[0].frames = iter(frames)
        tally = Tally(drivers[0], len(viewers))
        for viewer in viewers:
            viewer.heard = tally.heard
        await _stage(load, drivers, viewers, WARM_UP, sizes)
        before = count_of(viewers)
        meter = Meter(target.pid)
        await _stage(load, drivers, viewers, sizes.fan_updates, sizes)
        cpu, wall = meter.read()
        done = count_of(viewers) - before
    beside = {"deliveries/s": done / wall, "% of its core": 100 * cpu / wall}
    return Figure(cpu / done * 1e6, beside)


async def _stage(
    load: Load, drivers: list[Driver], viewers: list[Viewer], count: int, sizes: Sizes
) -> None:
    driver = drivers[0]
    allow(drivers, count)
    for _ in range(sizes.window):
        driver.send_next()

    def arrived() -> bool:
        everybody = all(viewer.count == driver.sent for viewer in viewers)
        return everybody and acked(load, drivers)

    await finish(load, drivers, arrived, sizes.seconds)


WORKLOAD: Final = Workload(
    name="fanout",
    title="Fan-out: one order, many viewers, every position",
    unit="CPU µs per delivery",
    goals=(Goal(limit=1.1, peer="nchan"), Goal(limit=0.7, peer="node")),
    contenders=beside_peers(drive, ("nchan", "node", "one_send"), lambda _: 1),
)
