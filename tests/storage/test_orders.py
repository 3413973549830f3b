"""Orders: made, given away, stepped, found; every change of status numbered."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from app.domain.access import SYSTEM
from app.domain.errors import OnthewayError
from app.domain.eta import Window
from app.domain.geo import Place
from app.domain.order import FINAL, Status
from app.storage.opening import FILE_NAME
from app.storage.store import SqlStore, open_store
from app.tracking.records import (
    Customer,
    Driver,
    Order,
    OrderChange,
    OrderDetails,
    OrderFilter,
    Spotted,
)
from tests.storage.town import (
    acting,
    assign,
    book,
    hashed,
    hire,
    ignore,
    moment,
    new_link,
    point,
    refused,
    reopened,
    send,
    step,
    taken,
)

DETAILS = OrderDetails(
    customer=Customer(name="Zoë \0 🎁", phone="+49 89", email=None),
    destination=Spotted(place=Place(48.137154000000003, -0.1), address="Straße 1"),
    pickup=Spotted(address="Laden"),
    window=Window(moment(1), moment(2)),
    note="links\nklingeln",
)


async def seqs(store: SqlStore, order: Order) -> list[tuple[int, Status]]:
    """The events of an order, shortly."""
    return [(event.seq, event.status) for event in await store.orders.events(order.num, 0, 100)]


async def test_an_order_comes_back_as_it_was_made(store: SqlStore, data_dir: Path) -> None:
    ana = await hire(store)
    made = await book(store, "A1", ana, details=DETAILS)
    assert made.details == DETAILS
    assert (made.status, made.seq, made.driver_id) == (Status.ASSIGNED, 1, "ana")
    async with reopened(store, data_dir) as again:
        assert await again.orders.get("A1") == made
        assert await again.orders.by_num(made.num) == made
        assert await seqs(again, made) == [(1, Status.ASSIGNED)]


async def test_an_order_without_driver_is_pending_and_has_its_link(store: SqlStore) -> None:
    made = await book(store, "A1")
    assert (made.status, made.seq, made.driver_num) == (Status.PENDING, 1, None)
    (link,) = await store.orders.links(made.num)
    assert await store.orders.find_link(hashed("link-A1")) == link
    assert (link.order_id, link.order_num, link.revoked_at) == ("A1", made.num, None)


async def test_an_id_is_used_once_and_a_driver_must_be_there(store: SqlStore) -> None:
    await book(store, "A1")
    with refused("already_exists", "id"):
        await book(store, "A1")
    with refused("invalid_field", "driverId"):
        await store.orders.create(
            "A2", OrderDetails(), "nobody", new_link("x"), SYSTEM, 0, once=None, then=ignore
        )
    with refused("not_found"):
        await store.orders.get("A2")
    with refused("not_found"):
        await store.orders.get("a1")
    with refused("not_found"):
        await store.orders.by_num(99)


async def test_editing_sets_named_fields_and_is_no_event(store: SqlStore) -> None:
    made = await book(store, "A1", details=DETAILS)
    changes = {"customer": None, "pickup": Spotted(place=Place(1, 2)), "window": None}
    change = await store.orders.edit("A1", changes, moment(9), ignore)
    assert change.event is None
    assert change.order.details == OrderDetails(
        destination=DETAILS.destination, pickup=Spotted(place=Place(1, 2)), note=DETAILS.note
    )
    assert change.order == await store.orders.get("A1")
    assert (change.order.seq, change.order.updated_at) == (made.seq, moment(9))
    with refused("not_found"):
        await store.orders.edit("A2", {}, 0, ignore)


async def test_assigning_moves_between_pending_and_assigned(store: SqlStore) -> None:
    ana, bea = await hire(store, "ana"), await hire(store, "bea")
    order = await book(store, "A1")
    changes = [await assign(store, "A1", driver, 5) for driver in (ana, ana, bea, None, None)]
    assert [change.order.driver_id for change in changes] == ["ana", "ana", "bea", None, None]
    assert [change.event.seq if change.event else None for change in changes] == [
        *(2, None, None, 3, None)
    ]
    assert [change.previous_driver for change in changes] == [
        *(None, ana.num, ana.num, bea.num, None)
    ]
    assert await seqs(store, order) == [
        *((1, Status.PENDING), (2, Status.ASSIGNED), (3, Status.PENDING))
    ]
    with refused("not_found"):
        await assign(store, "A2", ana, 5)


async def test_after_pick_up_an_order_goes_to_another_driver_but_not_to_none(
    store: SqlStore,
) -> None:
    ana, bea = await hire(store, "ana"), await hire(store, "bea")
    await book(store, "A1", ana)
    await step(store, "A1", Status.PICKED_UP)
    with refused("illegal_step"):
        await assign(store, "A1", None, 5)
    change = await assign(store, "A1", bea, 5)
    assert (change.event, change.order.status) == (None, Status.PICKED_UP)
    await step(store, "A1", Status.DELIVERED)
    with refused("illegal_step"):
        await assign(store, "A1", ana, 9)
    assert (await store.orders.get("A1")).driver_id == "bea"


async def test_the_same_status_again_is_done_already(store: SqlStore) -> None:
    order = await book(store, "A1")
    first = await step(store, "A1", Status.CANCELLED)
    again = await step(store, "A1", Status.CANCELLED, at=5)
    assert first.event is not None
    assert first.event.seq == again.order.seq == 2
    assert again.event is None
    assert again.order.ended_at == moment(1)
    assert len(await seqs(store, order)) == 2


async def test_who_saw_another_status_is_told(store: SqlStore) -> None:
    order = await book(store, "A1", await hire(store))
    await step(store, "A1", Status.IN_TRANSIT)
    with refused("conflict"):
        await step(store, "A1", Status.CANCELLED, seen_seq=order.seq)
    assert (await step(store, "A1", Status.IN_TRANSIT, seen_seq=order.seq)).event is None
    change = await step(store, "A1", Status.CANCELLED, seen_seq=2)
    assert change.order.status is Status.CANCELLED


async def test_what_anybody_changed_since_it_was_seen_is_left_as_it_is(store: SqlStore) -> None:
    ana, ben = await hire(store), await hire(store, "ben")
    seen = (await book(store, "A1", ana)).updated_at
    orders = store.orders

    async def cancel(seen_at: int) -> OrderChange:
        return await orders.set_status(
            "A1", Status.CANCELLED, None, SYSTEM, moment(9), seen_at=seen_at, then=ignore
        )

    async def give(driver: str | None, seen_at: int) -> OrderChange:
        return await orders.assign(
            "A1", driver, SYSTEM, moment(5), seen_at=seen_at, once=None, then=ignore
        )

    await orders.edit("A1", {"note": "ring"}, moment(1), ignore)
    with refused("conflict"):
        await cancel(seen)
    await assign(store, "A1", ben, at=2)
    for driver in ("ana", None):
        with pytest.raises(OnthewayError, match="it is assigned, and Ben has it"):
            await give(driver, seen)
    assert (await give("ben", seen)).order.updated_at == moment(2)  # he has it: nothing to do
    assert (await give(None, moment(2))).order.status is Status.PENDING
    with pytest.raises(OnthewayError, match=r"it is pending\."):
        await cancel(moment(2))
    assert (await cancel(moment(5))).order.status is Status.CANCELLED
    assert (await cancel(seen)).event is None  # it is so already
    with refused("conflict"):
        await give(None, seen)
    with refused("illegal_step"):
        await give(None, moment(9))


async def test_going_back_needs_force(store: SqlStore) -> None:
    ana = await hire(store)
    order = await book(store, "A1", ana)
    await step(store, "A1", Status.IN_TRANSIT)
    with refused("illegal_step"):
        await step(store, "A1", Status.PICKED_UP)
    change = await step(store, "A1", Status.PICKED_UP, force=True)
    assert change.order.driver_num == ana.num
    assert [seq for seq, _ in await seqs(store, order)] == [1, 2, 3]
    with refused("not_found"):
        await step(store, "A2", Status.PICKED_UP)


async def test_pending_by_force_takes_the_driver_away(store: SqlStore) -> None:
    ana = await hire(store)
    await book(store, "A1", ana)
    await step(store, "A1", Status.IN_TRANSIT)
    change = await step(store, "A1", Status.PENDING, force=True)
    assert (change.order.driver_num, change.previous_driver) == (None, ana.num)
    assert await store.orders.of_driver(ana.num) == []
    (outcome,) = await send(store, ana, point(9), at=9)
    assert taken(outcome).live_orders == ()


async def test_a_final_order_ends_and_force_reopens_it_with_its_driver(store: SqlStore) -> None:
    ana = await hire(store)
    order = await book(store, "A1", ana)
    ended = await step(store, "A1", Status.DELIVERED, at=5)
    assert (ended.order.ended_at, ended.order.driver_num) == (moment(5), ana.num)
    assert await store.orders.open_orders() == []
    reopened_ = await step(store, "A1", Status.IN_TRANSIT, at=9, force=True)
    assert (reopened_.order.ended_at, reopened_.order.driver_num) == (None, ana.num)
    (outcome,) = await send(store, ana, point(9), at=9)
    assert taken(outcome).live_orders == (order.num,)


async def test_a_reopened_order_has_no_driver_who_was_removed(store: SqlStore) -> None:
    ana = await hire(store)
    await book(store, "A1", ana)
    await step(store, "A1", Status.DELIVERED, at=5)
    await store.drivers.remove("ana", moment(6), ignore)
    change = await step(store, "A1", Status.IN_TRANSIT, at=9, force=True)
    assert (change.order.driver_num, change.previous_driver) == (None, ana.num)
    with refused("invalid_field", "driverId"):
        await assign(store, "A1", ana, 10)


async def test_a_driver_changes_only_orders_that_are_his_now(store: SqlStore) -> None:
    ana, bea = await hire(store, "ana"), await hire(store, "bea")
    await book(store, "A1", ana)
    await book(store, "B1", bea)
    change = await step(store, "A1", Status.PICKED_UP, actor=acting(ana))
    assert change.event is not None
    assert (change.event.actor_kind, change.event.actor_id) == ("driver", "ana")
    sentences = set()
    for order_id in ("B1", "nowhere"):
        with refused("unknown_order", "orderId") as caught:
            await step(store, order_id, Status.PICKED_UP, actor=acting(ana))
        sentences.add(str(caught.value).replace(order_id, "X"))
    assert len(sentences) == 1
    with refused("illegal_step", "status"):
        await step(store, "A1", Status.CANCELLED, actor=acting(ana))
    await assign(store, "A1", bea, 5)
    with refused("unknown_order", "orderId"):
        await step(store, "A1", Status.DELIVERED, actor=acting(ana))


async def test_a_drivers_message_counts_once_and_a_refused_one_not_at_all(
    store: SqlStore,
) -> None:
    ana, bea = await hire(store, "ana"), await hire(store, "bea")
    order = await book(store, "A1", ana)
    actor = acting(ana)
    with refused("illegal_step", "status"):
        await step(store, "A1", Status.CANCELLED, actor=actor, message_id="s")
    done = await step(store, "A1", Status.PICKED_UP, actor=actor, message_id="s")
    assert done.event is not None
    await assign(store, "A1", bea, 5)
    again = await step(store, "A1", Status.PICKED_UP, actor=actor, message_id="s")
    other = await step(store, "nowhere", Status.FAILED, actor=actor, message_id="s")
    assert again.event is None and other.event is None
    assert (await store.orders.get("A1")).status is Status.PICKED_UP
    assert len(await seqs(store, order)) == 2


async def test_events_say_who_when_and_from_where(store: SqlStore) -> None:
    order = await book(store, "A1")
    for at, status in enumerate((Status.ASSIGNED, Status.PICKED_UP, Status.DELIVERED)):
        await step(store, "A1", status, at=at)
    events = await store.orders.events(order.num, 1, 2)
    assert [(event.seq, event.status, event.at) for event in events] == [
        (2, Status.ASSIGNED, moment(0)),
        (3, Status.PICKED_UP, moment(1)),
    ]
    assert (events[0].actor_kind, events[0].actor_id, events[0].note) == ("system", "system", None)


async def test_links_are_made_listed_and_ended(store: SqlStore) -> None:
    order = await book(store, "A1")
    await book(store, "A2")
    made = await store.orders.add_link("A1", new_link("more", moment(99)), moment(1), None)
    first = await store.orders.find_link(hashed("link-A1"))
    assert await store.orders.links(order.num) == [made, first]
    ended = await store.orders.revoke_link("A1", "more", moment(5), ignore)
    again = await store.orders.revoke_link("A1", "more", moment(9), ignore)
    assert ended == again == await store.orders.find_link(hashed("more"))
    assert (ended.revoked_at, ended.expires_at) == (moment(5), moment(99))
    for order_id, link_id in (("A2", "more"), ("A1", "none"), ("none", "more")):
        with refused("not_found"):
            await store.orders.revoke_link(order_id, link_id, 0, ignore)
    with refused("not_found"):
        await store.orders.add_link("none", new_link("x"), 0, None)
    assert await store.orders.find_link(hashed("none")) is None


async def test_open_orders_and_those_of_a_driver_are_oldest_first(store: SqlStore) -> None:
    ana = await hire(store)
    for name in ("A1", "A2", "A3"):
        await book(store, name, ana if name != "A2" else None)
    await book(store, "A4", ana)
    await step(store, "A1", Status.FAILED)
    assert [order.id for order in await store.orders.open_orders()] == ["A2", "A3", "A4"]
    assert [order.id for order in await store.orders.of_driver(ana.num)] == ["A3", "A4"]


async def test_pages_of_orders_are_newest_first_and_whole(store: SqlStore) -> None:
    for n in range(7):
        await book(store, f"A{n}")
    found: list[str] = []
    cursor: str | None = None
    for expected in (3, 3, 1):
        page, cursor = await store.orders.page(OrderFilter(), cursor, 3)
        assert len(page) == expected
        found += [order.id for order in page]
    assert cursor is None
    assert found == [f"A{n}" for n in reversed(range(7))]
    with refused("invalid_field", "cursor"):
        await store.orders.page(OrderFilter(), "?", 3)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (OrderFilter(), {"A1", "A2", "B_1"}),
        (OrderFilter(statuses=frozenset({Status.ASSIGNED})), {"A2"}),
        (OrderFilter(statuses=FINAL), set()),
        (OrderFilter(driver_id="ana"), {"A2"}),
        (OrderFilter(driver_id="nobody"), set()),
        (OrderFilter(text="a"), {"A1", "A2", "B_1"}),
        (OrderFilter(text="_"), {"B_1"}),
        (OrderFilter(text="%"), set()),
        (OrderFilter(text="STRASSE"), {"A1"}),
        (OrderFilter(text="ZOE\u0308"), {"A1"}),
        (OrderFilter(text="laden"), {"A1"}),
        (OrderFilter(text="ANA"), {"A2"}),
        (OrderFilter(text="' OR 1=1 --"), set()),
        (OrderFilter(text="a", driver_id="ana"), {"A2"}),
    ],
)
async def test_orders_are_found_by_what_people_know(
    store: SqlStore, wanted: OrderFilter, found: set[str]
) -> None:
    await book(store, "A1", details=DETAILS)
    await book(store, "A2", await hire(store))
    await book(store, "B_1", details=OrderDetails(customer=Customer(name="Bart")))
    page, _ = await store.orders.page(wanted, None, 50)
    assert {order.id for order in page} == found


_steps = st.lists(
    st.tuples(
        st.sampled_from([None, *Status]),
        st.sampled_from(["ana", "bea", "staff", "force"]),
        st.booleans(),
    ),
    max_size=25,
)


def test_any_interleaving_keeps_seq_contiguous_and_told_in_order(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        store = runner.run(open_store(tmp_path))
        drivers = [runner.run(hire(store, name)) for name in ("ana", "bea")]
        count = 0

        @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(_steps)
        def check(steps: list[tuple[Status | None, str, bool]]) -> None:
            nonlocal count
            count += 1
            runner.run(_interleave(store, f"A{count}", drivers, steps))

        check()
        runner.run(store.close())


async def _interleave(
    store: SqlStore,
    order_id: str,
    drivers: list[Driver],
    steps: list[tuple[Status | None, str, bool]],
) -> None:
    order = await book(store, order_id)
    by_name = {driver.id: driver for driver in drivers}
    told: list[int] = []

    def then(change: OrderChange) -> None:
        if change.event is not None:
            told.append(change.event.seq)

    async def act(status: Status | None, who: str, to_driver: bool) -> None:
        actor = acting(by_name[who]) if who in by_name else SYSTEM
        try:
            if status is None:
                target = by_name.get(who, drivers[0]).id if to_driver else None
                await store.orders.assign(order_id, target, actor, moment(1), once=None, then=then)
            else:
                await store.orders.set_status(
                    order_id, status, None, actor, moment(1), force=who == "force", then=then
                )
        except OnthewayError as error:
            assert error.code in {"illegal_step", "unknown_order"}, error

    await asyncio.gather(*(act(*one) for one in steps))
    now = await store.orders.get(order_id)
    events = await store.orders.events(order.num, 0, 100)
    assert [event.seq for event in events] == list(range(1, now.seq + 1))
    assert told == list(range(2, now.seq + 1))
    assert events[-1].status is now.status
    assert (now.ended_at is not None) == (now.status in FINAL)
    assert all(a.status is not b.status for a, b in pairwise(events))


async def test_of_two_who_edit_the_second_is_told_and_nothing_is_lost(store: SqlStore) -> None:
    seen = (await book(store, details=DETAILS)).details
    customer = Customer(name="Eva", phone="+1", email="e@x")

    async def edit(seen: OrderDetails, **changes: object) -> OrderChange:
        return await store.orders.edit("A1", changes, moment(5), ignore, seen)

    first = await edit(seen, note="first", customer=replace(customer, phone="+2"))
    assert "note" in first.edited and "window" not in first.edited
    with refused("conflict"):
        await edit(seen, note="second", window=None)
    there = await store.orders.get("A1")
    assert (there.details.note, there.details.window) == ("first", DETAILS.window)
    both = (await edit(seen, window=None)).order.details
    assert (both.note, both.window) == ("first", None)
    one = await edit(both, customer=replace(customer, phone="+2", name="Adam"))
    assert one.edited == {"name"}
    other = await edit(both, customer=replace(customer, phone="+3"))
    assert other.order.details.customer == Customer(name="Adam", phone="+3", email="e@x")
    with refused("conflict"):
        await edit(both, customer=replace(customer, phone="+4"))
    assert (await edit(both, note="second")).order.details.note == "second"


async def test_what_failed_lately_is_read_from_an_index_with_its_reason(
    store: SqlStore, data_dir: Path
) -> None:
    ana = await hire(store)
    for order_id, at in (("A1", 1), ("A2", 9), ("A3", 9), ("A4", 9)):
        await book(store, order_id, ana)
        await step(store, order_id, Status.FAILED, at)
    await step(store, "A3", Status.RETURNED, 10, force=True)
    await step(store, "A4", Status.IN_TRANSIT, 10, force=True)
    asked: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if "FROM orders" in statement:
            asked.append((statement, values))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        found = await store.orders.failed(moment(1))
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert [(order.id, order.driver_id, reason) for order, reason in found] == [("A2", "ana", None)]
    ((statement, values),) = asked
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as raw:
        plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert "ix_orders_ended (status=? AND ended_at>?)" in plan[0]
    assert [step for step in plan if "SCAN" in step] == []
