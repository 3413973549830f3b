"""A viewer's socket: rights, snapshot and resume, following many."""

import json
from typing import Any

import pytest

from app.domain.access import Role
from app.domain.errors import Close
from app.domain.order import Status
from app.tracking.follow import Since
from app.tracking.records import OrderDetails
from app.tracking.viewer_session import Handshake
from tests.tracking.conftest import ADMIN, Desk


def _text(message: Any) -> bytes:
    return json.dumps(message).encode()


async def test_what_never_was_a_right_is_refused_alike(desk: Desk) -> None:
    one = await desk.services.orders.create("A1", OrderDetails(), None, ADMIN)
    await desk.services.orders.create("A2", OrderDetails(), None, ADMIN)
    for handshake in (
        Handshake(name="A1", token="nonsense"),
        Handshake(name="A2", token=one.token),
        Handshake(name="A9", token=one.token),
        Handshake(name="nothing", token="nonsense"),
    ):
        _, socket = desk.viewer_socket(handshake)
        assert await socket.closed() is Close.NOT_AUTHENTICATED
        assert socket.messages == []


async def test_credentials_may_be_the_first_message_or_the_link_itself(desk: Desk) -> None:
    made = await desk.services.orders.create("7", OrderDetails(), None, ADMIN)
    session, first = desk.viewer_socket(Handshake(name="7"))
    session.receive(_text({"type": "auth", "token": made.token, "orderId": 7}))
    _, link = desk.viewer_socket(Handshake(name=made.token))
    for socket in (first, link):
        assert (await socket.next("snapshot"))["orderId"] == "7"


async def test_without_credentials_the_socket_is_closed_when_its_time_is_over(desk: Desk) -> None:
    session, socket = desk.viewer_socket(Handshake(name="A1"))
    await socket.until(lambda: not session._busy)
    session.overdue()
    assert socket.code is Close.NOT_AUTHENTICATED


@pytest.mark.parametrize("good", [True, False])
async def test_what_was_begun_in_time_is_decided_and_then_the_time_is_over(
    desk: Desk, good: bool
) -> None:
    made = await desk.services.orders.create("A1", OrderDetails(), None, ADMIN)
    session, socket = desk.viewer_socket(Handshake())
    await socket.until(lambda: not session._busy)
    token = made.token if good else "nonsense"
    session.receive(_text({"type": "subscribe", "orderId": "A1", "token": token}))
    session.overdue()
    assert socket.code is None
    await socket.next("snapshot" if good else "error")
    await socket.until(lambda: not session._busy)
    assert socket.code is (None if good else Close.NOT_AUTHENTICATED)


async def test_a_revoked_link_ends_its_open_sockets_and_is_told_to_its_bearer(desk: Desk) -> None:
    made = await desk.services.orders.create("A1", OrderDetails(), None, ADMIN)
    _, socket = desk.viewer_socket(Handshake(name=made.token))
    await socket.next("snapshot")
    await desk.services.orders.revoke_link("A1", made.link_id, ADMIN)
    assert socket.code is Close.REVOKED
    _, again = desk.viewer_socket(Handshake(name=made.token))
    assert await again.closed() is Close.REVOKED


@pytest.mark.parametrize("known", [1, 2, 3, 4])
async def test_resume_brings_the_missed_statuses_in_order(desk: Desk, known: int) -> None:
    made = await desk.services.orders.create("A1", OrderDetails(), None, ADMIN)
    for status in (Status.PICKED_UP, Status.IN_TRANSIT, Status.DELIVERED):
        await desk.services.orders.set_status("A1", status, None, ADMIN)
    epoch = desk.services.store.epoch
    _, socket = desk.viewer_socket(Handshake(name=made.token, since=Since(epoch, known)))
    snapshot = await socket.next("snapshot")
    assert (snapshot["recovered"], snapshot["seq"]) == (True, 4)
    assert [message["seq"] for message in socket.of("status_update")] == [*range(known + 1, 5)]


@pytest.mark.parametrize(("epoch", "seq"), [("another", 1), (None, 1), ("same", 99)])
async def test_resume_from_nowhere_is_not_recovered(
    desk: Desk, epoch: str | None, seq: int
) -> None:
    made = await desk.services.orders.create("A1", OrderDetails(), None, ADMIN)
    since = Since(desk.services.store.epoch if epoch == "same" else epoch, seq)
    _, socket = desk.viewer_socket(Handshake(name=made.token, since=since))
    assert (await socket.next("snapshot"))["recovered"] is False
    assert socket.of("status_update") == []


async def test_one_socket_follows_several_orders_and_survives_a_bad_subscription(
    desk: Desk,
) -> None:
    made = {
        order_id: await desk.services.orders.create(order_id, OrderDetails(), None, ADMIN)
        for order_id in ("A1", "A2")
    }
    session, socket = desk.viewer_socket(Handshake())
    for order_id, order in made.items():
        session.receive(_text({"type": "subscribe", "orderId": order_id, "token": order.token}))
    await socket.next("snapshot", 2)
    session.receive(_text({"type": "subscribe", "orderId": "A3", "token": "nonsense"}))
    error = await socket.next("error")
    assert (error["code"], error["orderId"]) == ("not_authenticated", "A3")
    session.receive(_text({"type": "unsubscribe", "orderId": "A1"}))
    for order_id in made:
        await desk.services.orders.set_status(order_id, Status.CANCELLED, None, ADMIN)
    assert [message["orderId"] for message in socket.of("status_update")] == ["A2"]
    assert socket.code is None


async def test_credentials_beside_a_link_are_ignored(desk: Desk) -> None:
    made = await desk.services.orders.create("A1", OrderDetails(), None, ADMIN)
    session, socket = desk.viewer_socket(Handshake(name=made.token, token="nonsense"))
    session.receive(_text({"type": "auth", "token": "nonsense", "orderId": "A2", "seq": 0}))
    await socket.next("snapshot", 2)
    assert socket.code is None


async def test_an_api_key_as_first_message_follows_any_order(desk: Desk) -> None:
    await desk.services.orders.create("A1", OrderDetails(), None, ADMIN)
    _, key = await desk.services.signin.add_key("shop", Role.VIEWER, ADMIN)
    session, socket = desk.viewer_socket(Handshake())
    session.receive(_text({"type": "auth", "token": key}))
    session.receive(_text({"type": "subscribe", "orderId": "A1"}))
    assert (await socket.next("snapshot"))["orderId"] == "A1"


@pytest.mark.parametrize(
    "first",
    [b"nope", b'{"type":"subscribe"}', b'{"type":"resume","orderId":"A1","epoch":"e","seq":1}'],
)
async def test_a_bad_first_message_on_the_open_door_is_answered_and_the_socket_lives(
    desk: Desk, first: bytes
) -> None:
    made = await desk.services.orders.create("A1", OrderDetails(), None, ADMIN)
    session, socket = desk.viewer_socket(Handshake())
    session.receive(first)
    await socket.next("error")
    session.receive(_text({"type": "subscribe", "orderId": "A1", "token": made.token, "seq": "x"}))
    assert (await socket.next("snapshot"))["recovered"] is False
    assert socket.code is None
