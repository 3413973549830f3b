"""Customers who asked for it are told: what the page would say, once, and until it is over."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import Any

import pytest

from app.assembly import build
from app.config import Settings
from app.domain.errors import unavailable
from app.domain.eta import Window
from app.domain.geo import Place
from app.domain.notice import Event
from app.domain.order import Status
from app.domain.position import Fix
from app.domain.push import PushAddress, Reply, Verdict
from app.domain.times import MINUTE
from app.protocol.driver import Point
from app.storage.store import open_store
from app.tracking.follow import Grant, TrackPage
from app.tracking.notices import NoticeDesk
from app.tracking.orders import MadeOrder
from app.tracking.records import Arrival, Notice, OrderDetails, Spotted
from app.tracking.services import Services
from tests.fresh import furnish
from tests.push_stand_in import BrowserKeys
from tests.storage.town import refused
from tests.tracking.conftest import ADMIN, WITHIN

KEYS = BrowserKeys()
DOOR = Spotted(place=Place(48.1, 11.5))


class Pushes:
    """The push services: what they got, by the name of the browser."""

    key = "the key"
    services: Collection[str] = ("push.example.com",)

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.calls: list[tuple[int, bool]] = []
        self.replies: list[Reply] = []

    async def push(
        self, to: PushAddress, text: bytes, *, seconds: int, urgent: bool, topic: str
    ) -> Reply:
        """Take it."""
        message = json.loads(text)
        assert len(topic) == 32
        assert message.pop("tag") == topic
        self.got.append((to.endpoint.rpartition("/")[2], message))
        self.calls.append((seconds, urgent))
        return self.replies.pop(0) if self.replies else Reply(Verdict.TAKEN)

    async def close(self) -> None:
        """The connections end."""

    @property
    def texts(self) -> list[str]:
        """What was told."""
        return [message["body"] for _, message in self.got]


class Shop:
    """An installation whose clock can be moved on, and an order of it."""

    def __init__(self, services: Services, pushes: Pushes, made: MadeOrder, grant: Grant) -> None:
        self.services = services
        self.pushes = pushes
        self.made = made
        self.grant = grant

    @property
    def desk(self) -> NoticeDesk:
        """Who tells."""
        return self.services.notices

    async def listen(self, name: str = "ana", grant: Grant | None = None) -> str:
        """A browser wants to be told; its name."""
        wish = KEYS.wish(f"https://push.example.com/{name}", "ar")
        keys = wish["keys"]
        return await self.desk.add(
            grant or self.grant, wish["endpoint"], keys["p256dh"], keys["auth"], wish["locale"]
        )

    async def status(self, status: Status, *, force: bool = False) -> None:
        """The order's next status, and all that follows from it."""
        await self.services.orders.set_status("A1", status, None, ADMIN, force=force)
        await self.settle()

    async def settle(self) -> None:
        """Until nothing is on its way."""
        names = {
            "customers told",
            "message to a browser",
            "late orders",
            "browsers of an ended link",
        }
        async with asyncio.timeout(WITHIN):
            while any(task.get_name() in names for task in asyncio.all_tasks()):  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def noted(self, kind: str) -> list[tuple[str, str | None, dict[str, Any]]]:
        """The lines of this kind in the activity log, the newest first."""
        entries, _ = await self.services.store.activity.page(None, 50)
        assert "push.example.com" not in str(entries)
        return [(one.actor_kind, one.subject, one.detail) for one in entries if one.kind == kind]

    async def look(self) -> None:
        """Half a minute is over."""
        self.desk.tick()
        await self.settle()


