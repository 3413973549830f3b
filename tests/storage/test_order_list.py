"""Lists of orders: sorted by each column, page by page, whatever the filter; the index is used."""

import random
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from app.domain.eta import Window
from app.domain.order import OPEN, Status
from app.storage import order_list
from app.storage.cursors import encode_place
from app.storage.opening import FILE_NAME
from app.storage.order_list import Place, page_of
from app.storage.store import SqlStore
from app.tracking.records import (
    NEWEST_FIRST,
    Customer,
    Order,
    OrderBy,
    OrderDetails,
    OrderFilter,
    OrderSort,
    Spotted,
)
from tests.storage.town import book, hire, ignore, moment, refused, step

NAMES = ("Zoë", "ada", "Ada", "Émile", None, "=1", "<b>", None, "bo", "ada")
DRIVERS: Final = {"ana": "ana", "zoe": "zoe", "émile": "émile", "other": "zoe"}
"""Their ids, and their names in the end as they are sorted."""


async def town(store: SqlStore) -> list[Order]:
    """Twenty orders with everything in some disorder; one driver has another name meanwhile."""
    chance = random.Random(4)
    ana, zoe, emile, other = [await hire(store, driver_id) for driver_id in DRIVERS]
    drivers = (ana, zoe, None, None, ana, other, None, emile)
    for number in range(20):
        name = NAMES[number % len(NAMES)]
        window = Window(moment(n := chance.randrange(9)), moment(n + 1)) if number % 3 else None
        details = OrderDetails(
            customer=Customer(name=name) if name else None,
            destination=Spotted(address=f"Street {number}") if number not in {3, 8} else None,
            window=window,
        )
        await book(store, f"o{number}", drivers[number % len(drivers)], number, details)
        status = chance.choice(list(Status))
        if status not in {Status.PENDING, Status.ASSIGNED}:
            await step(store, f"o{number}", status, 100 + chance.randrange(5))
    await store.drivers.edit("other", {"name": "ZOE"}, ignore)
    orders, _ = await store.orders.page(OrderFilter(), None, 50)
    return orders


async def pages(store: SqlStore, wanted: OrderFilter, sort: OrderSort, size: int) -> list[Order]:
    """All orders of a list, read page by page."""
    found: list[Order] = []
    cursor: str | None = None
    while True:
        page, cursor = await store.orders.page(wanted, cursor, size, sort)
        found += page
        if cursor is None:
            return found
        assert len(page) == size


def key_of(order: Order, by: OrderBy) -> int | str | None:
    """What an order is sorted by; SQLite lowers only ASCII."""
    customer, window = order.details.customer, order.details.window
    destination = order.details.destination
    values: dict[OrderBy, int | str | None] = {
        OrderBy.NUMBER: order.num,
        OrderBy.ID: order.id,
        OrderBy.STATUS: list(Status).index(order.status),
        OrderBy.CUSTOMER: customer.name and customer.name.replace("A", "a").replace("Z", "z")
        if customer
        else None,
        OrderBy.DESTINATION: destination.address and destination.address.lower()
        if destination
        else None,
        OrderBy.DRIVER: DRIVERS[order.driver_id] if order.driver_id else None,
        OrderBy.PROMISED: window.begin if window else None,
        OrderBy.CHANGED: order.updated_at,
    }
    return values[by]


@pytest.mark.parametrize("by", OrderBy)
async def test_a_list_is_sorted_over_its_pages_and_what_has_no_value_comes_last(
    store: SqlStore, by: OrderBy
) -> None:
    orders = await town(store)
    for descending in (False, True):
        valued = [order for order in orders if key_of(order, by) is not None]
        valued.sort(key=lambda order: (key_of(order, by), order.num), reverse=descending)
        rest = [order for order in orders if key_of(order, by) is None]
        rest.sort(key=lambda order: order.num, reverse=descending)
        for size in (1, 3, 20):
            found = await pages(store, OrderFilter(), OrderSort(by, descending), size)
            assert [order.id for order in found] == [order.id for order in valued + rest]


SOME: Final = frozenset({Status.ASSIGNED, Status.DELIVERED})
FILTERS: Final = (
    OrderFilter(text="ANA", statuses=SOME),
    OrderFilter(text="street 1"),
    OrderFilter(statuses=SOME),
    OrderFilter(driver_id="ana"),
)


@pytest.mark.parametrize("wanted", FILTERS)
async def test_sorting_keeps_to_the_filter(store: SqlStore, wanted: OrderFilter) -> None:
    orders = await town(store)
    kept = {
        order.id
        for order in orders
        if (not wanted.statuses or order.status in wanted.statuses)
        and (wanted.text != "street 1" or order.num == 2 or order.num > 10)
        and ((wanted.text != "ANA" and not wanted.driver_id) or order.driver_id == "ana")
    }
    whole = [order.id for order in orders]
    assert kept
    assert kept < set(whole)
    for by in OrderBy:
        for descending in (False, True):
            sort = OrderSort(by, descending)
            found = [order.id for order in await pages(store, wanted, sort, 2)]
            everything = [order.id for order in await pages(store, OrderFilter(), sort, 20)]
            assert found == [order_id for order_id in everything if order_id in kept]


async def test_a_cursor_belongs_to_its_order(store: SqlStore) -> None:
    await town(store)
    _, cursor = await store.orders.page(OrderFilter(), None, 3, OrderSort(OrderBy.CUSTOMER))
    assert cursor
    for wrong in (
        cursor,
        "?",
        "W10",
        encode_place("number", 2**70, 1),
        encode_place("number", 1, 2**70),
    ):
        with refused("invalid_field", "cursor"):
            await store.orders.page(OrderFilter(), wrong, 3, NEWEST_FIRST)


