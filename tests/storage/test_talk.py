"""What is written about orders is kept with them: notes, messages, ratings."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.access import Actor, Kind
from app.domain.order import Status
from app.domain.talk import MOST_WORDS, RATING_CHANGES
from app.domain.talk import Kind as MessageKind
from app.domain.times import SECOND
from app.storage import talk
from app.storage.opening import FILE_NAME
from app.storage.store import SqlStore
from app.tracking.records import DoneBefore, Message, Once, Order, Rating, Said
from tests.storage.town import book, hire, ignore, moment, refused, reopened, step

CUSTOMER = Actor(Kind.CUSTOMER, "A1")
STAFF = Actor(Kind.USER, "ana")


async def say(
    store: SqlStore,
    kind: MessageKind,
    text: str,
    at: float = 1,
    *,
    name: str | None = None,
    once: Once | None = None,
) -> Said:
    """A message about A1."""
    actor = CUSTOMER if kind is MessageKind.QUESTION else STAFF
    message_id = name or f"m{at}"
    return await store.talk.add(
        "A1", message_id, kind, text, actor, moment(at), once=once, then=ignore
    )


async def test_a_question_waits_until_it_is_answered(store: SqlStore, data_dir: Path) -> None:
    await book(store)
    assert (await say(store, MessageKind.QUESTION, "When?", 1)).change.order.asked_at == moment(1)
    assert (await say(store, MessageKind.QUESTION, "Hello?", 2)).change.order.asked_at == moment(1)
    assert (await say(store, MessageKind.ANSWER, "Soon.", 3)).change.order.asked_at is None
    await say(store, MessageKind.QUESTION, "Thanks", 4)
    async with reopened(store, data_dir) as again:
        order = await again.orders.get("A1")
        assert order.asked_at == moment(4)
        said = await again.talk.messages(order.num)
        assert [message.text for message in said] == ["When?", "Hello?", "Soon.", "Thanks"]
        assert said[2] == Message(
            id="m3",
            kind=MessageKind.ANSWER,
            text="Soon.",
            at=moment(3),
            actor_kind="user",
            actor_id="ana",
        )
        assert (await again.talk.settle("A1", ignore)).order.asked_at is None


async def test_a_customer_who_waits_is_on_the_board_also_after_the_end(store: SqlStore) -> None:
    await book(store)
    await step(store, "A1", Status.DELIVERED)
    await book(store, "A2")
    assert [order.id for order in await store.orders.open_orders()] == ["A2"]
    await say(store, MessageKind.QUESTION, "It is broken")
    assert [order.id for order in await store.orders.open_orders()] == ["A1", "A2"]


async def test_words_go_to_the_driver_with_the_order_the_newest_of_them(store: SqlStore) -> None:
    await book(store)
    with refused("illegal_step", "to"):
        await say(store, MessageKind.WORD, "Ring twice")
    ana = await hire(store)
    await store.orders.assign("A1", ana.id, STAFF, moment(1), once=None, then=ignore)
    for number in range(MOST_WORDS + 1):
        await say(store, MessageKind.WORD, f"word {number}", number)
    order = await store.orders.get("A1")
    assert [word.text for word in order.words] == [f"word {n}" for n in range(1, MOST_WORDS + 1)]
    assert (order.words[0].id, order.words[0].at) == ("m1", moment(1))
    assert order.asked_at is None
    assert await store.talk.messages(order.num, for_customer=True) == []
    assert len(await store.talk.messages(order.num)) == MOST_WORDS + 1


async def test_however_much_a_customer_asks_the_staff_can_answer(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "MOST_MESSAGES", 3)
    order = await book(store)
    for number in range(3):
        await say(store, MessageKind.QUESTION, "?", number)
    with refused("conflict"):
        await say(store, MessageKind.QUESTION, "?", 3)
    assert len(await store.talk.messages(order.num)) == 3
    for number in range(3):
        await say(store, MessageKind.ANSWER, "!", 4 + number)
    with refused("conflict"):
        await say(store, MessageKind.ANSWER, "!", 7)
    with refused("conflict"):
        await say(store, MessageKind.QUESTION, "?", 8)
    assert len(await store.talk.messages(order.num)) == 6


async def test_a_note_is_one_text_until_the_order_is_over(store: SqlStore) -> None:
    await book(store)
    change = await store.talk.set_note("A1", "Gate 1907", moment(1), ignore)
    assert (change.order.customer_note, change.order.customer_note_at) == ("Gate 1907", moment(1))
    assert change.event is None
    await store.talk.set_note("A1", "Gate 1908", moment(2), ignore)
    assert (await store.orders.get("A1")).customer_note == "Gate 1908"
    change = await store.talk.set_note("A1", None, moment(3), ignore)
    assert (change.order.customer_note, change.order.customer_note_at) == (None, None)
    await step(store, "A1", Status.CANCELLED)
    with refused("illegal_step"):
        await store.talk.set_note("A1", "Too late", moment(4), ignore)


async def test_a_rating_may_be_another_for_a_day(store: SqlStore) -> None:
    await book(store)
    with refused("illegal_step"):
        await store.talk.rate("A1", 5, None, moment(0), ignore)
    await step(store, "A1", Status.DELIVERED)
    first = (await store.talk.rate("A1", 2, "Late", moment(1), ignore)).order.rating
    assert first == Rating(2, "Late", moment(1))
    later = moment(1) + RATING_CHANGES - SECOND
    assert (await store.talk.rate("A1", 4, None, later, ignore)).order.rating == replace(
        first, stars=4, note=None
    )
    with refused("illegal_step"):
        await store.talk.rate("A1", 5, None, later + SECOND, ignore)
    assert (await order_of(store)).rating == Rating(4, None, moment(1))


async def test_a_message_with_a_key_is_kept_once(store: SqlStore) -> None:
    order = await book(store)
    once = Once("customer:l", "k", b"1", 201, lambda said: said.message.text.encode())
    await say(store, MessageKind.QUESTION, "When?", 1, once=once)
    with pytest.raises(DoneBefore) as before:
        await say(store, MessageKind.QUESTION, "When?", 2, once=once)
    assert (before.value.status, before.value.body) == (201, b"When?")
    assert len(await store.talk.messages(order.num)) == 1


async def test_nothing_is_written_about_an_order_that_there_is_not(store: SqlStore) -> None:
    with refused("not_found"):
        await say(store, MessageKind.QUESTION, "When?")
    with refused("not_found"):
        await store.talk.set_note("A1", "x", moment(1), ignore)
    with refused("not_found"):
        await store.talk.settle("A1", ignore)
    with refused("not_found"):
        await store.talk.rate("A1", 5, None, moment(1), ignore)


async def order_of(store: SqlStore) -> Order:
    """A1 as it is kept."""
    return await store.orders.get("A1")


async def test_what_is_old_about_orders_that_are_over_is_deleted_the_oldest_first(
    store: SqlStore,
) -> None:
    await book(store)
    await book(store, "A2")
    ana = await hire(store)
    await store.orders.assign("A1", ana.id, STAFF, moment(1), once=None, then=ignore)
    await store.talk.set_note("A1", "Code 4711", moment(1), ignore)
    await store.talk.set_note("A2", "Ring twice", moment(1), ignore)
    for at in (2, 3, 4):
        await say(store, MessageKind.WORD, f"word {at}", at)
    assert await store.talk.forget(moment(100), 10) == 0, "both are open"
    await step(store, "A1", Status.DELIVERED, 10, force=True)
    await say(store, MessageKind.QUESTION, "It is broken", 20)
    await store.talk.rate("A1", 1, "Broken", moment(21), ignore)
    assert await store.talk.forget(moment(15), 2) == 2, "the rating is newer"
    assert await store.talk.forget(moment(15), 2) == 1
    assert await store.talk.forget(moment(15), 2) == 0
    order = await store.orders.get("A1")
    assert [one.text for one in await store.talk.messages(order.num)] == ["It is broken"]
    assert (order.customer_note, len(order.words)) == ("Code 4711", 3)
    assert await store.talk.forget(moment(100), 10) == 2
    order = await store.orders.get("A1")
    assert (order.customer_note, order.words, order.rating) == (
        None,
        (),
        Rating(1, None, moment(21)),
    )
    assert (await store.orders.get("A2")).customer_note == "Ring twice"


async def test_no_message_and_no_order_is_passed_over_to_find_what_is_old(
    store: SqlStore, data_dir: Path
) -> None:
    assert await store.orders.open_orders() == []
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as raw:
        for statement, index in (
            (talk._FORGET_MESSAGES, "ix_messages_at"),
            (talk._FORGET_NOTES, "ix_orders_written"),
        ):
            plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", (1, 1, 1))]
            assert any(index in line for line in plan), plan
            assert not any("SCAN" in line or "B-TREE" in line for line in plan), plan
