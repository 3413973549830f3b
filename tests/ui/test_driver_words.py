"""What is said of a driver, without a browser."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

from app.tracking.records import Driver
from app.ui.drivers.deeds import DriverDeeds
from app.ui.kit.visit import Visit

TURNED = "\u202eevE"


async def test_a_name_that_turns_what_follows_turns_no_toast() -> None:
    ana = Driver(num=1, id="d1", name=TURNED, vehicle=None, phone=None, on_duty=True, created_at=0)
    said: list[str] = []

    async def set_duty(_num: int, on: bool, _actor: object) -> Driver:
        return replace(ana, on_duty=on)

    reporting = SimpleNamespace(ask=lambda *_: False)
    services = SimpleNamespace(fleet=SimpleNamespace(set_duty=set_duty), reporting=reporting)

    def say(text: str, **_: object) -> None:
        said.append(text)

    visit = cast(Visit, SimpleNamespace(services=services, actor=None, say=say))
    deeds = DriverDeeds(visit)
    deeds.ask_place(ana)
    await deeds.duty(ana)
    assert said == [
        "evE will be asked when the phone reports next.",
        "evE is off duty: positions are not stored.",
    ]
