"""Idempotency keys: the write happens once, its answer is kept for a day."""

from pathlib import Path

import pytest

from app.domain.access import SYSTEM
from app.domain.errors import OnthewayError
from app.domain.order import Status
from app.domain.times import DAY
from app.storage.store import SqlStore
from app.tracking.records import DoneBefore, Once, OrderChange
from tests.storage.town import book, ignore, moment, new_link, refused, reopened


def once(key: str = "k", holder: str = "shop", fingerprint: bytes = b"f") -> Once:
    """A request with an idempotency key; its answer is the seq."""
    return Once(holder, key, fingerprint, 200, lambda change: str(change.order.seq).encode())


async def deliver(
    store: SqlStore, wanted: Once, status: Status = Status.PICKED_UP, now: int = moment(0)
) -> OrderChange:
    return await store.orders.set_status("A1", status, None, SYSTEM, now, once=wanted, then=ignore)


async def test_the_same_request_again_gets_the_kept_answer_across_restarts(
    store: SqlStore, data_dir: Path
) -> None:
    await book(store, "A1")
    await deliver(store, once())
    async with reopened(store, data_dir) as again:
        with pytest.raises(DoneBefore) as caught:
            await deliver(again, once(), Status.DELIVERED)
        assert (caught.value.status, caught.value.body) == (200, b"2")
        assert (await again.orders.get("A1")).status is Status.PICKED_UP


async def test_another_request_with_the_same_key_is_a_conflict(store: SqlStore) -> None:
    await book(store, "A1")
    await deliver(store, once())
    with refused("conflict", "Idempotency-Key"):
        await deliver(store, once(fingerprint=b"g"))
    await deliver(store, once(holder="other", fingerprint=b"g"))
    await deliver(store, once(key="other", fingerprint=b"g"))


async def test_a_key_is_free_after_a_day(store: SqlStore) -> None:
    await book(store, "A1")
    await deliver(store, once())
    with pytest.raises(DoneBefore):
        await deliver(store, once(), now=moment(0) + DAY)
    change = await deliver(store, once(), Status.DELIVERED, moment(0) + DAY + 1)
    assert change.order.seq == 3
    with pytest.raises(DoneBefore) as caught:
        await deliver(store, once(), Status.DELIVERED, moment(0) + DAY + 2)
    assert caught.value.body == b"3"


@pytest.mark.parametrize("what", ["customers", "messages"])
async def test_an_answer_is_not_kept_longer_than_what_it_says(store: SqlStore, what: str) -> None:
    await book(store, "A1")
    await deliver(store, once())
    forget = store.orders.forget_customers if what == "customers" else store.talk.forget
    assert await forget(moment(0), 9) == 0
    assert await forget(moment(0) + 1, 9) == 1
    assert (await deliver(store, once(), Status.DELIVERED)).order.seq == 3


async def test_a_refused_request_leaves_its_key_free(store: SqlStore) -> None:
    with pytest.raises(OnthewayError, match="no such order"):
        await deliver(store, once())
    await book(store, "A1")
    assert (await deliver(store, once())).order.seq == 2


async def test_other_writes_happen_once_too(store: SqlStore) -> None:
    await book(store, "A1")
    wanted = Once("shop", "k", b"f", 201, lambda link: link.id.encode())
    await store.orders.add_link("A1", new_link("more"), 0, wanted)
    with pytest.raises(DoneBefore) as caught:
        await store.orders.add_link("A1", new_link("most"), 0, wanted)
    assert (caught.value.status, caught.value.body) == (201, b"more")
