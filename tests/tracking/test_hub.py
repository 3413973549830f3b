"""Fan-out within a process: what is encoded and written how often, and in which order."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from app.domain.access import Actor, Kind, Role
from app.domain.errors import Close
from app.protocol.messages import encode
from app.tracking.hub import Hub, Run, Shared, Subscription, To

ORDER = 7


class Written:
    """The writing side of a socket: one entry for each write."""

    def __init__(self) -> None:
        self.writes: list[list[bytes]] = []

    def send(self, message: Shared) -> None:
        """A write."""
        self.writes.append([message.text])

    def send_positions(self, topic: int, run: Run) -> None:
        """A write."""
        assert topic == ORDER
        self.writes.append([part.text for part in run.parts])

    def end(self, code: Close) -> None:
        """Not here."""
        raise AssertionError(code)


@pytest.fixture
def encodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Every message that is encoded."""
    made: list[object] = []

    def count(message: object) -> bytes:
        made.append(message)
        return encode(message)

    monkeypatch.setattr("app.tracking.hub.encode", count)
    yield made


def follow(hub: Hub, *, staff: bool = False) -> Written:
    """One more viewer."""
    socket = Written()
    role = Role.VIEWER if staff else None
    actor = Actor(Kind.USER if staff else Kind.CUSTOMER, "x", role, None)
    hub.join(Subscription(socket, ORDER, "A1", actor, lambda _sub, _code: None))
    return socket


async def turn() -> None:
    """What is due in this turn of the loop is done."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def position(number: int) -> dict[str, Any]:
    """A position, as far as the hub cares."""
    return {"n": number}


def text(*numbers: int) -> list[bytes]:
    """Those positions as they are written."""
    return [b'{"n":%d}' % number for number in numbers]


async def test_a_position_is_encoded_once_and_written_once_for_each(
    encodes: list[object],
) -> None:
    hub = Hub()
    sockets = [follow(hub) for _ in range(50)]
    hub.publish_position(ORDER, position(1), To.ALL)
    await turn()
    assert len(encodes) == 1
    assert all(socket.writes == [text(1)] for socket in sockets)


async def test_positions_of_one_turn_are_one_write(encodes: list[object]) -> None:
    hub = Hub()
    sockets = [follow(hub) for _ in range(20)]
    for number in range(4):
        hub.publish_position(ORDER, position(number), To.ALL)
    await turn()
    assert len(encodes) == 4
    assert all(socket.writes == [text(0, 1, 2, 3)] for socket in sockets)
    hub.publish_position(ORDER, position(4), To.ALL)
    await turn()
    assert all(socket.writes == [text(0, 1, 2, 3), text(4)] for socket in sockets)


async def test_a_status_comes_after_the_positions_before_it() -> None:
    hub = Hub()
    socket = follow(hub)
    hub.publish_position(ORDER, position(1), To.ALL)
    hub.publish(ORDER, {"status": "delivered"})
    assert socket.writes == [text(1), [b'{"status":"delivered"}']]
    await turn()
    assert len(socket.writes) == 2


async def test_who_joins_gets_nothing_from_before() -> None:
    hub = Hub()
    early = follow(hub)
    hub.publish_position(ORDER, position(1), To.ALL)
    late = follow(hub)
    await turn()
    assert (early.writes, late.writes) == ([text(1)], [])


async def test_who_left_meanwhile_gets_nothing() -> None:
    hub = Hub()
    gone, stays = follow(hub), follow(hub)
    hub.publish_position(ORDER, position(1), To.ALL)
    hub.leave(ORDER, gone)
    await turn()
    assert (gone.writes, stays.writes) == ([], [text(1)])


async def test_each_position_goes_to_those_who_might_see_it_when_it_came() -> None:
    hub = Hub()
    customer, staff = follow(hub), follow(hub, staff=True)
    hub.publish_position(ORDER, position(1), To.STAFF)
    hub.publish_position(ORDER, position(2), To.ALL)
    hub.publish_position(ORDER, position(3), To.STAFF)
    hub.publish_position(ORDER, position(4), To.CUSTOMERS)
    await turn()
    assert customer.writes == [text(2), text(4)]
    assert staff.writes == [text(1), text(2), text(3)]


async def test_nobody_follows_nothing_is_encoded(encodes: list[object]) -> None:
    hub = Hub()
    hub.publish_position(ORDER, position(1), To.ALL)
    await turn()
    assert encodes == []
