"""Positions are stored once, judged right, refused alone."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.order import Status
from app.domain.position import Fix, Flag
from app.protocol.driver import Point
from app.storage.store import SqlStore, open_store
from app.tracking.records import NotTaken, Taken
from tests.storage.town import (
    acting,
    assign,
    book,
    duty,
    hire,
    ids,
    moment,
    not_taken,
    point,
    refused,
    reopened,
    send,
    step,
    taken,
    track,
)


async def test_a_point_comes_back_as_it_was_sent(store: SqlStore) -> None:
    ana = await hire(store)
    sent = Point(
        Fix(
            lat=48.137154000000003,
            lng=-0.1,
            fix_time=moment(1),
            accuracy=6.1,
            speed=8.3,
            heading=270.0,
            altitude=519.25,
            battery=0.82,
        ),
        "p \0 🛵",
        None,
    )
    await send(store, ana, sent, at=2)
    (kept,) = await track(store, ana)
    assert kept.id == "p \0 🛵"
    assert (kept.lat, kept.lng) == (48.137154000000003, -0.1)
    assert (kept.fix_time, kept.at, kept.arrived_at) == (moment(1), moment(1), moment(2))
    assert (kept.accuracy, kept.speed, kept.heading) == (6.1, 8.3, 270.0)
    assert (kept.altitude, kept.battery, kept.flags) == (519.25, 0.82, Flag(0))


async def test_the_same_id_again_is_stored_once_and_answered_with_the_first(
    store: SqlStore,
) -> None:
    ana = await hire(store)
    first = await send(store, ana, point(1, "p"), at=1)
    again = await send(store, ana, point(5, "p", lat=10), point(5, "p"), at=5)
    assert first == [Taken(moment(1), Flag(0), False, True, ())]
    assert again == [Taken(moment(1), Flag(0), True, False, ())] * 2
    assert ids(await track(store, ana)) == ["p"]


async def test_concurrent_resends_store_each_id_once_and_answer_all(store: SqlStore) -> None:
    ana = await hire(store)
    points = [point(second, f"p{second}") for second in range(20)]
    sends = [send(store, ana, one, at=30) for one in points * 5]
    answers = [taken(outcome) for [outcome] in await asyncio.gather(*sends)]
    assert sum(not answer.repeat for answer in answers) == 20
    assert len(answers) == 100
    assert len(await track(store, ana)) == 20


async def test_resends_after_a_restart_are_repeats(store: SqlStore, data_dir: Path) -> None:
    ana = await hire(store)
    batch = [point(1, "p"), point(2), point(3, "q")]
    await send(store, ana, *batch, at=5)
    async with reopened(store, data_dir) as again:
        outcomes = await send(again, ana, *batch, at=9)
        assert all(taken(outcome).repeat for outcome in outcomes)
        assert len(await track(again, ana)) == 3


async def test_two_drivers_may_use_the_same_id(store: SqlStore) -> None:
    ana, bea = await hire(store, "ana"), await hire(store, "bea")
    for driver in (ana, bea):
        (outcome,) = await send(store, driver, point(1, "p"), at=1)
        assert not taken(outcome).repeat


async def test_a_point_without_id_is_named_by_its_content(store: SqlStore) -> None:
    ana = await hire(store)
    await book(store, "A1", ana)
    variants = [
        point(1),
        point(1, order_id="A1"),
        point(2),
        point(1, lat=48.0000001),
        point(1, lng=11.0000001),
    ]
    first = await send(store, ana, *variants, at=5)
    again = await send(store, ana, *variants, at=6)
    assert [taken(outcome).repeat for outcome in first] == [False] * 5
    assert [taken(outcome).repeat for outcome in again] == [True] * 5
    assert ids(await track(store, ana)) == [None] * 5


async def test_a_point_without_id_and_time_has_no_repeat(store: SqlStore) -> None:
    ana = await hire(store)
    outcomes = await send(store, ana, point(None), point(None), at=5)
    assert [taken(outcome).at for outcome in outcomes] == [moment(5)] * 2
    assert [taken(outcome).flags for outcome in outcomes] == [Flag(0)] * 2
    assert [kept.fix_time for kept in await track(store, ana)] == [None, None]


async def test_ids_are_unique_over_points_statuses_and_duty(store: SqlStore) -> None:
    ana = await hire(store)
    await book(store, "A1", ana)
    await send(store, ana, point(1, "point"), at=1)
    done = await step(store, "A1", Status.PICKED_UP, actor=acting(ana), message_id="status")
    assert done.event is not None
    await duty(store, ana, False, 5, "duty")
    await duty(store, ana, True, 5)
    for used in ("status", "duty"):
        (outcome,) = await send(store, ana, point(6, used), at=6)
        assert taken(outcome).repeat
    same = await step(store, "A1", Status.DELIVERED, actor=acting(ana), message_id="point")
    assert same.event is None
    assert same.order.status is Status.PICKED_UP
    assert (await duty(store, ana, False, 7, "point")).on_duty
    assert ids(await track(store, ana)) == ["point"]


async def test_an_order_that_never_was_his_is_refused_alone_and_its_id_is_free_again(
    store: SqlStore,
) -> None:
    ana, bea = await hire(store, "ana"), await hire(store, "bea")
    await book(store, "B1", bea)
    outcomes = await send(
        store, ana, point(1, "p", "B1"), point(2, "q"), point(3, "r", "nowhere"), at=5
    )
    assert not_taken(outcomes[0]).code == not_taken(outcomes[2]).code == "unknown_order"
    assert not_taken(outcomes[0]).field == "orderId"
    assert not_taken(outcomes[0]).message.replace("B1", "nowhere") == (
        not_taken(outcomes[2]).message
    )
    assert not taken(outcomes[1]).repeat
    (later,) = await send(store, ana, point(4, "p"), at=5)
    assert not taken(later).repeat


async def test_an_order_given_to_him_later_is_known_at_once(store: SqlStore) -> None:
    ana = await hire(store)
    order = await book(store, "A1")
    (before,) = await send(store, ana, point(1, "p", "A1"), at=1)
    await assign(store, "A1", ana, 2)
    (after,) = await send(store, ana, point(1, "p", "A1"), at=3)
    assert isinstance(before, NotTaken)
    assert taken(after).live_orders == (order.num,)


async def test_points_from_off_duty_time_are_refused_whenever_they_arrive(
    store: SqlStore,
) -> None:
    ana = await hire(store)
    await duty(store, ana, False, 10)
    await duty(store, ana, True, 20)
    await duty(store, ana, False, 30)
    seconds = [9, 10, 19, 20, 29, 30, 40]
    outcomes = await send(store, ana, *(point(s, f"p{s}") for s in seconds), at=50)
    assert [isinstance(outcome, Taken) for outcome in outcomes] == [
        *(True, False, False, True, True, False, False)
    ]
    (refusal,) = await send(store, ana, point(None), at=50)
    assert (not_taken(refusal).code, not_taken(refusal).field) == ("off_duty", None)


async def test_a_stored_point_sent_again_off_duty_is_a_repeat(store: SqlStore) -> None:
    ana = await hire(store)
    await send(store, ana, point(None, "p"), at=1)
    await duty(store, ana, False, 5)
    (outcome,) = await send(store, ana, point(None, "p"), at=9)
    assert outcome == Taken(moment(1), Flag(0), True, False, ())


async def test_a_point_from_the_future_counts_at_its_arrival_for_duty_too(
    store: SqlStore,
) -> None:
    ana = await hire(store)
    await duty(store, ana, False, 100)
    await duty(store, ana, True, 200)
    inside, outside = await send(store, ana, point(150, "in"), point(400, "out"), at=250)
    assert isinstance(inside, NotTaken)
    assert taken(outside).flags == Flag.FUTURE
    assert taken(outside).at == moment(250)


@pytest.mark.parametrize(
    ("later", "flags"),
    [
        (point(9, "b"), Flag.LATE),
        (point(10, "b"), Flag.REPEATED),
        (point(10, "b", lat=48.00001), Flag.SAME_TIME),
        (point(11, "b", lat=49), Flag.TELEPORT),
        (point(11, "b", accuracy=101), Flag.INACCURATE),
        (point(10, "b", "A1"), Flag(0)),
        (point(11, "b"), Flag(0)),
        (point(200, "b"), Flag.FUTURE),
        (point(None, "b"), Flag(0)),
    ],
)
async def test_flags_of_a_point_after_another(store: SqlStore, later: Point, flags: Flag) -> None:
    ana = await hire(store)
    await book(store, "A1", ana)
    await send(store, ana, point(10, "a"), at=12)
    (outcome,) = await send(store, ana, later, at=12)
    assert taken(outcome).flags == flags
    assert (await track(store, ana))[0 if flags & Flag.LATE else 1].flags == flags


async def test_points_ahead_of_their_time_are_compared_with_each_other(store: SqlStore) -> None:
    ana = await hire(store)
    first = [point(500, "a"), point(500, "b"), point(500, "c", lat=48.001), point(11, "d")]
    flags = [taken(outcome).flags for outcome in await send(store, ana, *first, at=12)]
    assert flags == [
        Flag.FUTURE,
        Flag.FUTURE | Flag.REPEATED,
        Flag.FUTURE | Flag.SAME_TIME,
        Flag.LATE,
    ]


async def test_a_point_moves_the_orders_that_were_his_at_its_time_and_are_open(
    store: SqlStore,
) -> None:
    ana, bea = await hire(store, "ana"), await hire(store, "bea")
    early, late = await book(store, "E", ana, at=10), await book(store, "L", ana, at=20)
    over, given_away = await book(store, "O", ana, at=10), await book(store, "G", ana, at=10)
    await step(store, "O", Status.DELIVERED, at=30)
    await assign(store, "G", bea, 30)
    assert over.num and given_away.num
    outcomes = await send(
        store,
        ana,
        point(15, "a"),
        point(25, "b"),
        point(26, "c", "L"),
        point(27, "d", "O"),
        point(28, "e", "G"),
        point(28, "f", accuracy=500),
        point(2, "g", "E"),
        at=40,
    )
    assert [taken(outcome).live_orders for outcome in outcomes] == [
        (early.num,),
        (early.num, late.num),
        (late.num,),
        (),
        (),
        (),
        (),
    ]
    assert [taken(outcome).moves for outcome in outcomes] == [True] * 5 + [False] * 2


async def test_an_order_that_left_and_came_back_counts_in_both_times(store: SqlStore) -> None:
    ana = await hire(store)
    order = await book(store, "A1", ana, at=10)
    await assign(store, "A1", None, 20)
    await assign(store, "A1", ana, 30)
    outcomes = await send(store, ana, point(15, "a"), point(25, "b"), point(35, "c"), at=40)
    assert [taken(outcome).live_orders for outcome in outcomes] == [(order.num,), (), (order.num,)]


async def test_a_removed_driver_records_nothing(store: SqlStore) -> None:
    ana = await hire(store)
    await send(store, ana, point(1, "p"), at=1)
    await store.drivers.remove("ana", moment(2), lambda _: None)
    with refused("revoked"):
        await send(store, ana, point(3, "q"), at=3)


_points = st.lists(
    st.builds(
        point,
        st.one_of(st.none(), st.integers(0, 12), st.integers(100, 102)),
        st.one_of(st.none(), st.sampled_from("abcdefgh")),
        st.sampled_from([None, None, "A1"]),
        lat=st.sampled_from([48.0, 48.001, 49.0, 49.001]),
        accuracy=st.sampled_from([None, None, None, 500.0]),
    ),
    max_size=14,
)


def test_a_restart_changes_no_verdict(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        store = runner.run(open_store(tmp_path))
        count = 0

        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(_points, st.integers(0, 30))
        def check(points: list[Point], arrival: int) -> None:
            nonlocal count
            count += 1
            runner.run(_compare(store, f"{count}", points, arrival))

        check()
        runner.run(store.close())


async def _compare(store: SqlStore, name: str, points: list[Point], arrival: int) -> None:
    """One driver sends all at once, the other is read from the tables anew for each point."""
    quick, slow = await hire(store, f"quick{name}"), await hire(store, f"slow{name}")
    order_of = {driver: await book(store, driver.id, driver) for driver in (quick, slow)}
    outcomes = {}
    for driver, apart in ((quick, False), (slow, True)):
        own = [
            Point(
                one.fix,
                one.id and f"{one.id}{one.fix.fix_time}",  # a repeat says its time again
                order_of[driver].id if one.order_id else None,
            )
            for one in points
        ]
        if not apart:
            found = await send(store, driver, *own, at=arrival)
        else:
            found = []
            for one in own:
                await store.drivers.rotate_token(
                    driver.id, f"{name}/{len(found)}".encode(), 0, once=None, then=lambda _: None
                )
                found += await send(store, driver, one, at=arrival)
        outcomes[driver] = [
            (one.at, one.flags, one.repeat, one.moves, len(one.live_orders))
            for one in map(taken, found)
        ]
    assert outcomes[quick] == outcomes[slow]
