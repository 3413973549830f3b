"""What the command line asks of a running server: drivers who are lent to replays."""

import asyncio
from dataclasses import replace

from app.commands import TO_CONNECT, Commands
from app.domain.access import SYSTEM
from app.domain.errors import Close
from tests.web.house import House


class Playing:
    """The socket of a replay."""

    def send(self, message: object) -> None:
        """It reads nothing."""

    def send_positions(self, topic: int, run: object) -> None:
        """Nor these."""

    def end(self, code: Close) -> None:
        """It stays."""


async def lend(commands: Commands, house: House, order_id: str) -> str:
    """The name of the driver whose token is lent for an order."""
    lent = await commands("replay", {"order_id": order_id})
    driver, _ = await house.services.fleet.identify(lent["token"], None)
    order = await house.services.store.orders.get(order_id)
    assert order.driver_id == driver.id
    return driver.name


async def test_replays_after_each_other_have_one_driver_and_those_at_once_have_their_own(
    house: House,
) -> None:
    commands, hub, fleet = Commands(house.services, ""), house.services.hub, house.services.fleet
    assert await lend(commands, house, "A1") == "Replay"
    assert await lend(commands, house, "A2") == "Replay 2"  # the first may be about to connect
    (first,) = [one for one in await house.services.store.drivers.all() if one.name == "Replay"]
    socket = Playing()
    hub.connect_driver(first.num, socket)
    fleet.presence_changed(first.num)
    assert await lend(commands, house, "A3") == "Replay 3"
    hub.disconnect_driver(first.num, socket)
    fleet.presence_changed(first.num)
    assert await lend(commands, house, "A4") == "Replay"
    assert await lend(commands, house, "A1") == "Replay"  # who has it plays it


async def test_a_driver_who_was_lent_and_never_came_is_lent_again(house: House) -> None:
    now = house.services.now()
    commands = Commands(replace(house.services, now=lambda: now), "")
    assert await lend(commands, house, "A1") == "Replay"
    now += TO_CONNECT + 1
    assert await lend(commands, house, "A2") == "Replay"
    (driver,) = await house.services.store.drivers.all()
    now += TO_CONNECT + 1
    await house.services.fleet.set_duty(driver.num, False, SYSTEM)  # nothing of his is taken
    assert await lend(commands, house, "A3") == "Replay 2"


async def test_two_replays_of_one_order_at_once_play_one_driver(house: House) -> None:
    commands = Commands(house.services, "")
    names = await asyncio.gather(*(lend(commands, house, "A1") for _ in range(2)))
    assert names == ["Replay", "Replay"]
    live = await house.services.board.order("A1")
    assert [event.status for event in live.events or []] == ["pending", "assigned"]
