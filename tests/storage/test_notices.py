"""Who is told of what is kept: once each, by a link that is valid, until the order is over."""

from pathlib import Path
from typing import Final

from app.domain.notice import MOST_BROWSERS, Event
from app.domain.order import Status
from app.domain.push import PushAddress
from app.storage.store import SqlStore
from app.tracking.records import Link
from tests.storage.town import book, ignore, moment, new_link, refused, reopened, step

KEY: Final = bytes(65)


def address(name: str) -> PushAddress:
    """A browser."""
    return PushAddress(f"https://push.example.com/{name}", KEY, bytes(16))


async def link_of(store: SqlStore, order_id: str) -> Link:
    """The first link of an order."""
    order = await store.orders.get(order_id)
    return (await store.orders.links(order.num))[0]


async def listen(store: SqlStore, link: Link, name: str = "ana", *told: Event) -> bool:
    """A browser wants to be told."""
    return await store.notices.add(link.id, address(name), "de-AT", told, ignore)


async def names(store: SqlStore, link: Link, event: Event, at: float = 10) -> list[str]:
    """The browsers that are told of this now."""
    claimed = await store.notices.claim(link.order_num, event, moment(at))
    return [one.address.endpoint.rpartition("/")[2] for one in claimed]


async def test_each_is_told_of_each_event_once_also_after_a_restart(
    store: SqlStore, data_dir: Path
) -> None:
    await book(store)
    await book(store, "B1")
    link, other = await link_of(store, "A1"), await link_of(store, "B1")
    assert await listen(store, link)
    assert await listen(store, link, "ben", Event.LATE)
    assert await listen(store, other)
    (first, _) = await store.notices.claim(link.order_num, Event.ON_THE_WAY, moment(1))
    assert (first.link, first.address, first.locale) == (link, address("ana"), "de-AT")
    async with reopened(store, data_dir) as again:
        assert await again.notices.forget(moment(2), ignore) == {link.order_num, other.order_num}
        assert await names(again, link, Event.ON_THE_WAY) == []
        assert await names(again, link, Event.LATE) == ["ana"]
        assert await names(again, link, Event.DELIVERED) == ["ana", "ben"]
        assert await names(again, link, Event.DELIVERED) == []
        assert not await again.notices.has(link.id, address("ana").name)
        assert await again.notices.has(other.id, address("ana").name)


async def test_the_same_browser_again_is_one_and_is_not_told_again(store: SqlStore) -> None:
    await book(store)
    link = await link_of(store, "A1")
    assert await listen(store, link)
    assert await names(store, link, Event.ON_THE_WAY) == ["ana"]
    changed = PushAddress(address("ana").endpoint, KEY, b"x" * 16)
    assert not await store.notices.add(link.id, changed, "fr", (), ignore)
    assert await names(store, link, Event.ON_THE_WAY) == []
    (told,) = await store.notices.claim(link.order_num, Event.ARRIVING, moment(3))
    assert (told.address.auth, told.locale) == (b"x" * 16, "fr")


async def test_what_was_reached_when_it_begins_is_not_told(store: SqlStore) -> None:
    await book(store)
    link = await link_of(store, "A1")
    await step(store, "A1", Status.ARRIVING)
    await listen(store, link)
    assert await names(store, link, Event.ON_THE_WAY) == []
    assert await names(store, link, Event.ARRIVING) == []
    assert await names(store, link, Event.DELIVERED) == ["ana"]


async def test_an_order_has_a_few_browsers_over_all_its_links(store: SqlStore) -> None:
    await book(store)
    link = await link_of(store, "A1")
    more = await store.orders.add_link("A1", new_link("more"), moment(1), None)
    for number in range(MOST_BROWSERS):
        await listen(store, more if number % 2 else link, f"b{number}")
    with refused("conflict"):
        await listen(store, more, "one more")
    assert not await listen(store, link, "b0")
    assert await store.notices.remove(link.id, address("b0").name) is not None
    assert await store.notices.remove(link.id, address("b0").name) is None
    assert await store.notices.remove(link.id, address("b1").name) is None, "of the other link"
    assert await listen(store, more, "one more")


async def test_nobody_listens_to_what_is_over(store: SqlStore) -> None:
    await book(store)
    await book(store, "B1")
    link, ended = await link_of(store, "A1"), await link_of(store, "B1")
    await step(store, "A1", Status.CANCELLED)
    with refused("illegal_step"):
        await listen(store, link)
    await store.orders.revoke_link("B1", ended.id, moment(1), ignore)
    with refused("revoked"):
        await listen(store, ended)


async def test_an_ended_link_and_an_order_that_is_over_are_forgotten(store: SqlStore) -> None:
    for order_id in ("A1", "B1", "C1"):
        await book(store, order_id)
    link, revoked = await link_of(store, "A1"), await link_of(store, "B1")
    short = await store.orders.add_link("C1", new_link("s", moment(3_600)), moment(0), None)
    for each in (link, revoked, short):
        await listen(store, each)
    await store.orders.revoke_link("B1", revoked.id, moment(1), ignore)
    assert await names(store, revoked, Event.LATE) == []
    assert await names(store, short, Event.LATE, at=3_600) == []
    assert await names(store, short, Event.LATE) == ["ana"]
    kept = {link.order_num, short.order_num}
    assert await store.notices.forget(moment(2), ignore) == kept
    assert await store.notices.forget(moment(3_600), ignore) == {link.order_num}
    await step(store, "A1", Status.DELIVERED, at=7_200)
    assert await store.notices.forget(moment(7_210), ignore) == {link.order_num}, "to be told yet"
    assert await store.notices.forget(moment(7_300), ignore) == set()


async def test_a_browser_that_is_gone_is_dropped(store: SqlStore) -> None:
    await book(store)
    link = await link_of(store, "A1")
    await listen(store, link)
    (told,) = await store.notices.claim(link.order_num, Event.LATE, moment(1))
    await store.notices.drop(told.num)
    assert await store.notices.forget(moment(2), ignore) == set()
