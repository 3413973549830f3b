"""A driver's socket: credentials, answers, what others get to see."""

import json
from typing import Any

from app.domain.errors import Close
from app.domain.order import Status
from app.tracking.records import OrderDetails
from app.tracking.viewer_session import Handshake
from tests.tracking.conftest import ADMIN, Desk


def _text(message: Any) -> bytes:
    return json.dumps(message).encode()


async def test_a_driver_is_welcomed_with_his_open_orders(desk: Desk) -> None:
    driver_id, token = await desk.driver()
    await desk.services.orders.create("A1", OrderDetails(), driver_id, ADMIN)
    _, socket = desk.driver_socket(token)
    welcome = await socket.next("welcome")
    assert welcome["driverId"] == driver_id
    assert [order["orderId"] for order in welcome["orders"]] == ["A1"]


async def test_an_unknown_token_is_never_valid_and_a_rotated_one_is_revoked(desk: Desk) -> None:
    driver_id, old = await desk.driver()
    _, open_socket = desk.driver_socket(old)
    await open_socket.next("welcome")
    await desk.services.fleet.rotate(driver_id, ADMIN)
    assert open_socket.code is Close.REVOKED
    for token, code in (("nonsense", Close.NOT_AUTHENTICATED), (old, Close.REVOKED)):
        _, socket = desk.driver_socket(token)
        assert await socket.closed() is code


async def test_frames_that_come_before_the_token_is_checked_are_answered_after_it(
    desk: Desk,
) -> None:
    _, token = await desk.driver()
    session, socket = desk.driver_socket(token)
    session.receive(_text({"lat": 48, "lng": 11, "id": "p1"}))
    ack = await socket.next("ack")
    assert ack == {"type": "ack", "ids": ["p1"], "count": 1}
    assert [message["type"] for message in socket.messages] == ["welcome", "ack"]


async def test_a_phone_may_empty_its_queue_before_the_welcome(desk: Desk) -> None:
    _, token = await desk.driver()
    session, socket = desk.driver_socket(token)
    for number in range(1_000):
        session.receive(_text({"lat": 48, "lng": 11, "id": f"p{number}"}))
    await socket.until(lambda: sum(len(ack["ids"]) for ack in socket.of("ack")) == 1_000)
    assert socket.code is None


async def test_so_much_before_the_welcome_is_no_phone(desk: Desk) -> None:
    _, token = await desk.driver()
    session, socket = desk.driver_socket(token)
    long = _text({"lat": 48, "lng": 11, "more": "x" * 100_000})
    for _ in range(11):
        session.receive(long)
    assert await socket.closed() is Close.TOO_MANY_SOCKETS


async def test_a_binary_frame_before_the_welcome_is_no_credential(desk: Desk) -> None:
    session, socket = desk.driver_socket("nonsense")
    session.receive_binary()
    assert await socket.closed() is Close.NOT_AUTHENTICATED
    assert socket.messages == []


async def test_every_message_gets_one_answer_and_one_bad_point_is_refused_alone(
    desk: Desk,
) -> None:
    _, token = await desk.driver()
    session, socket = desk.driver_socket(token)
    await socket.next("welcome")
    points = [{"lat": 48, "lng": 11, "id": "a"}, {"lat": 99, "lng": 11, "id": "b"}]
    points.append({"lat": 48, "lng": 11, "id": "c", "orderId": "not-mine"})
    session.receive(_text({"type": "location_batch", "locations": points}))
    ack = await socket.next("ack")
    await socket.next("reject", 2)
    assert ack["ids"] == ["a"]
    assert [(r["id"], r["index"], r["code"]) for r in socket.of("reject")] == [
        ("b", 1, "invalid_coordinates"),
        ("c", 2, "unknown_order"),
    ]


async def test_a_fourth_socket_replaces_the_oldest(desk: Desk) -> None:
    _, token = await desk.driver()
    sockets = []
    for _ in range(4):
        _, socket = desk.driver_socket(token)
        await socket.next("welcome")
        sockets.append(socket)
    assert [socket.code for socket in sockets] == [Close.REPLACED, None, None, None]