def say(page: TrackPage, locale: str, event: Event) -> Notice | None:
    """What the page says, for tests: everything that it may know."""
    name = page.driver.name if page.driver else "-"
    return Notice("Shop", f"{event} {page.status} {name}", locale, "rtl")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """A new installation with an assigned order."""
    furnish(tmp_path / "data")
    store = await open_store(tmp_path / "data")
    pushes = Pushes()
    settings = Settings(data_dir=tmp_path / "data", secret_key="k" * 32)
    services = build(settings, store, "https://track.example.com", pushes)
    await services.board.load(services.now())
    await services.notices.start(say)
    driver = await services.fleet.create("Ana Petrović", None, "+49 1", ADMIN)
    details = OrderDetails(destination=DOOR)
    made = await services.orders.create("A1", details, driver.driver.id, ADMIN)
    grant = await services.customer.admit(made.token, None)
    yield Shop(services, pushes, made, grant)
    services.signin.close()
    await services.notices.close()
    await store.close()


async def test_a_customer_is_told_of_each_event_once_and_of_nothing_else(shop: Shop) -> None:
    await shop.listen()
    for status in (Status.PICKED_UP, Status.IN_TRANSIT, Status.ARRIVING):
        await shop.status(status)
    await shop.status(Status.ASSIGNED, force=True)
    await shop.status(Status.ARRIVING)
    await shop.status(Status.DELIVERED)
    assert shop.pushes.texts == [
        "on_the_way picked_up Ana",
        "arriving arriving Ana",
        "delivered delivered -",
    ]
    assert shop.pushes.got[0] == (
        "ana",
        {
            "title": "Shop",
            "body": "on_the_way picked_up Ana",
            "lang": "ar",
            "dir": "rtl",
            "url": f"/track/{shop.made.token}",
        },
    )
    assert [urgent for _, urgent in shop.pushes.calls] == [False, True, True]
    for (seconds, _), most in zip(shop.pushes.calls, (3_600, 600, 7_200), strict=True):
        assert most - WITHIN < seconds <= most


async def test_after_the_end_nobody_is_kept_and_nothing_offered(shop: Shop) -> None:
    name = await shop.listen()
    assert (await shop.services.customer.beside(shop.grant)).notices == "the key"
    await shop.status(Status.FAILED)
    assert shop.pushes.texts == ["failed failed -"]
    assert not await shop.desk.has(shop.grant, name)
    assert (await shop.services.customer.beside(shop.grant)).notices is None
    with refused("illegal_step"):
        await shop.listen()
    await shop.status(Status.ASSIGNED, force=True)
    await shop.status(Status.PICKED_UP)
    assert len(shop.pushes.got) == 1


async def test_what_is_over_already_is_not_told_any_more(shop: Shop) -> None:
    await shop.listen()
    orders = shop.services.orders
    steps = (Status.PICKED_UP, Status.ARRIVING, Status.DELIVERED)
    await asyncio.gather(*(orders.set_status("A1", step, None, ADMIN) for step in steps))
    await shop.settle()
    assert shop.pushes.texts == ["delivered delivered -"]
    noted = await shop.noted("order.told")
    assert noted == [("system", "A1", {"event": "delivered", "browsers": 1})]


async def test_who_comes_later_is_told_what_comes_later(shop: Shop) -> None:
    await shop.status(Status.IN_TRANSIT)
    await shop.listen()
    await shop.status(Status.ARRIVING)
    await shop.listen("ben")
    await shop.status(Status.CANCELLED)
    assert [name for name, _ in shop.pushes.got] == ["ana", "ana", "ben"]


async def test_who_turns_it_off_hears_no_more(shop: Shop) -> None:
    name = await shop.listen()
    other = await shop.services.orders.create("B1", OrderDetails(), None, ADMIN)
    stranger = await shop.services.customer.admit(other.token, None)
    await shop.desk.remove(stranger, name)
    assert await shop.desk.has(shop.grant, name), "another order's link has no right to it"
    await shop.desk.remove(shop.grant, name)
    await shop.desk.remove(shop.grant, name)
    await shop.status(Status.IN_TRANSIT)
    assert shop.pushes.got == []


async def test_an_ended_link_hears_no_more(shop: Shop) -> None:
    name = await shop.listen()
    await shop.services.orders.revoke_link("A1", shop.made.link_id, ADMIN)
    await shop.status(Status.IN_TRANSIT)
    assert shop.pushes.got == []
    assert not await shop.desk.has(shop.grant, name)
    with refused("revoked"):
        await shop.listen()


