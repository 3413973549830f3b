"""Drivers are told how often to report, as somebody looks or nobody does."""

import pytest

from app.domain.errors import OnthewayError
from app.domain.order import Status
from app.tracking.records import OrderDetails
from app.tracking.viewer_session import Handshake
from tests.tracking.conftest import ADMIN, Desk, Recorder


def intervals(socket: Recorder) -> list[int]:
    return [message["seconds"] for message in socket.of("report_interval")]


async def test_a_phone_is_told_when_somebody_begins_to_look_and_when_he_ends(desk: Desk) -> None:
    services = desk.services
    driver_id, token = await desk.driver()
    _, phone = desk.driver_socket(token)
    assert (await phone.next("welcome"))["reportInterval"] == 30
    made = await services.orders.create("A1", OrderDetails(), driver_id, ADMIN)
    session, viewer = desk.viewer_socket(Handshake(name=made.token))
    await viewer.next("snapshot")
    await services.reporting.tick()
    assert intervals(phone) == [], "the customer does not see him yet"
    await services.orders.set_status("A1", Status.PICKED_UP, None, ADMIN)
    await services.reporting.tick()
    await services.orders.set_status("A1", Status.ARRIVING, None, ADMIN)
    await services.reporting.tick()
    await services.reporting.tick()
    assert intervals(phone) == [5, 3]
    session.closed()
    await services.reporting.tick()
    assert intervals(phone) == [5, 3, 30]


async def test_all_his_phones_are_told_and_a_new_one_by_its_welcome(desk: Desk) -> None:
    services = desk.services
    _, token = await desk.driver()
    _, first = desk.driver_socket(token)
    await first.next("welcome")
    services.feed.join(Recorder(), ADMIN)
    _, second = desk.driver_socket(token)
    assert (await second.next("welcome"))["reportInterval"] == 15
    await services.reporting.tick()
    assert intervals(first) == [15]


async def test_other_numbers_count_at_once(desk: Desk) -> None:
    services = desk.services
    _, token = await desk.driver()
    _, phone = desk.driver_socket(token)
    await phone.next("welcome")
    desk_of_settings = services.preferences
    await desk_of_settings.change({"report_unwatched": 60}, desk_of_settings.current, ADMIN)
    await services.reporting.tick()
    assert intervals(phone) == [60]


async def test_a_phone_that_is_asked_reports_at_once_if_it_is_there(desk: Desk) -> None:
    services = desk.services
    driver_id, token = await desk.driver()
    with pytest.raises(OnthewayError, match="not connected"):
        services.reporting.ask(driver_id, ADMIN)
    _, phone = desk.driver_socket(token)
    await phone.next("welcome")
    assert services.reporting.ask(driver_id, ADMIN)
    assert intervals(phone) == [1]
