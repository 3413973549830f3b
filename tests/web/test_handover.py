"""What the toast offers to take back is what this person did, not what somebody else did."""

from types import SimpleNamespace
from typing import Any, cast

import httpx

from app.domain.access import Actor, Kind, Role
from app.ui.kit.visit import Visit
from app.ui.orders.assigning import Handover
from tests.web.house import House

ANA = Actor(Kind.USER, "ana", Role.ADMIN)


async def test_who_gives_an_order_to_its_driver_again_can_take_nothing_back(
    house: House, admin: httpx.AsyncClient
) -> None:
    driver = (await admin.post("/api/v1/drivers", json={"name": "Dora"})).json()["id"]
    await admin.post("/api/v1/orders", json={"id": "A1"})
    offered: list[Any] = []

    def say(_text: str, *, undo: Any = None) -> None:
        offered.append(undo)

    visit = cast(Visit, SimpleNamespace(services=house.services, actor=ANA, say=say))
    seen = (await house.services.board.order("A1")).order
    assert await Handover(visit, seen, driver).begin()
    assert await Handover(visit, seen, driver).begin(), "by one who saw it without a driver"
    assert [undo is not None for undo in offered] == [True, False]
