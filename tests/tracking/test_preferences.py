"""What admins set counts at once, for those who look too; two at once do not overwrite."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.assembly import build
from app.config import Settings
from app.domain.access import Actor, Kind, Role
from app.domain.errors import OnthewayError
from app.domain.eta import Pace
from app.domain.geo import Place
from app.domain.order import Status
from app.domain.position import Fix
from app.domain.preferences import Preferences
from app.domain.proof import Proof
from app.domain.talk import Kind as Word
from app.domain.times import DAY
from app.protocol.driver import Point
from app.storage.store import open_store
from app.tracking import retention
from app.tracking.preferences import PreferenceDesk
from app.tracking.records import (
    Arrival,
    Customer,
    NewProof,
    OrderDetails,
    OrderFilter,
    Spotted,
)
from app.tracking.retention import Retention
from app.tracking.services import Services
from app.tracking.viewer_session import Handshake
from tests.fresh import furnish
from tests.storage.test_pictures import photo
from tests.storage.town import ignore
from tests.tracking.conftest import ADMIN, Desk, Recorder

BEN = Actor(Kind.USER, "ben", Role.ADMIN, "127.0.0.1")


@pytest.fixture
def preferences(desk: Desk) -> PreferenceDesk:
    """The values of the installation."""
    return desk.services.preferences


def refused(code: str, field: str | None) -> Any:
    return pytest.raises(
        OnthewayError, check=lambda error: (error.code, error.field) == (code, field)
    )


async def test_changes_are_checked_kept_told_and_noted(
    desk: Desk, preferences: PreferenceDesk
) -> None:
    told: list[tuple[Preferences, Preferences]] = []
    stop = preferences.watch(lambda before, after: told.append((before, after)))
    before = preferences.current
    wanted = {"business_name": " Pane ", "late_after": 5, "keep_days": 0}
    await preferences.change(wanted, before, ADMIN)
    assert (preferences.current.business_name, preferences.current.late_after) == ("Pane", 5)
    assert told == [(before, preferences.current)]
    changed = preferences.last_change("late_after")
    assert changed is not None
    assert changed.by == "ana"
    assert preferences.last_change("keep_days") is None, "it was 0 before"
    (entry, *_), _ = await desk.services.store.activity.page(None, 5)
    assert (entry.kind, entry.actor_id) == ("settings.changed", "ana")
    assert entry.detail == {"fields": ["business name", "when an order is late"]}
    stop()
    await preferences.change({"late_after": 6}, preferences.current, ADMIN)
    assert len(told) == 1
    assert desk.services.look.business_name == "Pane"


async def test_one_bad_value_changes_nothing(preferences: PreferenceDesk) -> None:
    before = preferences.current
    with refused("invalid_field", "keep_days"):
        await preferences.change({"business_name": "Pane", "keep_days": -1}, before, ADMIN)
    assert preferences.current == before


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DISPATCHER])
async def test_only_admins_change_settings(preferences: PreferenceDesk, role: Role) -> None:
    actor = Actor(Kind.USER, "eva", role)
    with refused("forbidden", None):
        await preferences.change({"late_after": 1}, preferences.current, actor)


async def test_the_second_of_two_is_told_and_nothing_is_lost(preferences: PreferenceDesk) -> None:
    seen = preferences.current
    await preferences.change({"business_name": "Anas"}, seen, ADMIN)
    with refused("conflict", "business_name") as refusal:
        await preferences.change({"business_name": "Bens", "late_after": 9}, seen, BEN)
    assert refusal.value.message.startswith("ana changed this")
    assert (preferences.current.business_name, preferences.current.late_after) == ("Anas", 0)
    await preferences.change({"business_name": "Anas", "late_after": 9}, seen, BEN)
    await preferences.change({"business_name": "Bens"}, preferences.current, BEN)
    assert preferences.current.business_name == "Bens"


async def test_of_two_at_the_same_time_one_wins(preferences: PreferenceDesk) -> None:
    seen = preferences.current
    both = [preferences.change({"late_after": n}, seen, ADMIN) for n in (1, 2)]
    results = await asyncio.gather(*both, return_exceptions=True)
    assert [type(result) for result in results] == [type(None), OnthewayError]
    assert preferences.current.late_after == 1


async def start(folder: Path, **settings: Any) -> Services:
    furnish(folder)
    store = await open_store(folder)
    services = build(Settings(data_dir=folder, **settings), store, "http://127.0.0.1:1")
    await services.preferences.load()
    return services


async def stop(services: Services) -> None:
    services.signin.close()
    await services.store.close()


async def test_the_environment_wins_and_locks(tmp_path: Path) -> None:
    services = await start(tmp_path)
    wanted = {"business_name": "Kept", "colour": "#ff0000", "tile_url": None}
    await services.preferences.change(wanted, services.preferences.current, ADMIN)
    await stop(services)
    services = await start(tmp_path, business_name="Set")
    desk = services.preferences
    assert (desk.current.business_name, desk.current.colour) == ("Set", "#ff0000")
    assert desk.current.tile_url is None
    assert desk.locked == {"business_name": "ONTHEWAY_BUSINESS_NAME"}
    with refused("invalid_field", "business_name"):
        await desk.change({"business_name": "Other"}, desk.current, ADMIN)
    await stop(services)
    services = await start(tmp_path)
    assert services.preferences.current.business_name == "Kept"
    await stop(services)


async def test_a_damaged_value_is_left_out(tmp_path: Path) -> None:
    services = await start(tmp_path)
    damaged = {"late_after": '"x"', "colour": "{", "other": "1", "silent_after": "90"}
    await services.store.settings.keep(damaged, "ana", 1, lambda _: None)
    await services.preferences.load()
    current = services.preferences.current
    assert (current.late_after, current.colour, current.silent_after) == (0, None, 90)
    await stop(services)


async def test_customers_of_assigned_orders_see_another_phase_at_once(
    desk: Desk, preferences: PreferenceDesk
) -> None:
    driver_id, _ = await desk.driver()
    orders = desk.services.orders
    assigned = await orders.create("A1", OrderDetails(), driver_id, ADMIN)
    picked_up = await orders.create("A2", OrderDetails(), driver_id, ADMIN)
    await orders.set_status("A2", Status.PICKED_UP, None, ADMIN)
    _, customer = desk.viewer_socket(Handshake(name=assigned.token))
    _, other = desk.viewer_socket(Handshake(name=picked_up.token))
    _, staff = desk.viewer_socket(Handshake(name="A1", staff=ADMIN))
    for socket in (customer, other, staff):
        await socket.next("snapshot")
    assert customer.of("snapshot")[0]["driver"] is None
    await preferences.change({"courier_from": "assigned"}, preferences.current, ADMIN)
    assert (await customer.next("snapshot", 2))["driver"]["name"] == "Ana"
    await preferences.change({"courier_from": "picked_up"}, preferences.current, ADMIN)
    assert (await customer.next("snapshot", 3))["driver"] is None
    assert (len(other.of("snapshot")), len(staff.of("snapshot"))) == (1, 1)


async def test_a_new_phase_counts_for_the_next_position(
    desk: Desk, preferences: PreferenceDesk
) -> None:
    driver_id, _ = await desk.driver()
    made = await desk.services.orders.create("A1", OrderDetails(), driver_id, ADMIN)
    _, customer = desk.viewer_socket(Handshake(name=made.token))
    await customer.next("snapshot")
    await drive(desk.services, driver_id, desk.services.now())
    await preferences.change({"place_from": "assigned"}, preferences.current, ADMIN)
    await customer.next("snapshot", 2)
    assert customer.of("location_update") == []
    await drive(desk.services, driver_id, desk.services.now())
    assert (await customer.next("location_update"))["orderId"] == "A1"


@pytest.mark.parametrize("part", ["courier", "place", "arrival"])
async def test_each_part_of_the_courier_is_seen_from_its_own_status_on(
    desk: Desk, preferences: PreferenceDesk, part: str
) -> None:
    everything = dict.fromkeys(("courier_from", "place_from", "arrival_from"), "never")
    await preferences.change(everything | {f"{part}_from": "picked_up"}, preferences.current, ADMIN)
    services = desk.services
    driver_id, _ = await desk.driver()
    door = Spotted(place=Place(48.01, 11.0))
    made = await services.orders.create("A1", OrderDetails(destination=door), driver_id, ADMIN)
    await services.orders.set_status("A1", Status.PICKED_UP, None, ADMIN)
    await drive(services, driver_id, services.now())
    _, customer = desk.viewer_socket(Handshake(name=made.token))
    _, staff = desk.viewer_socket(Handshake(name="A1", staff=ADMIN))
    keys = {"courier": "driver", "place": "position", "arrival": "eta"}
    whole = await customer.next("snapshot")
    assert {name for name, key in keys.items() if whole[key] is not None} == {part}
    desk_whole = await staff.next("snapshot")
    assert all(desk_whole[key] is not None for key in keys.values())
    page = services.follow.shown(await services.board.order("A1"))
    assert {name for name, key in keys.items() if getattr(page, key) is not None} == {part}
    await drive(services, driver_id, services.now())
    assert (await staff.next("location_update"))["eta"] is not None
    if part == "place":
        assert (await customer.next("location_update"))["eta"] is None
    await preferences.change({f"{part}_from": "never"}, preferences.current, ADMIN)
    whole = await customer.next("snapshot", 2)
    assert all(whole[key] is None for key in keys.values())
    assert len(customer.of("location_update")) == (part == "place")


async def test_who_sees_only_the_arrival_is_told_when_it_is_another(
    desk: Desk, preferences: PreferenceDesk
) -> None:
    await preferences.change({"place_from": "never"}, preferences.current, ADMIN)
    services = desk.services
    driver_id, _ = await desk.driver()
    door = Spotted(place=Place(48.01, 11.0))
    made = await services.orders.create("A1", OrderDetails(destination=door), driver_id, ADMIN)
    await services.orders.set_status("A1", Status.PICKED_UP, None, ADMIN)
    _, customer = desk.viewer_socket(Handshake(name=made.token))
    _, staff = desk.viewer_socket(Handshake(name="A1", staff=ADMIN))
    assert (await customer.next("snapshot"))["eta"] is None
    await drive(services, driver_id, services.now())
    for _ in range(2):
        services.follow.tell_arrivals()
    whole = await customer.next("snapshot", 2)
    assert whole["eta"] is not None
    assert (whole["position"], customer.of("location_update")) == (None, [])
    assert (len(customer.of("snapshot")), len(staff.of("snapshot"))) == (2, 1)


async def drive(services: Services, driver_id: str, *times: int) -> None:
    """Positions of these times, stored."""
    driver = await services.store.drivers.get(driver_id)
    stored = asyncio.Event()
    points = [
        Point(Fix(lat=48 + n / 10_000, lng=11.0, fix_time=at, accuracy=None), None, None)
        for n, at in enumerate(times)
    ]

    def answer(arrival: Arrival) -> None:
        assert arrival.failure is None
        stored.set()

    services.intake.take(driver.num, points, answer)
    await stored.wait()


@pytest.fixture
async def quick(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Slices of two, without a pause."""
    monkeypatch.setattr(retention, "SLICE", 2)
    monkeypatch.setattr(retention, "PAUSE", 0)
    yield


