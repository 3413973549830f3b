"""Drivers: made, edited, their tokens rotated, on and off duty, and what they are told."""

from dataclasses import dataclass
from typing import Any

from app.domain.access import Action, Actor, Kind
from app.domain.errors import Close, OnthewayError
from app.protocol import messages
from app.tracking.board import Board
from app.tracking.credentials import new_id, new_token, token_hash
from app.tracking.hub import Hub
from app.tracking.monitor import Monitor, Now
from app.tracking.ports import Drivers
from app.tracking.records import Driver, Once
from app.tracking.views import order_brief


@dataclass(frozen=True, slots=True)
class MadeDriver:
    """A driver with the token that is shown this once."""

    driver: Driver
    token: str


class EndedToken(OnthewayError):
    """The refusal of a token that held once; ``actor`` is the driver whose it was."""

    def __init__(self, actor: Actor) -> None:
        super().__init__("revoked", "This driver token was ended.")
        self.actor = actor


class Fleet:
    """Everything that is done with drivers."""

    def __init__(
        self, drivers: Drivers, board: Board, hub: Hub, monitor: Monitor, now: Now
    ) -> None:
        self._drivers = drivers
        self._board = board
        self._hub = hub
        self._monitor = monitor
        self._now = now
        self._lent: dict[bytes, str] = {}

    async def create(
        self,
        name: str,
        vehicle: str | None,
        phone: str | None,
        actor: Actor,
        once: Once | None = None,
    ) -> MadeDriver:
        """Make a driver with his token."""
        actor.require(Action.DISPATCH)
        token = new_token()
        driver = await self._drivers.create(
            new_id(),
            name,
            vehicle,
            phone,
            token_hash(token),
            self._now(),
            once=once,
            then=self._changed,
        )
        self._monitor.note("driver.created", actor, driver.id, {"name": name})
        return MadeDriver(driver, token)

    async def edit(self, driver_id: str, changes: dict[str, Any], actor: Actor) -> Driver:
        """Change ``name``, ``vehicle``, ``phone``, by name; ``not_found``."""
        actor.require(Action.DISPATCH)
        driver = await self._drivers.edit(driver_id, changes, self._changed)
        self._monitor.note("driver.edited", actor, driver_id, {"fields": sorted(changes)})
        return driver

    async def remove(self, driver_id: str, actor: Actor) -> None:
        """Remove a driver: his token ends, his history stays; ``not_found``, ``conflict``."""
        actor.require(Action.DISPATCH)
        driver = await self._drivers.remove(driver_id, self._now(), self._changed)
        self._hub.end_driver(driver.num, Close.REVOKED)
        self._monitor.note("driver.removed", actor, driver_id)

    async def inactive(self, actor: Actor) -> list[Driver]:
        """Those who were removed, the last one first."""
        actor.require(Action.DISPATCH)
        return await self._drivers.removed()

    async def restore(self, driver_id: str, actor: Actor) -> MadeDriver:
        """One who was removed drives again, with a new token; ``not_found``."""
        actor.require(Action.DISPATCH)
        token = new_token()
        driver = await self._drivers.restore(
            driver_id, token_hash(token), self._now(), self._changed
        )
        self._monitor.note("driver.restored", actor, driver_id)
        return MadeDriver(driver, token)

    async def rotate(self, driver_id: str, actor: Actor, once: Once | None = None) -> MadeDriver:
        """A new token; the old ones and their sockets end; ``not_found``."""
        actor.require(Action.DISPATCH)
        token = new_token()
        driver = await self._drivers.rotate_token(
            driver_id, token_hash(token), self._now(), once=once, then=self._rotated
        )
        self._monitor.note("driver.token_rotated", actor, driver_id)
        return MadeDriver(driver, token)

    async def set_duty(
        self, driver_num: int, on: bool, actor: Actor, message_id: str | None = None
    ) -> Driver:
        """On or off duty, said by staff or by the driver himself."""
        if actor.kind is not Kind.DRIVER:
            actor.require(Action.DISPATCH)
        driver = await self._drivers.set_duty(
            driver_num, on, self._now(), message_id, self._changed
        )
        if actor.kind is not Kind.DRIVER:
            self._hub.to_driver(driver_num, messages.DutyChanged(on=driver.on_duty))
        self._monitor.note("driver.duty", actor, driver.id, {"on": on})
        return driver

    async def identify(self, token: str, address: str | None) -> tuple[Driver, Actor]:
        """The driver of a token; ``not_authenticated`` (never valid) or `EndedToken`."""
        hashed = token_hash(token)
        lent = self._lent.get(hashed)
        if lent is not None:
            driver = await self._drivers.get(lent)
            return driver, Actor(Kind.DRIVER, driver.id, None, address, driver.num)
        found = await self._drivers.find_token(hashed)
        if found is None:
            raise OnthewayError("not_authenticated", "This driver token is not valid.")
        driver, valid = found
        actor = Actor(Kind.DRIVER, driver.id, None, address, driver.num)
        if not valid:
            raise EndedToken(actor)
        return driver, actor

    def lend_token(self, driver_id: str) -> str:
        """A token that plays this driver while the server runs; never stored, ends no other."""
        token = new_token()
        self._lent[token_hash(token)] = driver_id
        return token

    def welcome(self, driver_num: int, report_interval: int) -> messages.Welcome:
        """What a driver is told first; ``report_interval`` in seconds."""
        live = self._board.drivers[driver_num]
        orders = [order_brief(order.order) for order in self._board.orders_of(driver_num)]
        return messages.Welcome(
            driver_id=live.driver.id,
            driver_name=live.driver.name,
            orders=orders,
            report_interval=report_interval,
            on_duty=live.driver.on_duty,
        )

    def heard(self, driver_num: int) -> None:
        """He sent something."""
        live = self._board.drivers.get(driver_num)
        if live is not None:
            live.heard_at = self._now()

    def presence_changed(self, driver_num: int) -> None:
        """A socket of his opened or closed."""
        self.heard(driver_num)
        self._board.changed("driver", driver_num)

    def _changed(self, driver: Driver) -> None:
        self._board.apply_driver(driver)

    def _rotated(self, driver: Driver) -> None:
        self._hub.end_driver(driver.num, Close.REVOKED)
        self._board.apply_driver(driver)
