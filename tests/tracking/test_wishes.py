"""Phones without a socket are told how often to report, and asked, with our answers."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from app.domain.errors import OnthewayError
from app.domain.position import Fix
from app.domain.times import MINUTE, SECOND
from app.protocol.apps import overland, owntracks
from app.protocol.apps.message import App, Reading
from app.protocol.apps.owntracks import LIST
from app.protocol.point import Point
from app.tracking.wishes import AGAIN, GONE, SETTLED
from tests.tracking.conftest import ADMIN, Desk, Recorder

BEGIN = 1_777_622_400 * SECOND


@dataclass
class Phone:
    """A driver's app on a clock of its own."""

    desk: Desk
    id: str
    num: int
    now: int = BEGIN

    async def report(self, after: int = 0, age: int = 0, app: App = owntracks.APP) -> list[Any]:
        """A position, ``age`` old; the commands in the answer."""
        self.now += after
        fix = Fix(48.1, 11.5, self.now - age, None, None, None, None, None)
        reading = Reading(points=[Point(fix, None, None)])
        reply = await self.desk.services.phone_door.take(self.num, app, reading)
        commands: list[Any] = json.loads(reply.body)
        return commands


@pytest.fixture
async def phone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Phone:
    """A driver who reports by an app that can be told."""
    driver_id, token = await desk.driver()
    door = desk.services.phone_door
    phone = Phone(desk, driver_id, await door.identify(token, None))
    for part in (desk.services.reporting, door.wishes, door.reports):
        monkeypatch.setattr(part, "_now", lambda: phone.now)
    return phone


def seconds(commands: list[Any]) -> list[int]:
    """The intervals that are told, by both of their names."""
    wanted = [one["configuration"] for one in commands if one["action"] == "setConfiguration"]
    assert all(one["locatorInterval"] == one["moveModeLocatorInterval"] for one in wanted)
    return [one["locatorInterval"] for one in wanted]


async def test_an_app_is_told_once_it_has_settled_when_it_is_another_and_again_later(
    phone: Phone,
) -> None:
    assert await phone.report() == []
    assert await phone.report(SETTLED - 1) == []
    assert seconds(await phone.report(1)) == [30]
    assert await phone.report(30 * SECOND) == []
    staff = Recorder()
    phone.desk.services.feed.join(staff, ADMIN)
    assert seconds(await phone.report(30 * SECOND)) == [15]
    assert await phone.report(15 * SECOND) == []
    assert await phone.report(AGAIN - 15 * SECOND - 1) == []
    assert seconds(await phone.report(1)) == [15]
    phone.desk.services.feed.leave(staff)
    assert seconds(await phone.report(SECOND)) == [30]
    assert await phone.report(GONE + 1) == [], "perhaps it was set up anew meanwhile"


async def test_the_queue_of_a_phone_is_answered_plainly(phone: Phone) -> None:
    await phone.report()
    await phone.report(SETTLED, age=SETTLED)
    assert await phone.report(age=2 * MINUTE) == []
    assert seconds(await phone.report()) == [30]
    assert await phone.desk.services.phone_door.take(phone.num, owntracks.APP, Reading()) is LIST


async def test_who_is_asked_is_asked_with_the_answer_to_his_next_report(phone: Phone) -> None:
    reporting = phone.desk.services.reporting
    await phone.report()
    assert not reporting.ask(phone.id, ADMIN)
    assert reporting.waits(phone.num)
    asked = await phone.report(10 * SECOND)
    assert [one["action"] for one in asked] == ["setConfiguration", "reportLocation"]
    assert seconds(asked) == [1]
    assert not reporting.waits(phone.num)
    assert await phone.report(SECOND) == []
    reporting.ask(phone.id, ADMIN)
    assert [one["action"] for one in await phone.report(SECOND)] == ["reportLocation"]
    assert seconds(await phone.report(MINUTE)) == [30], "the answer is there"


async def test_a_question_is_not_for_ever(phone: Phone) -> None:
    reporting = phone.desk.services.reporting
    await phone.report()
    reporting.ask(phone.id, ADMIN)
    phone.now += 20 * MINUTE
    assert not reporting.waits(phone.num)
    await reporting.tick()
    assert await phone.report() == []


async def test_an_app_that_reads_no_answer_is_not_asked_and_told_nothing(phone: Phone) -> None:
    door = phone.desk.services.phone_door
    fix = Fix(48.1, 11.5, BEGIN, None, None, None, None, None)
    reading = Reading(points=[Point(fix, None, None)])
    assert await door.take(phone.num, overland.APP, reading) == overland.OK
    phone.now += 2 * SETTLED
    assert await door.take(phone.num, overland.APP, reading) == overland.OK
    with pytest.raises(OnthewayError, match="by Overland, which takes no questions"):
        phone.desk.services.reporting.ask(phone.id, ADMIN)
