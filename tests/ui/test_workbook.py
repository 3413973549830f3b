"""The rows of the work list that all pages share."""

import asyncio
from dataclasses import replace
from datetime import UTC
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.access import Kind
from app.domain.eta import Window
from app.domain.order import FINAL, OPEN, Status
from app.domain.preferences import Thresholds
from app.domain.times import DAY, HOUR, MINUTE, SECOND
from app.tracking.blocks import Block, Blocks
from app.tracking.board import Board, LiveDriver, LiveOrder
from app.tracking.records import Driver, Order, OrderChange, OrderDetails, PhoneReport
from app.ui.kit import workbook
from app.ui.kit.needs import NEAR, NEEDS_YOU, Group, away
from app.ui.kit.sieve import Sieve
from app.ui.kit.work import row
from app.ui.kit.workbook import WorkBook, WorkRows

NOW: Final = 1_795_426_200_000_000


class Clock:
    """A clock that is set by hand."""

    at = NOW

    def __call__(self) -> int:
        return self.at


def order(
    board: Board, num: int, status: Status = Status.PENDING, ended_at: int | None = None
) -> None:
    """An order is made, or changed."""
    made = Order(
        num=num,
        id=f"o{num}",
        status=status,
        seq=1,
        driver_num=None,
        driver_id=None,
        details=OrderDetails(),
        created_at=NOW + num,
        updated_at=NOW,
        ended_at=ended_at,
    )
    board.apply_order(OrderChange(order=made, event=None, previous_driver=None))


def ids(rows: WorkRows, group: Group) -> list[str]:
    """The orders of a group, in the order of the list."""
    return [each.order_id for each in rows.first(group, 100)[0]]


async def test_rows_follow_changes_at_once_and_time_in_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbook, "IN_TURN", 2)
    clock, board = Clock(), Board(None)  # type: ignore[arg-type]  # nothing is read here
    for num in range(5):
        order(board, num)
    rows, let_go = await WorkBook(board, clock).open(ZoneInfo("UTC"))
    assert ids(rows, Group.UNASSIGNED) == [f"o{n}" for n in range(5)]
    assert (len(rows), rows.pending, rows.needing) == (5, 5, 5)
    order(board, 3, Status.IN_TRANSIT)
    order(board, 4, Status.DELIVERED)
    rows.refresh()
    assert ids(rows, Group.ON_THE_WAY) == ["o3"]
    assert (len(rows), rows.pending, rows.needing) == (4, 3, 3)
    version = rows.version
    for _ in range(2):
        clock.at += 90 * SECOND
        rows.refresh()
    assert rows.version > version
    assert ids(rows, Group.NO_SIGNAL) == ["o3"]
    for _ in range(2):
        clock.at += SECOND
        rows.refresh()
    fresh = [row(board, live, UTC, clock.at) for live in board.orders.values()]
    here = [each for group in Group for each in rows.first(group, 100)[0]]
    assert {each.order_id for each in here} == {"o0", "o1", "o2", "o3"}
    assert all(each in fresh for each in here)
    let_go()


@pytest.mark.parametrize(("minutes", "group"), [(9, Group.LATE), (10, Group.UNASSIGNED)])
def test_an_order_is_late_so_many_minutes_after_its_window(minutes: int, group: Group) -> None:
    board = Board(None)  # type: ignore[arg-type]  # nothing is read here
    order(board, 1)
    window = Window(NOW - 2 * HOUR, NOW - 10 * MINUTE)
    live = board.orders[1]
    live.order = replace(live.order, details=OrderDetails(window=window))
    thresholds = Thresholds(late_after=minutes * MINUTE)
    assert row(board, live, ZoneInfo("UTC"), NOW, thresholds).group is group


@pytest.mark.parametrize(("seconds", "group"), [(89, Group.NO_SIGNAL), (90, Group.ON_THE_WAY)])
async def test_the_signal_of_a_driver_is_lost_after_so_many_seconds(
    seconds: int, group: Group
) -> None:
    clock, board = Clock(), Board(None)  # type: ignore[arg-type]  # nothing is read here
    order(board, 1, Status.PICKED_UP)
    clock.at = NOW + 90 * SECOND
    book = WorkBook(board, clock, lambda: Thresholds(silent_after=seconds * SECOND))
    rows, let_go = await book.open(ZoneInfo("UTC"))
    assert ids(rows, group) == ["o1"]
    let_go()