async def test_which_orders_there_are(store: SqlStore) -> None:
    await town(store)
    asked = ["o1", "O1", "nowhere", "o19", *(f"x{number}" for number in range(1_200))]
    assert await store.orders.existing(asked) == {"o1", "o19"}
    assert await store.orders.existing([]) == set()


async def test_some_orders_by_their_numbers(store: SqlStore) -> None:
    orders = {order.num: order for order in await town(store)}
    asked = [7, 99, 3, *range(1_000, 2_200), 20]
    assert await store.orders.these(asked) == [orders[num] for num in (7, 3, 20)]
    assert await store.orders.these([]) == []


async def test_lists_are_read_from_their_index_and_never_from_all_rows(
    store: SqlStore, data_dir: Path
) -> None:
    await town(store)
    raw = sqlite3.connect(data_dir / FILE_NAME)

    def plan(
        wanted: OrderFilter, sort: OrderSort, place: Place | None, by_driver: bool = True
    ) -> list[str]:
        steps: list[str] = []
        for query in page_of(wanted, sort, place, by_driver=by_driver, few=False):
            text = str(query.limit(50).compile(compile_kwargs={"literal_binds": True}))
            steps += [str(row[3]) for row in raw.execute(f"EXPLAIN QUERY PLAN {text}")]
        return [step for step in steps if "SUBQUERY" not in step]

    for by in OrderBy:
        for descending in (False, True):
            for place in (None, (5, 5)):
                sort = OrderSort(by, descending)
                everything = plan(OrderFilter(), sort, place)
                if by is OrderBy.DRIVER:
                    check_driver_first(everything)
                elif by is not OrderBy.NUMBER:
                    assert [step for step in everything if "INDEX" not in step] == []
                for statuses in (frozenset[Status](), OPEN):
                    wanted = OrderFilter(text="nope", statuses=statuses)
                    for by_driver in (True, False):
                        scan, *more = plan(wanted, sort, place, by_driver)
                        assert "COVERING INDEX ix_orders_list" in scan
                        more = [step for step in more if "drivers" not in step]
                        assert {step for step in more} <= {"USE TEMP B-TREE FOR ORDER BY"}
    raw.close()


def check_driver_first(steps: list[str]) -> None:
    """By name, and of each driver his orders: sorted is at most what drivers of one name have."""
    orders = [step for step in steps if " orders " in step]
    drivers = [step for step in steps if " drivers " in step]
    assert [step for step in orders if "COVERING INDEX ix_orders_driver_num (" not in step] == []
    assert [step for step in drivers if "INDEX ix_drivers_folded" not in step] == []
    assert " drivers " in steps[0]


DAY_FILTERS: Final = (
    OrderFilter(during=(moment(2), moment(6))),
    OrderFilter(during=(moment(2), moment(6)), statuses=SOME),
    OrderFilter(during=(moment(0), moment(6)), driver_id="ana"),
    OrderFilter(during=(moment(0), moment(15)), text="street 1"),
)


@pytest.mark.parametrize("few", [0, 4_000])
@pytest.mark.parametrize("wanted", DAY_FILTERS)
async def test_the_orders_of_some_days_are_those_promised_then_or_else_made_then(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, wanted: OrderFilter, few: int
) -> None:
    await town(store)
    monkeypatch.setattr(order_list, "FEW", few)
    assert wanted.during is not None
    begin, end = wanted.during
    for by in OrderBy:
        sort = OrderSort(by)
        others = await pages(store, replace(wanted, during=None), sort, 20)
        fit = [
            order.id
            for order in others
            if begin <= (order.details.window or Window(order.created_at, 0)).begin < end
        ]
        assert 0 < len(fit) < len(others)
        assert [order.id for order in await pages(store, wanted, sort, 2)] == fit


@pytest.mark.parametrize(
    ("few", "index"),
    [(True, "SEARCH orders USING INDEX ix_orders_day ("), (False, "INDEX ix_orders_list")],
)
@pytest.mark.usefixtures("store")
async def test_the_orders_of_few_days_are_looked_up_by_their_day(
    data_dir: Path, few: bool, index: str
) -> None:
    raw = sqlite3.connect(data_dir / FILE_NAME)
    for by in OrderBy:
        for wanted in (OrderFilter(), OrderFilter(OPEN), OrderFilter(text="x")):
            some = replace(wanted, during=(1, 2))
            (query,) = page_of(some, OrderSort(by), None, by_driver=False, few=few)
            text = str(query.limit(50).compile(compile_kwargs={"literal_binds": True}))
            assert index in str(raw.execute(f"EXPLAIN QUERY PLAN {text}").fetchone()[3])
    raw.close()


async def test_orders_that_fit_are_counted_as_far_as_asked(store: SqlStore) -> None:
    await town(store)
    for wanted in (*FILTERS, *DAY_FILTERS, OrderFilter()):
        fit = len(await pages(store, wanted, NEWEST_FIRST, 20))
        assert await store.orders.count(wanted, 20) == fit
        assert await store.orders.count(wanted, 1) == min(fit, 2)


async def test_orders_are_listed_by_their_numbers(store: SqlStore) -> None:
    await town(store)
    for by in OrderBy:
        whole = await pages(store, OrderFilter(), OrderSort(by), 20)
        fit = [order.id for order in whole if order.num in {3, 7, 12}]
        wanted = OrderFilter(nums=frozenset({3, 7, 12, 99}))
        assert [order.id for order in await pages(store, wanted, OrderSort(by), 2)] == fit
    assert await pages(store, OrderFilter(nums=frozenset()), NEWEST_FIRST, 20) == []
    assert await store.orders.count(OrderFilter(nums=frozenset({3, 99})), 20) == 1