@pytest.mark.usefixtures("quick")
async def test_old_positions_go_and_newer_ones_stay(
    desk: Desk, preferences: PreferenceDesk
) -> None:
    services, now = desk.services, desk.services.now()
    drivers = [(await desk.driver(name))[0] for name in ("Ana", "Ben")]
    for driver_id in drivers:
        times = [now - days * DAY for days in (9, 8, 8, 7, 7, 6, 1)]
        await drive(services, driver_id, *(at + n for n, at in enumerate(times)))
    assert await services.retention.sweep() == 0, "0 days: all are kept"
    assert await kept(services, drivers) == [7, 7]
    await preferences.change({"keep_days": 7}, preferences.current, ADMIN)
    assert await services.retention.sweep() == 10
    assert await kept(services, drivers) == [2, 2]
    assert await services.retention.sweep() == 0


@pytest.mark.usefixtures("quick")
async def test_where_somebody_was_is_not_shown_any_more_once_it_is_deleted(
    desk: Desk, preferences: PreferenceDesk
) -> None:
    services, now = desk.services, desk.services.now()
    drivers = [(await desk.driver(name))[0] for name in ("Ana", "Ben")]
    map_of_staff = Recorder()
    services.feed.join(map_of_staff, ADMIN)
    for driver_id, days in zip(drivers, (8, 1), strict=True):
        await drive(services, driver_id, now - days * DAY)
    assert await kept(services, drivers) == [1, 1]
    await map_of_staff.next("fleet")
    await services.feed.tick()
    await preferences.change({"keep_days": 7}, preferences.current, ADMIN)
    assert await services.retention.sweep() == 1
    ana, ben = (services.board.driver_by_id(driver_id) for driver_id in drivers)
    assert ana is not None and ben is not None
    assert (ana.marker, ana.pace) == (None, Pace())
    assert ben.marker is not None
    await services.feed.tick()
    told = map_of_staff.of("fleet")[-1]["drivers"]
    assert [(one["id"], "lat" in one) for one in told] == [(drivers[0], False)]