def test_a_driver_whom_staff_shut_out_is_said_to_be_blocked_and_nothing_else() -> None:
    board, blocks = Board(None), Blocks(lambda: NOW)  # type: ignore[arg-type]  # nothing is read
    order(board, 1, Status.PICKED_UP)
    ana = Driver(
        num=7, id="ana", name="Ana", vehicle=None, phone=None, on_duty=True, created_at=NOW
    )
    report = PhoneReport(driver_num=7, at=NOW, app="OwnTracks", words="blocked by ben", battery=0.5)
    board.drivers[7] = LiveDriver(ana, report=report)
    live = LiveOrder(replace(board.orders[1].order, driver_num=7, updated_at=NOW - HOUR))

    def about() -> str:
        return row(board, live, ZoneInfo("UTC"), NOW, blocks=blocks).about

    assert about() == "Ana · blocked by ben · battery 50 % · OwnTracks"
    until = NOW + 10 * MINUTE
    blocks.add(Block(id="b", key=(Kind.DRIVER, 7), name="Ana", by="ben", since=NOW, until=until))
    assert about() == "Ana · blocked until 09:40"


async def test_a_question_needs_somebody_also_when_the_order_is_over() -> None:
    clock, board = Clock(), Board(None)  # type: ignore[arg-type]  # nothing is read here
    order(board, 1)
    order(board, 2, Status.DELIVERED)
    rows, let_go = await WorkBook(board, clock).open(ZoneInfo("UTC"))
    for num in (1, 2):
        asked = replace(board.orders[num].order, asked_at=NOW - num)
        board.apply_order(OrderChange(order=asked, event=None, previous_driver=None))
    rows.refresh()
    assert ids(rows, Group.QUESTION) == ["o2", "o1"]
    assert (len(rows), rows.over, rows.pending) == (2, 1, 1)
    (shown, _), _ = rows.first(Group.QUESTION, 2)
    assert (shown.level, shown.note) == ("warn", "since 09:29")
    board.forget_finished(lambda _: False, NOW)
    answered = replace(board.orders[2].order, asked_at=None)
    board.apply_order(OrderChange(order=answered, event=None, previous_driver=None))
    rows.refresh()
    assert (ids(rows, Group.QUESTION), rows.over) == (["o1"], 0)
    let_go()


async def test_a_failed_order_stands_first_with_its_reason_until_somebody_acts_or_a_day_later() -> (
    None
):
    clock, board = Clock(), Board(None)  # type: ignore[arg-type]  # nothing is read here
    for num in (1, 2, 3):
        order(board, num, Status.FAILED, NOW - num * MINUTE)
    board.orders[2].reason = "nobody at home"
    rows, let_go = await WorkBook(board, clock).open(ZoneInfo("UTC"))
    assert ids(rows, Group.FAILED) == ["o1", "o2", "o3"]
    assert Group.FAILED in NEEDS_YOU
    assert (len(rows), rows.over, rows.pending) == (3, 3, 0)
    (one, two), _ = rows.first(Group.FAILED, 2)
    assert (one.about, two.about) == ("No reason given", "nobody at home")
    assert (two.when, two.level, two.icon) == ("09:28", "bad", "error")
    assert rows.first(Group.FAILED, 9, Sieve(text="nobody at"))[0] == [two]
    order(board, 1, Status.RETURNED, NOW)
    rows.refresh()
    assert ids(rows, Group.FAILED) == ["o2", "o3"]
    clock.at += DAY - 2 * MINUTE
    for _ in range(2):
        clock.at += SECOND
        rows.refresh()
    assert (ids(rows, Group.FAILED), rows.over) == ([], 0)
    let_go()


async def test_a_failed_order_that_is_asked_about_says_both() -> None:
    board = Board(None)  # type: ignore[arg-type]  # nothing is read here
    order(board, 1, Status.FAILED, NOW)
    live = board.orders[1]
    live.order = replace(live.order, asked_at=NOW)
    made = row(board, live, ZoneInfo("UTC"), NOW + DAY - 1)
    assert (made.group, made.about) == (Group.FAILED, "question · No reason given")
    assert row(board, live, ZoneInfo("UTC"), NOW + DAY).group is Group.QUESTION


