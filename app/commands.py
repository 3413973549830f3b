"""What the command line asks of an installation, in a running server or without one."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, Final

from app.domain.access import SYSTEM, Role
from app.domain.errors import OnthewayError
from app.domain.order import FINAL, is_order_id
from app.domain.times import MINUTE
from app.tracking.board import LiveDriver
from app.tracking.records import OrderDetails
from app.tracking.services import Services

REPLAY_DRIVER: Final = "Replay"
TO_CONNECT: Final = MINUTE
"""So long after a driver was lent who was lent him may not have connected yet."""


class Commands:
    """Handlers by name; arguments and answers are JSON."""

    def __init__(self, services: Services, url: str) -> None:
        self._services = services
        self._url = url
        self._lent: dict[str, int] = {}
        self._lending = asyncio.Lock()
        self._table: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {
            "user add": self._user_add,
            "user password": self._user_password,
            "user remove": self._user_remove,
            "apikey add": self._apikey_add,
            "replay": self._replay,
        }

    async def __call__(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Do one command; raises `OnthewayError`."""
        handler = self._table.get(command)
        if handler is None:
            raise OnthewayError("bad_request", "The running server does not know this command.")
        return await handler(**arguments)

    async def _user_add(self, name: str, role: str, password: str) -> dict[str, Any]:
        await self._services.signin.add_user(name, Role(role), password, SYSTEM)
        return {}

    async def _user_password(self, name: str, password: str) -> dict[str, Any]:
        await self._services.signin.set_password(name, password, SYSTEM)
        return {}

    async def _user_remove(self, name: str) -> dict[str, Any]:
        await self._services.signin.remove_user(name, SYSTEM)
        return {}

    async def _apikey_add(self, name: str, role: str) -> dict[str, Any]:
        _, key = await self._services.signin.add_key(name, Role(role), SYSTEM)
        return {"key": key}

    async def _replay(self, order_id: str) -> dict[str, Any]:
        """A token that plays the order's driver; order and driver are made if there is none."""
        async with self._lending:  # two for one order at once get the same driver
            return await self._lend(order_id)

    async def _lend(self, order_id: str) -> dict[str, Any]:
        if not is_order_id(order_id):
            raise OnthewayError("invalid_field", f"{order_id} is not an order id.", field="order")
        services = self._services
        try:
            order = await services.store.orders.get(order_id)
        except OnthewayError as error:
            if error.code != "not_found":
                raise
            made = await services.orders.create(order_id, OrderDetails(), None, SYSTEM)
            order = made.order
        driver_id = order.driver_id
        if driver_id is None:
            if order.status in FINAL:
                raise OnthewayError("illegal_step", f"{order_id} ended without a driver.")
            driver_id = await self._free_driver()
            await services.orders.assign(order_id, driver_id, SYSTEM)
        return {"token": services.fleet.lend_token(driver_id), "url": self._url}

    async def _free_driver(self) -> str:
        """The first of the drivers for replays who plays nothing now; made if there is none."""
        services = self._services
        drivers = {live.driver.name: live for live in services.board.drivers.values()}
        for number in count(1):
            name = REPLAY_DRIVER if number == 1 else f"{REPLAY_DRIVER} {number}"
            live = drivers.get(name)
            if live is None:
                driver_id = (await services.fleet.create(name, None, None, SYSTEM)).driver.id
            elif self._is_free(live):
                driver_id = live.driver.id
            else:
                continue
            break
        self._lent[driver_id] = services.now()
        return driver_id

    def _is_free(self, live: LiveDriver) -> bool:
        """Whether he plays nothing, and nobody who was lent him a moment ago is about to."""
        if not live.driver.on_duty or self._services.hub.online(live.driver.num):
            return False
        lent_at = self._lent.get(live.driver.id, 0)
        came = live.heard_at is not None and live.heard_at > lent_at
        return came or self._services.now() - lent_at > TO_CONNECT