class Endless:
    """Positions of one driver that never end; at the third slice the admin changes his mind."""

    def __init__(self, preferences: PreferenceDesk) -> None:
        self._preferences = preferences
        self.slices = 0

    async def drivers_before(self, _end: int) -> list[int]:
        return [1]

    async def forget(self, _driver_num: int, _end: int, most: int) -> int:
        self.slices += 1
        if self.slices == 3:
            await self._preferences.change({"keep_days": 0}, self._preferences.current, ADMIN)
        return most


@pytest.mark.usefixtures("quick")
async def test_a_round_ends_at_once_when_all_is_to_be_kept_again(
    desk: Desk, preferences: PreferenceDesk
) -> None:
    positions: Any = Endless(preferences)
    await preferences.change({"keep_days": 7}, preferences.current, ADMIN)
    store = desk.services.store
    rest = (preferences, desk.services.now, desk.services.board)
    retention = Retention(positions, store.proofs, store.talk, store.orders, *rest)
    assert await retention.sweep() == 6
    assert positions.slices == 3


@pytest.mark.usefixtures("quick")
async def test_old_pictures_of_proof_are_deleted_as_the_settings_say(
    desk: Desk, preferences: PreferenceDesk
) -> None:
    services, now = desk.services, desk.services.now()
    driver_id, _ = await desk.driver()
    made = await services.orders.create("A1", OrderDetails(), driver_id, ADMIN)
    driver = await services.store.drivers.get(driver_id)
    actor = Actor(Kind.DRIVER, driver.id, num=driver.num)
    for name, days in (("old", 8), ("new", 6)):
        new = NewProof(id=name, kind=Proof.PHOTO, at=now, metres=None, name=None)
        at = now - days * DAY
        await services.store.proofs.add("A1", new, BytesIO(photo()), actor, at, lambda _: None)
    assert await services.retention.sweep_proof() == 0, "0 days: all are kept"
    await preferences.change({"keep_proof_days": 7}, preferences.current, ADMIN)
    assert await services.retention.sweep_proof() == 1
    old, new_one = await services.proofs.of_order(made.order)
    assert (old.file, old.id, new_one.id) == (None, "old", "new")
    assert new_one.file is not None