def driver(board: Board, on_duty: bool = True, heard_at: int | None = None) -> None:
    """Driver 7, Ana, is on the board."""
    ana = Driver(
        num=7, id="ana", name="Ana", vehicle=None, phone=None, on_duty=on_duty, created_at=NOW
    )
    board.apply_driver(ana).heard_at = heard_at


@pytest.mark.parametrize("begins_in", [None, -HOUR, 0, NEAR, NEAR + 1])
@pytest.mark.parametrize("on_duty", [True, False])
@pytest.mark.parametrize("online", [True, False])
def test_who_is_off_duty_or_not_connected_is_told_when_his_order_is_due(
    begins_in: int | None, on_duty: bool, online: bool
) -> None:
    board = Board(None)  # type: ignore[arg-type]  # nothing is read here
    driver(board, on_duty)
    order(board, 1, Status.ASSIGNED)
    window = None if begins_in is None else Window(NOW + begins_in, NOW + begins_in + 2 * HOUR)
    details = OrderDetails(window=window)
    given = replace(
        board.orders[1].order, driver_num=7, details=details, updated_at=NOW - 2 * MINUTE
    )
    live = LiveOrder(given)
    made = row(board, live, ZoneInfo("UTC"), NOW, connected=lambda _: online)
    if begins_in == NEAR + 1 or (on_duty and online):
        assert made.group is Group.WAITING
        return
    assert (made.group, made.level, made.note) == (Group.AWAY, "warn", "never seen")
    assert made.group in NEEDS_YOU
    word = "Driver not connected" if on_duty else "Driver is off duty"
    assert made.about == f"{word} · Ana"


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(("seconds", "gone"), [(60, False), (61, True)])
def test_a_phone_may_be_silent_for_a_while_before_its_order_needs_somebody(
    status: Status, seconds: int, gone: bool
) -> None:
    board = Board(None)  # type: ignore[arg-type]  # nothing is read here
    driver(board, heard_at=NOW - seconds * SECOND)
    order(board, 1, status)
    live, ana = board.orders[1], board.drivers[7]
    before = replace(live.order, updated_at=NOW - HOUR, driver_num=7)
    found = away(before, ana, online=False, now=NOW)
    assert (found is not None) is (gone and status in {Status.PENDING, Status.ASSIGNED})
    just_given = replace(before, updated_at=NOW - SECOND)
    assert away(just_given, ana, online=False, now=NOW) is None


async def test_who_comes_or_goes_changes_his_orders_at_once() -> None:
    clock, board = Clock(), Board(None)  # type: ignore[arg-type]  # nothing is read here
    there = {7}
    driver(board)
    order(board, 1, Status.ASSIGNED)
    given = replace(board.orders[1].order, driver_num=7)
    board.apply_order(OrderChange(order=given, event=None, previous_driver=None))
    book = WorkBook(board, clock, connected=there.__contains__)
    rows, let_go = await book.open(ZoneInfo("UTC"))
    clock.at += 2 * MINUTE
    rows.refresh()
    for online, on_duty, group in (
        (False, True, Group.AWAY),
        (True, True, Group.WAITING),
        (True, False, Group.AWAY),
        (True, True, Group.WAITING),
    ):
        there.add(7) if online else there.discard(7)
        driver(board, on_duty)
        rows.refresh()
        assert ids(rows, group) == ["o1"]
    let_go()


async def test_a_late_order_says_that_its_customer_asks() -> None:
    board = Board(None)  # type: ignore[arg-type]  # nothing is read here
    order(board, 1)
    late = OrderDetails(window=Window(NOW - 2 * HOUR, NOW - HOUR))
    live = board.orders[1]
    live.order = replace(live.order, details=late, asked_at=NOW)
    made = row(board, live, ZoneInfo("UTC"), NOW)
    assert (made.group, made.about.split(" ·")[0]) == (Group.LATE, "question")


async def test_all_pages_of_a_zone_share_the_rows_until_the_last_is_closed() -> None:
    clock, board = Clock(), Board(None)  # type: ignore[arg-type]  # nothing is read here
    book = WorkBook(board, clock)
    one, leave_one = await book.open(ZoneInfo("UTC"))
    other, leave_other = await book.open(ZoneInfo("UTC"))
    elsewhere, leave_elsewhere = await book.open(ZoneInfo("Asia/Tokyo"))
    assert one is other
    assert one is not elsewhere
    leave_elsewhere()
    leave_one()
    order(board, 1)
    other.refresh()
    assert len(other) == 1
    leave_other()
    again, leave_again = await book.open(ZoneInfo("UTC"))
    assert again is not other
    assert len(again) == 1
    leave_again()


