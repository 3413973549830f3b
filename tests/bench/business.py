"""A database of a business that has worked for a year: what lists and searches have to cope with.

The product makes the folder, the drivers and some orders; SQL multiplies the orders, and fills in
their positions, the activity log and the sums of what was driven.
"""

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.api import Api, for_each
from tests.bench.filling import DATABASE, columns_of, fill_positions, hurried
from tests.bench.product import DESTINATION, Product, make_key
from tests.bench.sizes import Sizes

YEAR: Final = 365 * 86_400 * 1_000_000
HOUR: Final = 3_600 * 1_000_000
QUARTER: Final = HOUR // 4
COPIES: Final = 50
"""Orders in the end for each that the product made."""
FIRST_NAMES: Final = ("Ana", "Boris", "Chiara", "Dmitri", "Émile", "Fatima", "Grace", "Hugo")
LAST_NAMES: Final = ("Abel", "Bauer", "Costa", "Dietrich", "Ivanova", "Novak", "Silva", "Zöller")
OPEN: Final = 20
"""One order of so many is still on its way."""

_COPY: Final = {
    "id": "orders.id || '-' || copy.n",
    "folded": "orders.folded || ' -' || copy.n",
    "driver_num": "1 + (orders.driver_num + copy.n * 37) % :drivers",
    "window_begin": "orders.window_begin + copy.n * :step",
    "window_end": "orders.window_end + copy.n * :step",
    "created_at": "orders.created_at + copy.n * :step",
    "updated_at": "orders.updated_at + copy.n * :step",
    "ended_at": "orders.ended_at + copy.n * :step",
}
"""How a copy of an order differs from it."""
_AGED: Final = (
    "UPDATE orders SET window_begin = window_begin - :year + (num % 97) * :hour, "
    "window_end = window_end - :year + (num % 97) * :hour, "
    "created_at = created_at - :year + (num % 97) * :hour, "
    "updated_at = updated_at - :year + (num % 97) * :hour + (20 + num % 61) * 60000000, "
    "ended_at = ended_at - :year + (num % 97) * :hour + (20 + num % 61) * 60000000"
)
_NUMBERS: Final = (
    "WITH RECURSIVE numbers(n) AS "
    "(SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :count) "
)
_KINDS: Final = (
    "connection.closed",
    "connection.closed",
    "order.status",
    "order.status",
    "order.status",
    "order.created",
    "order.assigned",
    "driver.duty",
    "login.succeeded",
    "link.created",
)
_ACTIVITY: Final = (
    f"{_NUMBERS}, kinds AS (SELECT key, value FROM json_each(:kinds)) "
    "INSERT INTO activity (at, kind, actor_kind, actor_id, address, subject, detail) SELECT "
    ":now - (:count - n) * (:year / :count), "
    "CASE WHEN n % 50021 = 7 THEN 'settings.changed' ELSE "
    "(SELECT value FROM kinds WHERE key = (n * 7 + n / 10) % 10) END, "
    "CASE n % 4 WHEN 0 THEN 'driver' WHEN 1 THEN 'customer' WHEN 2 THEN 'user' ELSE 'apikey' END, "
    "CASE n % 4 WHEN 0 THEN (SELECT id FROM drivers WHERE num = 1 + n % :drivers) "
    "WHEN 1 THEN (SELECT id FROM orders WHERE num = 1 + n * 31 % :orders) "
    "WHEN 2 THEN 'person' || n / 4 % 20 ELSE 'shop' END, "
    "'192.0.2.7', (SELECT id FROM orders WHERE num = 1 + n * 17 % :orders), '{}' FROM numbers"
)
_QUARTERS: Final = (
    f"{_NUMBERS} INSERT INTO quarters (begin, metres, drivers, viewers) "
    "SELECT :first + n * :quarter, n % 9 * 1000.0, n % 90, n % 300 FROM numbers"
)
_TRAVELS: Final = (
    f"{_NUMBERS} INSERT INTO travels (begin, driver_num, metres) "
    "SELECT :first + n * :quarter, drivers.num, 900.0 FROM numbers CROSS JOIN drivers"
)
_TRAVELLED: Final = (
    "INSERT INTO meta SELECT 'travelled', max(num) FROM positions WHERE TRUE "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
"""All positions are added up already: the server has nothing to do but to answer."""


@dataclass(frozen=True, slots=True)
class Business:
    """A data folder with a year behind it; an order and a driver of those that the product made."""

    data: Path
    key: str
    order: str
    driver: str


def fill_business(product: Product, folder: Path, sizes: Sizes) -> Business:
    """Make the folder."""
    folder.mkdir()
    data = folder / "data"
    with product.started(data) as ready:
        key = make_key(data)
        drivers = for_each(ready.port, key, sizes.list_drivers, _driver)
        made = max(1, sizes.list_orders // COPIES)
        orders = for_each(
            ready.port, key, made, lambda api, i: _order(api, i, drivers[i % len(drivers)])
        )
    with closing(sqlite3.connect(data / DATABASE, isolation_level=None)) as database:
        with hurried(database, "activity"):
            _multiply(database, sizes)
            _fill_log(database, sizes)
            _fill_sums(database)
        fill_positions(database, sizes.list_trail, -(-sizes.list_orders // sizes.list_drivers))
        database.execute(_TRAVELLED)
    return Business(data, key, orders[0], drivers[0])


def _driver(api: Api, number: int) -> str:
    name = f"{FIRST_NAMES[number % 8]} {LAST_NAMES[number // 8 % 8]} {number}"
    return str(api.post("/api/v1/drivers", name=name, vehicle="bike")["id"])


def _order(api: Api, number: int, driver: str) -> str:
    name = f"L{number}"
    customer = {"name": f"{FIRST_NAMES[number // 8 % 8]} {LAST_NAMES[number % 8]}"}
    place = {**DESTINATION, "address": f"{number % 300} Garden Street, Quarter {number % 17}"}
    begin = time.time() - 3_600
    window = {"from": begin, "to": begin + 7_200} if number % 3 else None
    body: dict[str, Any] = {"driverId": driver, "customer": customer, "destination": place}
    api.post("/api/v1/orders", id=name, **body, **({"window": window} if window else {}))
    last = "failed" if number % 30 == 1 else "delivered"
    api.post("/admin/update", orderId=name, status=last if number % OPEN else "in_transit")
    return name


def _multiply(database: sqlite3.Connection, sizes: Sizes) -> None:
    """Orders of a year out of those of an hour, the newest with the largest numbers."""
    database.execute(_AGED, {"year": YEAR, "hour": HOUR})
    columns = [name for name in columns_of(database, "orders") if name != "num"]
    values = ", ".join(_COPY.get(name, f"orders.{name}") for name in columns)
    database.execute(
        f"{_NUMBERS}, copy AS (SELECT n FROM numbers WHERE n > 0) "
        f"INSERT INTO orders ({', '.join(columns)}) SELECT {values} FROM copy CROSS JOIN orders "
        "ORDER BY copy.n, orders.num",
        {"count": COPIES, "step": YEAR // COPIES, "drivers": sizes.list_drivers},
    )
    database.execute(
        "INSERT INTO assignments (order_num, driver_num, from_at) SELECT num, driver_num, "
        "created_at FROM orders WHERE num NOT IN (SELECT order_num FROM assignments)"
    )


def _fill_log(database: sqlite3.Connection, sizes: Sizes) -> None:
    kinds = ", ".join(f'"{kind}"' for kind in _KINDS)
    orders = database.execute("SELECT count(*) FROM orders").fetchone()[0]
    values = {"count": sizes.list_activity, "drivers": sizes.list_drivers, "orders": orders}
    database.execute(_ACTIVITY, {**values, "kinds": f"[{kinds}]", "now": _now(), "year": YEAR})


def _fill_sums(database: sqlite3.Connection) -> None:
    """Of the whole fleet for a year, and of each driver for a day."""
    end = _now() // QUARTER * QUARTER
    for statement, span in ((_QUARTERS, YEAR), (_TRAVELS, 24 * HOUR)):
        values = {"first": end - span, "count": span // QUARTER, "quarter": QUARTER}
        database.execute(statement, values)


def _now() -> int:
    return time.time_ns() // 1_000
