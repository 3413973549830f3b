"""A database with a long past: the product makes the folder, SQL fills in the positions.

All that the benchmark knows of the product's tables is here.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.api import Api, for_each
from tests.bench.product import DESTINATION, Product, make_key
from tests.bench.programs import Unusable

DATABASE: Final = "ontheway.db"
PER_DRIVER: Final = 10
"""Orders of one driver; the last of them is still on its way."""
STEP: Final = 5_000_000
"""Microseconds between two positions."""
VALUES: Final = {
    "driver_num": "chosen.driver",
    "order_num": "chosen.num",
    "name": "printf('i:f-%09d', chosen.seq * :trail + steps.n)",
    "lat": "48.0 + steps.n * 0.00002",
    "lng": "11.5 + chosen.seq % 1000 * 0.0001",
    "fix_time": "chosen.begin + steps.n * :step",
    "at": "chosen.begin + steps.n * :step",
    "arrived_at": "chosen.begin + steps.n * :step + 200000",
    "accuracy": "6.5",
    "speed": "11.1",
    "heading": "12.5",
    "battery": "0.8",
    "flags": "0",
}
"""What goes into each column, if there is such a column."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A data folder with a past; every order has the same number of positions."""

    data: Path
    key: str
    orders: Sequence[str]


def fill(product: Product, folder: Path, orders: int, trail: int) -> Filled:
    """Make a data folder with so many orders, each with a trail of so many positions."""
    folder.mkdir()
    data = folder / "data"
    with product.started(data) as ready:
        key = make_key(data)
        drivers = for_each(ready.port, key, -(-orders // PER_DRIVER), _driver)
        names = for_each(
            ready.port, key, orders, lambda api, i: _order(api, i, drivers[i // PER_DRIVER])
        )
    with closing(sqlite3.connect(data / DATABASE, isolation_level=None)) as database:
        fill_positions(database, trail, PER_DRIVER)
    return Filled(data, key, names)


def _driver(api: Api, number: int) -> str:
    return str(api.post("/api/v1/drivers", name=f"Driver {number}")["id"])


def _order(api: Api, number: int, driver: str) -> str:
    name = f"F{number}"
    api.post("/api/v1/orders", id=name, driverId=driver, destination=DESTINATION)
    status = "in_transit" if number % PER_DRIVER == PER_DRIVER - 1 else "delivered"
    api.post("/admin/update", orderId=name, status=status)
    return name


def fill_positions(database: sqlite3.Connection, trail: int, per_driver: int) -> None:
    """A trail for each order, of which a driver has so many at most; in the order of the unique
    index."""
    with hurried(database, "positions"):
        _choose(database, trail, per_driver)
        columns = _columns(database)
        values = ", ".join(VALUES[column] for column in columns)
        database.execute(
            f"INSERT INTO positions ({', '.join(columns)}) SELECT {values} "
            "FROM chosen CROSS JOIN steps ORDER BY chosen.seq, steps.n",
            {"trail": trail, "step": STEP},
        )


@contextmanager
def hurried(database: sqlite3.Connection, table: str) -> Iterator[None]:
    """One transaction that no crash is feared in, and that makes the table's indexes last: it
    takes minutes instead of hours."""
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -400000")
    indexes = database.execute(
        "SELECT name, sql FROM sqlite_schema "
        "WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
        (table,),
    ).fetchall()
    database.execute("BEGIN")
    for name, _ in indexes:
        database.execute(f'DROP INDEX "{name}"')
    yield
    for _, sql in indexes:
        database.execute(sql)
    database.execute("COMMIT")
    database.execute("PRAGMA journal_mode = WAL")


def _choose(database: sqlite3.Connection, trail: int, per_driver: int) -> None:
    """Whose positions to make: orders one after the other, driver by driver, up to now."""
    length = trail * STEP
    start = time.time_ns() // 1000 - per_driver * length
    database.execute(
        "CREATE TEMP TABLE chosen (seq INTEGER PRIMARY KEY, num, driver, begin INTEGER)"
    )
    database.execute(
        "INSERT INTO chosen SELECT row_number() OVER (ORDER BY driver_num, num) - 1, num, "
        "driver_num, ? + ? * (row_number() OVER (PARTITION BY driver_num ORDER BY num) - 1) "
        "FROM orders",
        (start, length),
    )
    database.execute("CREATE TEMP TABLE steps (n INTEGER PRIMARY KEY)")
    database.execute(
        "WITH RECURSIVE count(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM count WHERE n < ?) "
        "INSERT INTO steps SELECT n FROM count",
        (trail - 1,),
    )


def columns_of(database: sqlite3.Connection, table: str) -> list[str]:
    """The names of a table's columns."""
    return [name for _, name, *_ in database.execute(f"PRAGMA table_info({table})")]


def _columns(database: sqlite3.Connection) -> list[str]:
    """Those that we fill; the others must do without us."""
    found = database.execute("PRAGMA table_info(positions)").fetchall()
    unknown = [
        name
        for _, name, _, required, default, key in found
        if name not in VALUES and required and default is None and not key
    ]
    if unknown:
        raise Unusable(f"tests/bench/filling.py knows no value for: {', '.join(unknown)}")
    return [name for _, name, *_ in found if name in VALUES]