async def test_the_first_of_a_group_are_those_that_the_search_fits() -> None:
    clock, board = Clock(), Board(None)  # type: ignore[arg-type]  # nothing is read here
    for num in reversed(range(30)):
        order(board, num)
    rows, let_go = await WorkBook(board, clock).open(ZoneInfo("UTC"))
    shown, more = rows.first(Group.UNASSIGNED, 4)
    assert ([each.order_id for each in shown], more) == (["o0", "o1", "o2", "o3"], 26)
    shown, more = rows.first(Group.UNASSIGNED, 4, Sieve(text="o2"))
    assert ([each.order_id for each in shown], more) == (["o2", "o20", "o21", "o22"], 7)
    let_go()


async def test_only_what_is_wanted_is_given_and_told() -> None:
    board = Board(None)  # type: ignore[arg-type]  # nothing is read here
    driver(board)
    for num, status in enumerate((Status.PENDING, Status.ASSIGNED, Status.PICKED_UP)):
        order(board, num, status)
        given = replace(board.orders[num].order, driver_num=7 if num else None)
        board.apply_order(OrderChange(order=given, event=None, previous_driver=None))
    order(board, 3, Status.ASSIGNED)
    rows, let_go = await WorkBook(board, Clock()).open(ZoneInfo("UTC"))
    wanted = Sieve(driver_id="ana", statuses={Status.ASSIGNED, Status.PENDING})
    assert [each.order_id for each in rows.first(Group.WAITING, 9, wanted)[0]] == ["o1"]
    assert rows.first(Group.UNASSIGNED, 9, wanted) == ([], 0)
    assert rows.ids(wanted) == ["o1"]
    assert rows.ids(Sieve()) == ["o0", "o2", "o1", "o3"]
    assert rows.ids(Sieve(groups=frozenset())) == []
    assert rows.first(Group.WAITING, 9, Sieve(groups={Group.LATE})) == ([], 0)
    let_go()


@pytest.mark.parametrize(
    ("text", "chosen", "expected"),
    [
        ("", "o25", (["o0", "o1", "o2", "o25"], 26)),
        ("", "o1", (["o0", "o1", "o2"], 27)),
        ("", "o99", (["o0", "o1", "o2"], 27)),
        ("o2", "o25", (["o2", "o20", "o21", "o25"], 7)),
        ("o2", "o19", (["o2", "o20", "o21"], 8)),
    ],
)
async def test_the_chosen_row_is_among_the_first_where_it_fits(
    text: str, chosen: str, expected: tuple[list[str], int]
) -> None:
    board = Board(None)  # type: ignore[arg-type]  # nothing is read here
    for num in range(30):
        order(board, num)
    rows, let_go = await WorkBook(board, Clock()).open(ZoneInfo("UTC"))
    shown, more = rows.first(Group.UNASSIGNED, 3, Sieve(text=text), chosen)
    assert ([each.order_id for each in shown], more) == expected
    assert rows.first(Group.LATE, 3, Sieve(text=text), chosen) == ([], 0)
    let_go()


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.sampled_from(Status), st.integers(0, 100)), max_size=40
    )
)
def test_rows_stand_as_if_sorted_anew(steps: list[tuple[int, Status, int]]) -> None:
    asyncio.run(_stand_as_if_sorted(steps))


async def _stand_as_if_sorted(steps: list[tuple[int, Status, int]]) -> None:
    clock, board = Clock(), Board(None)  # type: ignore[arg-type]  # nothing is read here
    rows, let_go = await WorkBook(board, clock).open(ZoneInfo("UTC"))
    for num, status, later in steps:
        clock.at += later * SECOND
        order(board, num, status, clock.at if status in FINAL else None)
        rows.refresh()
    clock.at += SECOND
    rows.refresh()
    fresh = [row(board, live, UTC, clock.at) for live in board.orders.values()]
    fresh = sorted(
        (each for each in fresh if each.status in {*OPEN, Status.FAILED}),
        key=lambda each: (each.rank, each.order_id),
    )
    for group in Group:
        assert rows.first(group, 100)[0] == [each for each in fresh if each.group is group]
    assert len(rows) == len(fresh)
    assert rows.pending == sum(each.status is Status.PENDING for each in fresh)
    let_go()