async def test_a_browser_that_is_gone_is_forgotten(shop: Shop) -> None:
    name = await shop.listen()
    shop.pushes.replies = [Reply(Verdict.GONE)]
    await shop.status(Status.IN_TRANSIT)
    assert not await shop.desk.has(shop.grant, name)


async def test_the_business_may_want_none_of_it(shop: Shop) -> None:
    name = await shop.listen()
    desk = shop.services.preferences
    await desk.change({"customer_notices": False}, desk.current, ADMIN)
    assert (await shop.services.customer.beside(shop.grant)).notices is None
    with refused("forbidden"):
        await shop.listen("ben")
    await shop.status(Status.IN_TRANSIT)
    await shop.status(Status.DELIVERED)
    assert shop.pushes.got == []
    assert not await shop.desk.has(shop.grant, name)


async def drive(shop: Shop, lat: float) -> None:
    """The driver sends a place."""
    driver = shop.services.board.driver_by_id(shop.made.order.driver_id or "")
    assert driver is not None
    fix = Fix(lat, 11.5, shop.services.now())
    stored = asyncio.Event()

    def done(_: Arrival) -> None:
        stored.set()

    shop.services.intake.take(driver.driver.num, [Point(fix, None, None)], done)
    await stored.wait()


async def test_a_late_order_is_told_once_when_it_seems_so_twice(shop: Shop) -> None:
    await shop.listen()
    await drive(shop, 48.3)  # more than twenty kilometres away
    now = shop.services.now()
    soon = {"window": Window(now, now + 5 * MINUTE)}
    await shop.services.orders.edit("A1", soon, ADMIN)
    for _ in range(3):
        await shop.look()
    assert shop.pushes.got == [], "where the courier is not shown, nobody says how late he comes"
    await shop.status(Status.IN_TRANSIT)
    shop.pushes.got.clear()
    await shop.look()
    assert shop.pushes.got == []
    for _ in range(3):
        await shop.look()
    assert shop.pushes.texts == ["late in_transit Ana"]
    await shop.listen("ben")
    await shop.look()
    await shop.look()
    assert len(shop.pushes.got) == 1, "who comes later reads it on the page"


async def test_a_strange_moment_makes_nobody_late(shop: Shop) -> None:
    await shop.listen()
    now = shop.services.now()
    for window in (Window(now - 2 * MINUTE, now - MINUTE), Window(now, now + 60 * MINUTE)) * 2:
        await shop.services.orders.edit("A1", {"window": window}, ADMIN)
        await shop.look()
    assert shop.pushes.got == []


async def unkept(*_: object) -> None:
    """Nothing can be stored."""
    raise unavailable()


async def test_a_restart_loses_nobody(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.listen()
    await shop.status(Status.IN_TRANSIT)
    again = build(
        Settings(data_dir=tmp_path / "data", secret_key="k" * 32),
        shop.services.store,
        "https://track.example.com",
        shop.pushes,
    )
    await again.board.load(again.now())
    assert again.notices.key is None, "before it is started nothing is offered"
    with monkeypatch.context() as full:  # a disk without room at the start
        full.setattr(again.store.notices, "forget", unkept)
        await again.notices.start(say)
    again.notices.tick()
    await shop.settle()
    await again.orders.set_status("A1", Status.ARRIVING, None, ADMIN)
    await shop.settle()
    assert shop.pushes.texts == ["on_the_way in_transit Ana", "arriving arriving Ana"]
    again.signin.close()


async def test_what_was_done_is_noted(shop: Shop) -> None:
    name = await shop.listen()
    await shop.status(Status.IN_TRANSIT)
    await shop.desk.remove(shop.grant, name)
    wished = await shop.noted("order.notices")
    assert wished == [
        ("customer", "A1", {"notices": False}),
        ("customer", "A1", {"notices": True}),
    ]
    told = await shop.noted("order.told")
    assert told == [("system", "A1", {"event": "on_the_way", "browsers": 1})]
