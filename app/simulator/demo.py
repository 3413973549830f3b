"""The demo's city at work: a shop, its drivers, and a phone of your own; all from the outside."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import structlog

from app.simulator.api import Api, ApiError, Json
from app.simulator.city import VEHICLES
from app.simulator.drivers import CityDriver
from app.simulator.people import DRIVERS
from app.simulator.shop import HOME, Shop

HEAD_STARTS: Final = (0.06, 0.3, 0.55, None, 0.4, None)
"""How far along the first deliveries are when the demo begins; None: still on the way to fetch."""

PATCHY: Final = 1
"""The driver whose phone loses its signal now and then."""

PHONE_NAME: Final = "Sam (your phone)"
"""The driver who waits for a phone; customers read the first word."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DemoLinks:
    """What a visitor can open: a customer's page of an order that is on its way, a driver's page
    for his own phone, and the customer's page that shows where this phone is.
    """

    order_id: str
    tracking_url: str
    driver_url: str
    phone_order_id: str
    phone_tracking_url: str


async def run_city(
    *,
    url: str,
    api_key: str,
    stop: asyncio.Event,
    on_ready: Callable[[DemoLinks], None],
    drivers: int = 6,
    seed: int | None = None,
    pace: float = 1.0,
    trust: ssl.SSLContext | None = None,
) -> None:
    """Let the city live until ``stop`` is set; ``on_ready`` is called once, within seconds.

    ``url`` is the server's http address, ``api_key`` one that may make drivers and orders. Raises
    `ApiError` when the server refuses at the start. ``trust``: whom to believe over https.
    """
    rng = Random(seed)
    async with Api(url, api_key, trust) as api:
        city = _City(url, api, Shop(api, rng), rng, pace, trust)
        opening = asyncio.create_task(city.open(drivers, on_ready))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((opening, stopping), return_when="FIRST_COMPLETED")
            if opening.done():
                opening.result()
                await stopping
        finally:
            await city.close(opening, stopping)


class _City:
    def __init__(
        self,
        url: str,
        api: Api,
        shop: Shop,
        rng: Random,
        pace: float,
        trust: ssl.SSLContext | None,
    ) -> None:
        self._url, self._api, self._shop, self._rng, self._pace = url, api, shop, rng, pace
        self._trust = trust
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, count: int, on_ready: Callable[[DemoLinks], None]) -> None:
        """Make everyone and everything; tell the links as soon as the first driver drives."""
        # The first order is the one to watch: a long way, just begun.
        order = await self._hire(0, blocks=(20, 26))
        phone = await self._api.post("/drivers", {"name": PHONE_NAME, "vehicle": "bike"})
        own = await self._shop.order_for(phone["id"])
        on_ready(
            DemoLinks(
                order_id=order["id"],
                tracking_url=order["trackingUrl"],
                driver_url=phone["driverUrl"],
                phone_order_id=own["id"],
                phone_tracking_url=own["trackingUrl"],
            )
        )
        for number in range(1, count):
            await self._hire(number)
        await self._shop.stock()

    async def close(self, *tasks: asyncio.Task[Any]) -> None:
        """Send everyone home; ``tasks`` too."""
        everyone = (*tasks, *self._tasks)
        for task in everyone:
            task.cancel()
        await asyncio.gather(*everyone, return_exceptions=True)

    async def _hire(self, number: int, *, blocks: tuple[int, int] = (9, 24)) -> Json:
        """Make a driver, give him his first order, and let him begin; return the order."""
        name, vehicle = DRIVERS[number % len(DRIVERS)]
        made = await self._api.post("/drivers", {"name": name, "vehicle": vehicle})
        order = await self._shop.order_for(made["id"], blocks=blocks)
        driver = CityDriver(
            name=name,
            vehicle=VEHICLES[vehicle],
            home=HOME,
            rng=Random(self._rng.random()),
            pace=self._pace,
            head_start=HEAD_STARTS[number % len(HEAD_STARTS)],
            patchy=number == PATCHY,
        )
        self._spawn(driver.run(self._url, made["token"], self._trust), name)
        self._spawn(self._keep_busy(driver, made["id"]), name)
        return order

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.append(task)
        task.add_done_callback(_report)

    async def _keep_busy(self, driver: CityDriver, driver_id: str) -> None:
        while True:
            await driver.idle.wait()
            driver.idle.clear()
            try:
                await self._shop.hand_to(driver_id)
            except ApiError as error:
                # Staff may have deleted him, or his order, meanwhile.
                _log.info("demo order not assigned", driver=driver.name, error=str(error))


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("demo driver broke down", driver=task.get_name(), exc_info=error)
