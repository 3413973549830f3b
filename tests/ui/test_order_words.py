"""What the page of orders reads and says, without a browser."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from app.domain.errors import OnthewayError
from app.domain.order import Status
from app.domain.times import DAY, HOUR, parse_time
from app.tracking.batch import Tally
from app.tracking.board import LiveDriver
from app.tracking.driver_names import DriverNames
from app.tracking.records import (
    NEWEST_FIRST,
    Driver,
    Order,
    OrderBy,
    OrderDetails,
    OrderEvent,
    OrderFilter,
    OrderSort,
)
from app.ui.kit.batch import summary
from app.ui.kit.selection import Selection
from app.ui.kit.sorting import sort_of, text_of
from app.ui.kit.visit import Visit
from app.ui.kit.words import contained
from app.ui.orders.bulk import SLICE, assigning_words, read_all
from app.ui.orders.left_out import left_out_words
from app.ui.orders.new_link import LONGEST, end_of
from app.ui.orders.status import UNDONE, note_of_undo

BERLIN = ZoneInfo("Europe/Berlin")
NOW = parse_time("2026-07-01T10:00:00Z")


class Shelf:
    """Orders page by page; one moves from page to page while it is read."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.read = 0

    async def page(
        self, wanted: OrderFilter, after: str | None, limit: int, sort: OrderSort = NEWEST_FIRST
    ) -> tuple[list[Order], str | None]:
        """The next of them, the last of the page before once more."""
        assert (wanted, sort) == (OrderFilter(text="x"), NEWEST_FIRST)
        begin = int(after or 0)
        self.read += 1
        nums = range(max(0, begin - 1), min(begin + limit, self._count))
        following = str(begin + limit) if begin + limit < self._count else None
        return [order(num) for num in nums], following


def order(num: int) -> Order:
    """Some order."""
    return Order(
        num=num,
        id=f"o{num}",
        status=Status.PENDING,
        seq=1,
        driver_num=None,
        driver_id=None,
        details=OrderDetails(),
        created_at=0,
        updated_at=0,
        ended_at=None,
    )


@pytest.mark.parametrize("count", [0, 1, SLICE, 2 * SLICE + 1])
async def test_all_that_fit_are_read_each_once(count: int) -> None:
    found = await read_all(Shelf(count), OrderFilter(text="x"), NEWEST_FIRST, 5 * SLICE)  # type: ignore[arg-type]
    assert [one.num for one in found] == list(range(count))


async def test_reading_ends_where_no_more_can_be_picked() -> None:
    shelf = Shelf(100 * SLICE)
    found = await read_all(shelf, OrderFilter(text="x"), NEWEST_FIRST, 2 * SLICE)  # type: ignore[arg-type]
    assert len(found) > 2 * SLICE
    assert shelf.read == 3


@pytest.mark.parametrize("by", OrderBy)
@pytest.mark.parametrize("descending", [False, True])
def test_the_address_of_the_page_says_each_way_to_sort(by: OrderBy, descending: bool) -> None:
    sort = OrderSort(by, descending)
    assert sort_of(text_of(sort)) == sort


async def test_an_order_names_its_driver_also_after_he_was_removed() -> None:
    gone = Driver(
        num=2,
        id="d2",
        name="Ana",
        vehicle=None,
        phone=None,
        on_duty=True,
        created_at=0,
        deleted_at=1,
    )
    here = replace(gone, num=1, id="d1", name="Bo", deleted_at=None)

    async def everybody() -> list[Driver]:
        return [gone, here]

    board = SimpleNamespace(driver_by_id={"d1": LiveDriver(here)}.get)
    tracks = SimpleNamespace(drivers=everybody)
    names = DriverNames(board, tracks)  # type: ignore[arg-type]
    drivers = ["d1", "d2", "d3", None]
    await names.learn(drivers)
    assert [names.of(one) for one in drivers] == ["Bo", "Ana", "removed driver d3", ""]


