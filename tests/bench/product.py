"""The product under load: started as anybody starts it, filled through its own HTTP API."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.bench.api import Api, for_each
from tests.bench.programs import Unusable, running, wait_until
from tests.bench.target import Door, Target

UNLIMITED: Final = {
    "ONTHEWAY_LIMIT_DRIVER_RATE": "0",
    "ONTHEWAY_LIMIT_API_RATE": "0",
    "ONTHEWAY_LIMIT_SOCKETS_PER_LINK": "0",
    "ONTHEWAY_LIMIT_SOCKETS_PER_ADDRESS": "0",
}
"""All load comes from one address, which the limits are there to stop."""
DESTINATION: Final = {"lat": 48.2, "lng": 11.6, "address": "Test Street 1"}


@dataclass(frozen=True, slots=True)
class Ready:
    """A server that accepts connections: ``seconds`` after it was started."""

    pid: int
    port: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Town:
    """So many orders in transit, each with a driver of its own; and drivers without one."""

    orders: int = 0
    drivers: int = 0


@dataclass(frozen=True, slots=True)
class _Seed:
    """A prepared data folder, and what the load must know of it."""

    data: Path
    target: Target


class Product:
    """Starts the product on copies of data folders that are prepared once."""

    def __init__(self, work: Path, core: int) -> None:
        self._work = work
        self._core = core
        self._seeds: dict[Town, _Seed] = {}

    @contextmanager
    def serving(self, town: Town) -> Iterator[Target]:
        """A fresh server in this town."""
        seed = self._seeds.get(town)
        if seed is None:
            seed = self._seeds[town] = self._prepare(town)
        folder = self._work / "product"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copytree(seed.data, folder / "data")
        with self.started(folder / "data") as ready:
            yield replace(seed.target, pid=ready.pid, port=ready.port)

    @contextmanager
    def started(self, data: Path) -> Iterator[Ready]:
        """`ontheway serve` on a data folder, from its start until after its ready line."""
        folder, begin = data.parent, time.perf_counter()
        with running(
            [sys.executable, "-m", "app", "serve"],
            core=self._core,
            folder=folder,
            environment=environment(data),
        ) as process:
            said = folder / "out.log"
            wait_until(lambda: b"Ready on" in said.read_bytes(), process, folder)
            seconds = time.perf_counter() - begin
            found = re.search(r"Ready on http://\S+:(\d+)", said.read_text())
            if found is None:
                raise Unusable("the ready line names no port")
            yield Ready(process.pid, int(found[1]), seconds)

    def _prepare(self, town: Town) -> _Seed:
        data = self._work / f"town-{town.orders}-{town.drivers}" / "data"
        data.parent.mkdir()
        with self.started(data) as ready:
            key = make_key(data)
            orders = for_each(ready.port, key, town.orders, make_order)
            drivers = for_each(ready.port, key, town.drivers, make_driver)
        target = Target(
            pid=0,
            port=0,
            orders=[order for order, _, _ in orders],
            drivers=[Door("/ws/driver", token) for _, token, _ in orders]
            + [Door("/ws/driver", token) for token in drivers],
            viewers=[Door(f"/ws/client/{order}", token) for order, _, token in orders],
            answers=True,
            key=key,
        )
        return _Seed(data, target)


def environment(data: Path) -> dict[str, str]:
    """The environment of every command on this data folder; limits are off, all else is on."""
    clean = {name: value for name, value in os.environ.items() if "ONTHEWAY" not in name}
    own = {"ONTHEWAY_DATA_DIR": str(data), "ONTHEWAY_PORT": "0", "ONTHEWAY_TILE_URL": "none"}
    return {**clean, **own, **UNLIMITED}


def make_key(data: Path) -> str:
    """An admin's API key, from the server that runs on this data folder."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "apikey", "add", "bench", "--role", "admin"],
        env=environment(data),
        cwd=data.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise Unusable(f"no API key: {done.stderr.strip()[-300:]}")
    return done.stdout.strip()


def make_driver(api: Api, number: int) -> str:
    """A driver; returns the token."""
    return str(api.post("/api/v1/drivers", name=f"Driver {number}")["token"])


def make_order(api: Api, number: int) -> tuple[str, str, str]:
    """An order on its way with a driver of its own: its id, the driver's token, the customer's."""
    driver = api.post("/api/v1/drivers", name=f"Courier {number}", vehicle="car")
    order = api.post(
        "/api/v1/orders", id=f"B{number}", driverId=driver["id"], destination=DESTINATION
    )
    api.post("/admin/update", orderId=order["id"], status="in_transit")
    return order["id"], driver["token"], order["trackingToken"]
