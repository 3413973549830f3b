"""Apps: drivers with phone apps over HTTP beside drivers on sockets, each a position at a time.

First the sockets alone, then each app alone, then all of them at once.
"""

from typing import Final

from tests.bench.figures import Figure, Goal
from tests.bench.meter import Meter
from tests.bench.phones import FORMATS, Phone, all_stored, connect
from tests.bench.product import Town
from tests.bench.sizes import Sizes
from tests.bench.sockets import Driver, Load
from tests.bench.target import Target
from tests.bench.track import updates
from tests.bench.workload import Workload, alone
from tests.bench.workloads.loops import acked, allow, finish, sent_by

WARM_UP: Final = 25
WITHIN: Final = 60.0


async def drive(target: Target, sizes: Sizes) -> Figure:
    """CPU of a position by an app over that of one on a socket."""
    each, many = sizes.app_positions, sizes.app_drivers
    beside: dict[str, float] = {}
    async with Load(target) as load:
        drivers = await load.open(Driver, target.drivers[:many])
        for driver in drivers:
            driver.frames = iter(updates(None, WARM_UP + 2 * each))
            driver.answered = driver.send_next
        await _sockets(load, drivers, WARM_UP)
        meter = Meter(target.pid)
        before = sent_by(drivers)
        await _sockets(load, drivers, each)
        socket = meter.read()[0] / (sent_by(drivers) - before) * 1e6
        beside["CPU µs, socket"] = socket
        phones: list[Phone] = []
        for number, (name, form) in enumerate(FORMATS.items(), 1):
            doors = target.drivers[number * many : (number + 1) * many]
            made = [Phone(str(door.token), form, WARM_UP + 2 * each) for door in doors]
            await connect(target.port, made)
            await _phones(made, WARM_UP)
            meter = Meter(target.pid)
            await _phones(made, each)
            beside[f"CPU µs, {name}"] = meter.read()[0] / (each * many) * 1e6
            phones += made
            for phone in made:
                phone.close()  # an idle connection would be ended before its turn
        await connect(target.port, phones)
        meter = Meter(target.pid)
        _begin(drivers, phones, each)
        await all_stored(phones, WITHIN)
        await finish(load, drivers, lambda: acked(load, drivers), WITHIN)
        cpu, wall = meter.read()
        beside["CPU µs, all at once"] = cpu / (each * (len(phones) + len(drivers))) * 1e6
        beside["% of its core"] = 100 * cpu / wall
        for phone in phones:
            phone.close()
    apps = [beside[f"CPU µs, {name}"] for name in FORMATS]
    return Figure(sum(apps) / len(apps) / socket, beside)


def _begin(drivers: list[Driver], phones: list[Phone], each: int) -> None:
    allow(drivers, each)
    for driver in drivers:
        driver.send_next()
    for phone in phones:
        phone.send(each)


async def _sockets(load: Load, drivers: list[Driver], each: int) -> None:
    _begin(drivers, [], each)
    await finish(load, drivers, lambda: acked(load, drivers), WITHIN)


async def _phones(phones: list[Phone], each: int) -> None:
    _begin([], phones, each)
    await all_stored(phones, WITHIN)


WORKLOAD: Final = Workload(
    name="apps",
    title="Apps: phones over HTTP, beside sockets",
    unit="times a socket's CPU per position",
    goals=(Goal(limit=10),),
    contenders=alone(drive, lambda sizes: Town(drivers=sizes.app_drivers * (len(FORMATS) + 1))),
)