def test_how_it_ended() -> None:
    tally: Tally[int] = Tally(5, [1, 2], [(3, "no")])
    assert summary(tally, "assigned") == (
        "2 orders assigned, 1 refused. Stopped: 2 were not tried."
    )
    two = replace(tally, refused=[(3, "no"), (4, "it is failed"), (5, "too")], changed=[4, 5])
    assert summary(two, "cancelled") == (
        "2 orders cancelled, 1 refused, 2 left alone because somebody changed them meanwhile."
    )
    assert summary(replace(two, total=1, done=[], refused=[(4, "too")], changed=[4]), "x") == (
        "0 orders x, 1 left alone because somebody changed it meanwhile."
    )
    broken = replace(tally, error=KeyError())
    assert "Something went wrong, so it ended here. 2 were not tried" in summary(broken, "assigned")


def test_a_link_ends_at_a_time_of_ones_own_in_ones_own_zone() -> None:
    assert end_of("2026-07-01T14:30", BERLIN, NOW) == parse_time("2026-07-01T12:30:00Z")
    assert end_of("2026-07-01T12:01", BERLIN, NOW) == NOW + HOUR // 60


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "choose a day"),
        ("tomorrow", "choose a day"),
        ("9999-12-31T23:59", "a year at most"),
        ("0001-01-01T00:00", "choose a day"),
        ("2026-07-01T12:00", "is over"),
    ],
)
def test_other_times_are_refused(text: str | None, why: str) -> None:
    with pytest.raises(OnthewayError, match=why):
        end_of(text, BERLIN, NOW)
    assert LONGEST > 365 * DAY


def test_what_an_import_left_out() -> None:
    assert left_out_words(1, None, over=True) == (
        "1 line of the file was left out. "
        "Download it with what is wrong, mend it, and import just that."
    )
    assert left_out_words(1_200, 7, over=False) == (
        "1,200 lines of the file would be left out. "
        "Download them with what is wrong, mend them, and import just these. "
        "From line 7 on the file could not be read: mend that in the file."
    )
    assert left_out_words(0, 2, over=True).startswith("From line 2 on")


def test_a_name_turns_only_itself() -> None:
    assert contained("Ana") == "Ana"
    assert contained("Zo\u00eb \u202egolb\u202c") == "Zo\u00eb golb"
    assert contained("\u0639\u0644\u064a") == "\u2068\u0639\u0644\u064a\u2069"


def test_what_is_dropped_is_picked_no_more_and_the_rest_stays() -> None:
    told: list[int] = []
    picked = Selection[Order](
        cast(Visit, None), lambda one: one.id, lambda: told.append(len(picked.items))
    )
    picked.replace([order(num) for num in range(5)])
    picked.drop([order(1), order(3), order(7)])
    assert [one.num for one in picked.items] == [0, 2, 4]
    picked.renew([replace(order(2), seq=9), order(3)])
    assert [(one.num, one.seq) for one in picked.items] == [(0, 1), (2, 9), (4, 1)]
    assert told == [5, 3, 3]


def test_orders_given_to_nobody_are_unassigned() -> None:
    assert assigning_words(1, "Ana") == ("Assign 1 order to Ana", "assigned")
    assert assigning_words(400, None) == ("Unassign 400 orders", "unassigned")


def test_going_back_to_a_bad_end_gives_customers_its_reason_again() -> None:
    events = [
        OrderEvent(
            seq=seq,
            status=status,
            at=0,
            note=note,
            actor_kind="user",
            actor_id="ana",
            address=None,
        )
        for seq, (status, note) in enumerate(
            [(Status.FAILED, "Nobody there"), (Status.RETURNED, "At the shop")], start=1
        )
    ]
    assert note_of_undo(Status.FAILED, events) == "Nobody there"
    assert note_of_undo(Status.RETURNED, events[:1]) is None
    assert note_of_undo(Status.IN_TRANSIT, events) == UNDONE
