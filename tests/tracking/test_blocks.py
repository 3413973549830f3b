"""Shut out for a while: who, by whom, for how long; and let in again."""

import pytest

from app.domain.access import Actor, Kind, Role
from app.domain.errors import Close, OnthewayError
from app.domain.order import Status
from app.domain.times import SECOND
from app.tracking.blocks import Block, Blocks, address_key, token_key
from app.tracking.monitor import Connection
from app.tracking.records import OrderDetails
from app.tracking.viewer_session import Handshake
from tests.tracking.conftest import ADMIN, Desk, Recorder

DISPATCHER = Actor(Kind.USER, "dora", Role.DISPATCHER, "192.0.2.9")
HOME = Actor(Kind.USER, "ana", Role.ADMIN, "127.0.0.1")


def block(name: str, until: int) -> Block:
    return Block(id=name, key=("address", name), name=name, by="ana", since=until - 10, until=until)


def test_a_block_holds_until_its_time_is_over_and_says_how_long() -> None:
    now = 0
    blocks = Blocks(lambda: now)
    blocks.add(block("192.0.2.1", 30 * SECOND))
    blocks.add(block("192.0.2.2", 10 * SECOND))
    assert blocks.holds(address_key("192.0.2.1"))
    assert not blocks.holds(address_key("192.0.2.3"))
    assert not blocks.holds(address_key(None))
    now = 10 * SECOND
    assert [one.name for one in blocks.listed()] == ["192.0.2.1"]
    with pytest.raises(OnthewayError) as refusal:
        blocks.require(address_key("192.0.2.1"))
    assert (refusal.value.status, refusal.value.retry_after) == (429, 20.0)
    blocks.require(address_key("192.0.2.2"))
    assert blocks.lift("192.0.2.2") is None
    assert blocks.lift("192.0.2.1") is not None
    assert not blocks.holds(address_key("192.0.2.1"))


def test_only_what_came_with_a_token_has_one() -> None:
    assert token_key(Actor(Kind.DRIVER, "d", num=3)) == ("driver", 3)
    assert token_key(Actor(Kind.API_KEY, "shop", Role.VIEWER, num=3)) == ("apikey", 3)
    assert token_key(Actor(Kind.CUSTOMER, "A1"), "link") == ("customer", "link")
    assert token_key(Actor(Kind.CUSTOMER, "A1")) is None
    assert token_key(ADMIN, "link") is None
    assert token_key(None) is None


def the(desk: Desk, kind: str) -> Connection:
    """The connection of a kind."""
    (found,) = [one for one in desk.services.monitor.connections() if one.kind == kind]
    return found


async def test_a_blocked_driver_is_cut_and_refused_until_the_block_is_lifted(desk: Desk) -> None:
    _, token = await desk.driver()
    _, phone = desk.driver_socket(token)
    await phone.next("welcome")
    cut = the(desk, "driver")
    made = desk.services.monitor.block_token(cut, "Ana", 600, DISPATCHER)
    assert await phone.closed() is Close.TOO_MANY_SOCKETS
    desk.services.monitor.closed(cut, Close.TOO_MANY_SOCKETS)
    (live,) = desk.services.board.drivers.values()
    assert desk.services.monitor.blocks.of(live.cut_by) is made
    assert live.report is not None
    assert live.report.words == "blocked by dora"
    _, again = desk.driver_socket(token)
    assert await again.closed() is Close.TOO_MANY_SOCKETS
    _, other = desk.driver_socket((await desk.driver("Ben"))[1])
    await other.next("welcome")
    desk.services.monitor.lift(made.id, DISPATCHER)
    _, back = desk.driver_socket(token)
    await back.next("welcome")
    entries, _ = await desk.services.store.activity.page(None, 50)
    noted = {entry.kind: entry for entry in entries}
    assert noted["block.made"].detail == {"what": "driver", "seconds": 600}
    assert (noted["block.made"].actor_id, noted["block.made"].subject) == ("dora", "Ana")
    assert noted["block.lifted"].actor_id == "dora"
    with pytest.raises(OnthewayError, match="no such block"):
        desk.services.monitor.lift(made.id, DISPATCHER)


async def test_a_blocked_link_shuts_out_its_customers_only(desk: Desk) -> None:
    made = await desk.services.orders.create("A1", OrderDetails(), None, ADMIN)
    assert made.order.status is Status.PENDING
    _, viewer = desk.viewer_socket(Handshake(name=made.token))
    await viewer.next("snapshot")
    desk.services.monitor.block_token(the(desk, "viewer"), "Customer of A1", 600, DISPATCHER)
    assert await viewer.closed() is Close.TOO_MANY_SOCKETS
    _, again = desk.viewer_socket(Handshake(name=made.token))
    assert await again.closed() is Close.TOO_MANY_SOCKETS
    with pytest.raises(OnthewayError) as refusal:
        await desk.services.customer.page(made.token, "192.0.2.1")
    assert refusal.value.code == "too_many"
    other = desk.services.orders.token_of(await desk.services.orders.add_link("A1", None, ADMIN))
    _, elsewhere = desk.viewer_socket(Handshake(name=other))
    await elsewhere.next("snapshot")
    assert (await desk.services.customer.page(other, "192.0.2.1")).order_id == "A1"


async def test_an_address_is_an_admins_to_block_and_never_his_own_by_accident(desk: Desk) -> None:
    monitor, socket = desk.services.monitor, Recorder()
    monitor.opened("viewer", socket, "192.0.2.1", None)
    with pytest.raises(OnthewayError) as refusal:
        monitor.block_address("192.0.2.1", 600, DISPATCHER)
    assert refusal.value.code == "forbidden"
    with pytest.raises(OnthewayError) as own:
        monitor.block_address("127.0.0.1", 600, HOME)
    assert own.value.code == "conflict"
    assert monitor.blocks.listed() == []
    assert socket.code is None
    monitor.block_address("192.0.2.1", 600, HOME)
    assert socket.code is Close.TOO_MANY_SOCKETS
    monitor.block_address("127.0.0.1", 600, HOME, even_own=True)
    assert {one.name for one in monitor.blocks.listed()} == {"127.0.0.1", "192.0.2.1"}


async def test_a_blocked_key_is_refused_everywhere(desk: Desk) -> None:
    signin, monitor = desk.services.signin, desk.services.monitor
    key, token = await signin.add_key("shop", Role.DISPATCHER, ADMIN)
    assert signin.key_used_at(key) is None
    actor = await signin.by_key(token, None)
    assert actor is not None
    assert signin.key_used_at(key) is not None
    connection = monitor.opened("viewer", Recorder(), "192.0.2.1", None)
    connection.actor = actor
    with pytest.raises(OnthewayError) as refusal:
        monitor.block_token(connection, "shop", 600, DISPATCHER)
    assert refusal.value.code == "forbidden"
    monitor.block_token(connection, "shop", 600, ADMIN)
    with pytest.raises(OnthewayError) as blocked:
        await signin.by_key(token, None)
    assert blocked.value.code == "too_many"
    connection.actor = ADMIN
    with pytest.raises(OnthewayError, match="without a token"):
        monitor.block_token(connection, "ana", 600, ADMIN)
