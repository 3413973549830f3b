"""Drivers, their tokens, and when they are gone."""

from pathlib import Path

import pytest

from app.domain.order import Status
from app.storage.store import SqlStore
from app.tracking.records import Driver
from tests.storage.town import (
    assign,
    book,
    duty,
    hashed,
    hire,
    ignore,
    moment,
    point,
    refused,
    reopened,
    send,
    step,
    track,
)


async def test_a_driver_comes_back_as_he_was_made(store: SqlStore, data_dir: Path) -> None:
    made = await store.drivers.create(
        "ana", "Ana \0 🚲", "bike", "+49", hashed("t"), moment(0), once=None, then=ignore
    )
    assert (made.name, made.vehicle, made.phone) == ("Ana \0 🚲", "bike", "+49")
    assert (made.on_duty, made.created_at, made.deleted_at) == (True, moment(0), None)
    async with reopened(store, data_dir) as again:
        assert await again.drivers.get("ana") == made
        assert await again.drivers.find_token(hashed("t")) == (made, True)
        assert await again.drivers.all() == [made]


async def test_an_id_that_is_taken_is_a_conflict_alone(store: SqlStore) -> None:
    await hire(store)
    with refused("conflict"):
        await hire(store)
    assert len(await store.drivers.all()) == 1


async def test_editing_sets_named_fields(store: SqlStore) -> None:
    ana = await hire(store)
    changed = await store.drivers.edit("ana", {"name": "Zora", "phone": "1"}, ignore)
    assert (changed.name, changed.phone, changed.vehicle) == ("Zora", "1", None)
    assert changed == await store.drivers.get("ana")
    assert changed.num == ana.num
    with refused("not_found"):
        await store.drivers.edit("bea", {}, ignore)
    with pytest.raises(ValueError, match="num"):
        await store.drivers.edit("ana", {"num": 7}, ignore)


async def test_drivers_are_listed_by_name(store: SqlStore) -> None:
    for name in ("cleo", "ana", "bea"):
        await hire(store, name)
    await store.drivers.edit("ana", {"name": "ängstrom"}, ignore)
    await store.drivers.edit("bea", {"name": "BEA"}, ignore)
    assert [driver.id for driver in await store.drivers.all()] == ["bea", "cleo", "ana"]


async def test_a_new_token_ends_all_others_which_stay_known(store: SqlStore) -> None:
    ana = await hire(store)
    assert (
        await store.drivers.rotate_token("ana", hashed("new"), moment(5), once=None, then=ignore)
        == ana
    )
    assert await store.drivers.find_token(hashed("ana")) == (ana, False)
    assert await store.drivers.find_token(hashed("new")) == (ana, True)
    assert await store.drivers.find_token(hashed("never")) is None
    with refused("not_found"):
        await store.drivers.rotate_token("bea", b"", 0, once=None, then=ignore)


async def test_duty_is_kept_and_a_repeated_message_changes_nothing(
    store: SqlStore, data_dir: Path
) -> None:
    ana = await hire(store)
    assert not (await duty(store, ana, False, 5, "off")).on_duty
    assert (await duty(store, ana, True, 6, "on")).on_duty
    assert (await duty(store, ana, False, 7, "off")).on_duty
    assert (await duty(store, ana, True, 8)).on_duty
    async with reopened(store, data_dir) as again:
        assert (await again.drivers.get("ana")).on_duty
        await send(again, ana, point(5.5, "not"), point(6, "yes"), at=9)
        assert [kept.id for kept in await track(again, ana)] == ["yes"]
        with refused("not_found"):
            await again.drivers.set_duty(99, True, 0, None, ignore)


async def test_a_driver_with_open_orders_stays(store: SqlStore) -> None:
    ana = await hire(store)
    await book(store, "A1", ana)
    with refused("conflict"):
        await store.drivers.remove("ana", moment(1), ignore)
    await step(store, "A1", Status.DELIVERED)
    gone = await store.drivers.remove("ana", moment(5), ignore)
    assert gone.deleted_at == moment(5)


async def test_a_removed_driver_is_history_only(store: SqlStore) -> None:
    ana = await hire(store)
    await book(store, "A1")
    await send(store, ana, point(1, "p"), at=1)
    gone = await store.drivers.remove("ana", moment(5), ignore)
    assert await store.drivers.all() == []
    assert await store.drivers.find_token(hashed("ana")) == (gone, False)
    assert len(await track(store, ana)) == 1
    for attempt in (
        store.drivers.get("ana"),
        store.drivers.remove("ana", moment(9), ignore),
        duty(store, ana, False, 9),
    ):
        with refused("not_found"):
            await attempt
    with refused("invalid_field", "driverId"):
        await assign(store, "A1", ana, 9)


async def test_a_removed_driver_drives_again_with_another_token_and_his_history(
    store: SqlStore,
) -> None:
    ana, ben = await hire(store), await hire(store, "ben")
    await send(store, ana, point(1, "p"), at=1)
    with refused("not_found"):
        await store.drivers.restore("ana", hashed("new"), moment(3), ignore)
    for driver_id, at in (("ana", 4), ("ben", 5)):
        await store.drivers.remove(driver_id, moment(at), ignore)
    assert [one.id for one in await store.drivers.removed()] == ["ben", "ana"]
    told: list[Driver] = []
    back = await store.drivers.restore("ana", hashed("new"), moment(6), told.append)
    assert told == [back] == await store.drivers.all()
    assert (back.num, back.deleted_at) == (ana.num, None)
    assert [one.num for one in await store.drivers.removed()] == [ben.num]
    assert await store.drivers.find_token(hashed("ana")) == (back, False)
    assert await store.drivers.find_token(hashed("new")) == (back, True)
    await send(store, ana, point(7, "q"), at=7)
    assert len(await track(store, ana)) == 2