async def test_old_messages_are_deleted_as_the_settings_say(
    desk: Desk, preferences: PreferenceDesk
) -> None:
    services, now = desk.services, desk.services.now()
    await services.orders.create("A1", OrderDetails(), None, ADMIN)
    for name, days in (("m1", 9), ("m2", 8), ("m3", 1)):
        await services.store.talk.add(
            "A1", name, Word.QUESTION, name, ADMIN, now - days * DAY, once=None, then=ignore
        )
    await services.store.orders.set_status(
        *("A1", Status.CANCELLED, None, ADMIN, now - 8 * DAY), force=False, then=ignore
    )
    assert await services.retention.sweep_messages() == 0, "0 days: all are kept"
    await preferences.change({"keep_message_days": 7}, preferences.current, ADMIN)
    assert await services.retention.sweep_messages() == 2
    order = (await services.board.order("A1")).order
    assert [one.id for one in await services.talk.messages(order)] == ["m3"]


async def test_who_a_customer_was_is_deleted_as_the_settings_say(
    desk: Desk, preferences: PreferenceDesk
) -> None:
    services, now = desk.services, desk.services.now()
    details = OrderDetails(
        customer=Customer(name="Ada Lovelace", phone="1", email="a@b.example"),
        destination=Spotted(place=Place(48.0, 11.0), address="Gate 5"),
        pickup=Spotted(address="Shop"),
        note="code 99",
    )
    for name, days in (("old", 8), ("new", 6), ("open", None)):
        await services.orders.create(name, details, None, ADMIN)
        if days is not None:
            await services.store.orders.set_status(
                *(name, Status.CANCELLED, None, ADMIN, now - days * DAY), force=False, then=ignore
            )
    await services.talk.ask("old", "Where is it?", Actor(Kind.CUSTOMER, "old"))
    assert await services.retention.sweep_customers() == 0, "0 days: all are kept"
    await preferences.change({"keep_customer_days": 7}, preferences.current, ADMIN)
    assert await services.retention.sweep_customers() == 1
    for name in ("new", "open"):
        assert (await services.store.orders.get(name)).details == details
    old = await services.store.orders.get("old")
    assert old.details == OrderDetails(pickup=Spotted(address="Shop"))
    live = services.board.order_by_id("old")
    assert live is not None, "its customer still waits for an answer"
    assert live.order.details == old.details
    for text, count in (("lovelace", 2), ("gate", 2), ("shop", 3)):
        found, _ = await services.store.orders.page(OrderFilter(text=text), None, 9)
        assert len(found) == count, text


async def kept(services: Services, drivers: list[str]) -> list[int]:
    """How many positions of each driver are stored, all of them filed."""
    counts = []
    for driver_id in drivers:
        driver = await services.store.drivers.get(driver_id)
        found, _ = await services.store.positions.of_driver(driver.num, None, None, None, 100)
        counts.append(len(found))
    return counts
