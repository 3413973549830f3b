"""Lists of orders: sorted by each column, page by page, whatever the filter; the index is used."""

import random
import sqlite3
from pathlib import Path

import pytest

from app.domain.eta import Window
from app.domain.order import Status
from app.storage.cursors import encode_place
from app.storage.opening import FILE_NAME
from app.storage.order_list import page_of
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
from tests.storage.town import book, hire, moment, refused, step

NAMES = ("Zoë", "ada", "Ada", "Émile", None, "=1", "<b>", None, "bo", "ada")


async def town(store: SqlStore) -> list[Order]:
    """Twenty orders with everything in some disorder."""
    chance = random.Random(4)
    ana = await hire(store, "ana")
    for number in range(20):
        name = NAMES[number % len(NAMES)]
        window = Window(moment(n := chance.randrange(9)), moment(n + 1)) if number % 3 else None
        details = OrderDetails(
            customer=Customer(name=name) if name else None,
            destination=Spotted(address=f"Street {number}"),
            window=window,
        )
        await book(store, f"o{number}", ana if number % 4 == 0 else None, number, details)
        status = chance.choice(list(Status))
        if status not in {Status.PENDING, Status.ASSIGNED}:
            await step(store, f"o{number}", status, 100 + chance.randrange(5))
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
    values: dict[OrderBy, int | str | None] = {
        OrderBy.NUMBER: order.num,
        OrderBy.ID: order.id,
        OrderBy.STATUS: list(Status).index(order.status),
        OrderBy.CUSTOMER: customer.name and customer.name.replace("A", "a").replace("Z", "z")
        if customer
        else None,
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


@pytest.mark.parametrize("by", OrderBy)
async def test_sorting_keeps_to_the_filter(store: SqlStore, by: OrderBy) -> None:
    orders = await town(store)
    wanted = OrderFilter(text="ANA", statuses=frozenset({Status.ASSIGNED, Status.DELIVERED}))
    found = await pages(store, wanted, OrderSort(by, False), 2)
    assert {order.id for order in found} == {
        order.id for order in orders if order.driver_id == "ana" and order.status in wanted.statuses
    }


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


async def test_lists_are_read_from_their_index_and_never_from_all_rows(
    store: SqlStore, data_dir: Path
) -> None:
    await town(store)
    plans: list[str] = []
    raw = sqlite3.connect(data_dir / FILE_NAME)
    filters = [OrderFilter(), OrderFilter(text="nope")]
    sorts = [OrderSort(by, descending) for by in OrderBy for descending in (False, True)]
    for wanted in filters:
        for sort in sorts:
            text = str(
                page_of(wanted, sort, None, 50).compile(compile_kwargs={"literal_binds": True})
            )
            plan = [str(row[3]) for row in raw.execute(f"EXPLAIN QUERY PLAN {text}")]
            plans += [step for step in plan if "orders" in step]
    raw.close()
    assert len(plans) == 24
    assert [step for step in plans if "COVERING INDEX" not in step and step != "SCAN orders"] == []
    assert [step for step in plans if "ix_orders_list" in step] != []
