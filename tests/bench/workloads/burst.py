"""Burst: positions come faster than they can be delivered; only the newest has to reach everybody.

The product lets the newest replace one that still waits; the floor delivers each of them.
"""

from collections.abc import Iterator
from typing import Final

from tests.bench.figures import Figure, Goal
from tests.bench.meter import Meter
from tests.bench.programs import Unusable
from tests.bench.sizes import Sizes
from tests.bench.sockets import Driver, Load, Viewer
from tests.bench.target import Target
from tests.bench.track import STEP, Track
from tests.bench.workload import Workload, beside_peers
from tests.bench.workloads.loops import acked

WITHIN: Final = 60.0


async def drive(target: Target, sizes: Sizes) -> Figure:
    """CPU microseconds of the server for each viewer and position, delivered or not."""
    # The first burst warms up, and is not measured.
    bursts = list(_bursts(target.orders[0], sizes.bursts + 1, sizes.burst))
    async with Load(target) as load:
        viewers = await load.open(Viewer, [target.viewers[0]] * sizes.viewers)
        [driver] = await load.open(Driver, target.drivers)
        await _send(load, driver, viewers, *bursts[0], count=sizes.burst)
        meter = Meter(target.pid)
        for data, newest in bursts[1:]:
            await _send(load, driver, viewers, data, newest, count=sizes.burst)
        cpu, wall = meter.read()
    published = sizes.burst * sizes.bursts
    share = cpu / (published * len(viewers))
    return Figure(share * 1e6, {"positions/s": published / wall, "% of its core": 100 * cpu / wall})


def _bursts(order: str, bursts: int, count: int) -> Iterator[tuple[bytes, bytes]]:
    """Bursts as one piece each, and what the newest position of each has in it."""
    track = Track(order, bursts * count * STEP)
    for _ in range(bursts):
        data = b"".join(track.update() for _ in range(count))
        yield data, track.place.encode()


async def _send(
    load: Load, driver: Driver, viewers: list[Viewer], data: bytes, newest: bytes, *, count: int
) -> None:
    for viewer in viewers:
        viewer.mark, viewer.count = newest, 0
    driver.sent += count
    driver.transport.write(data)

    def arrived() -> bool:
        return all(viewer.count for viewer in viewers) and acked(load, [driver])

    if not await load.reached(arrived, WITHIN):
        raise Unusable("the newest position did not reach everybody: the run is incomplete")


WORKLOAD: Final = Workload(
    name="burst",
    title="Burst: positions faster than they can be delivered, the newest to all viewers",
    unit="CPU µs per position and viewer",
    goals=(Goal(limit=0.5, peer="one_send"),),
    contenders=beside_peers(drive, ("one_send",), lambda _: 1),
)