async def test_off_duty_positions_are_refused_and_statuses_are_not(desk: Desk) -> None:
    driver_id, token = await desk.driver()
    await desk.services.orders.create("A1", OrderDetails(), driver_id, ADMIN)
    session, socket = desk.driver_socket(token)
    await socket.next("welcome")
    session.receive(_text({"type": "duty", "on": False}))
    await socket.next("ack")
    session.receive(_text({"lat": 48, "lng": 11, "id": "p1"}))
    assert (await socket.next("reject"))["code"] == "off_duty"
    session.receive(_text({"type": "status_update", "orderId": "A1", "status": "picked_up"}))
    await socket.next("ack", 2)


async def test_a_customer_sees_the_courier_from_pick_up_to_the_end_and_staff_always(
    desk: Desk,
) -> None:
    driver_id, token = await desk.driver()
    made = await desk.services.orders.create("A1", OrderDetails(), driver_id, ADMIN)
    _, customer = desk.viewer_socket(Handshake(name=made.token))
    _, staff = desk.viewer_socket(Handshake(name="A1", staff=ADMIN))
    await customer.next("snapshot")
    await staff.next("snapshot")
    session, driver = desk.driver_socket(token)
    await driver.next("welcome")
    for number, status in enumerate((None, Status.PICKED_UP, Status.DELIVERED)):
        if status is not None:
            await desk.services.orders.set_status("A1", status, None, ADMIN)
        fix = {"lat": 48 + number / 1000, "lng": 11, "orderId": "A1"}
        session.receive(_text({**fix, "recordedAt": 1_760_000_000 + 60 * number}))
        await driver.next("ack", number + 1)
    assert [message["lat"] for message in staff.of("location_update")] == [48.0, 48.001]
    assert [message["lat"] for message in customer.of("location_update")] == [48.001]
    assert [message["seq"] for message in customer.of("status_update")] == [2, 3]


async def test_a_backlog_is_stored_whole_and_only_its_newest_is_shown(desk: Desk) -> None:
    driver_id, token = await desk.driver()
    await desk.services.orders.create("A1", OrderDetails(), driver_id, ADMIN)
    _, staff = desk.viewer_socket(Handshake(name="A1", staff=ADMIN))
    await staff.next("snapshot")
    session, driver = desk.driver_socket(token)
    await driver.next("welcome")
    points = [
        {"lat": 48 + n / 10_000, "lng": 11, "recordedAt": 1_760_000_000 + n, "orderId": "A1"}
        for n in range(100)
    ]
    session.receive(_text({"type": "location_batch", "locations": points}))
    assert (await driver.next("ack"))["count"] == 100
    assert [message["lat"] for message in staff.of("location_update")] == [points[-1]["lat"]]


async def test_a_short_gap_is_shown_as_the_way_it_was(desk: Desk) -> None:
    driver_id, token = await desk.driver()
    await desk.services.orders.create("A1", OrderDetails(), driver_id, ADMIN)
    _, staff = desk.viewer_socket(Handshake(name="A1", staff=ADMIN))
    await staff.next("snapshot")
    session, driver = desk.driver_socket(token)
    await driver.next("welcome")
    points = [
        {"lat": 48 + n / 10_000, "lng": 11, "recordedAt": 1_760_000_000 + n, "orderId": "A1"}
        for n in range(5)
    ]
    session.receive(_text({"type": "location_batch", "locations": points}))
    await driver.next("ack")
    assert [message["lat"] for message in staff.of("location_update")] == [
        point["lat"] for point in points
    ]


async def test_a_backlog_of_two_orders_shows_the_newest_of_each(desk: Desk) -> None:
    driver_id, token = await desk.driver()
    staff = []
    for order_id in ("A1", "A2"):
        await desk.services.orders.create(order_id, OrderDetails(), driver_id, ADMIN)
        _, socket = desk.viewer_socket(Handshake(name=order_id, staff=ADMIN))
        await socket.next("snapshot")
        staff.append(socket)
    session, driver = desk.driver_socket(token)
    await driver.next("welcome")
    points = [
        {"lat": 48 + n / 10_000, "lng": 11, "recordedAt": 1_760_000_000 + n, "orderId": order_id}
        for n, order_id in enumerate(["A1"] * 30 + ["A2"] * 30)
    ]
    session.receive(_text({"type": "location_batch", "locations": points}))
    await driver.next("ack")
    shown = [[message["lat"] for message in socket.of("location_update")] for socket in staff]
    assert shown == [[points[29]["lat"]], [points[59]["lat"]]]
