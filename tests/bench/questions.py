"""The lists and searches of the API that are measured, as addresses. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from tests.bench.business import Business

MOST: Final = 500
"""Entries of the pages that are turned."""
FAR: Final = 40
"""Pages that are turned before the one far on."""
DAY: Final = 86_400

Value = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A list: where, how many pages of `MOST` to turn first; ``whole``: until all of it is there,
    and not just its first byte."""

    name: str
    address: str
    turned: int = 0
    whole: bool = True

    def page(self, cursor: str | None = None, limit: int | None = None) -> str:
        """The address of the page after a cursor, of so many entries."""
        more = {"cursor": cursor, "limit": limit}
        query = urlencode({name: value for name, value in more.items() if value is not None})
        return f"{self.address}{'&' if '?' in self.address else '?'}{query}".rstrip("&?")


def questions_of(business: Business, now: int) -> Iterator[Question]:
    """All that is asked; ``now`` in seconds."""
    yield from _of_orders(business)
    yield from _of_the_log(business, now)
    yield from _of_drivers_and_positions(business)
    yield from _of_the_past(business, now)


def _of_orders(business: Business) -> Iterator[Question]:
    yield Question("orders", _at("/orders"))
    yield Question("orders far on", _at("/orders"), FAR)
    yield Question("orders of a status", _at("/orders", status="delivered"))
    yield Question("open orders", _at("/orders", status="assigned,in_transit"))
    yield Question("orders of a driver", _at("/orders", driverId=business.driver))
    yield Question("orders, wide search", _at("/orders", q="garden"))
    yield Question("orders, wide search far on", _at("/orders", q="garden"), FAR)
    yield Question("orders, narrow search", _at("/orders", q=f"{business.order}-7"))
    yield Question("orders, search for drivers", _at("/orders", q="zöller"))
    yield Question("orders, search for nothing", _at("/orders", q="nowhere"))
    yield Question("orders of a status, search", _at("/orders", status="failed", q="silva"))
    yield Question("orders as a file", "/admin/orders.csv", whole=False)


def _of_the_log(business: Business, now: int) -> Iterator[Question]:
    people = tuple(f"person{number}" for number in range(20))
    days: dict[str, Value] = {"from": now - 200 * DAY, "to": now - 190 * DAY}
    rare, usual = "settings.changed", "order.status"
    yield Question("activity", _at("/activity"))
    yield Question("activity far on", _at("/activity"), FAR)
    yield Question("activity of a usual kind", _at("/activity", kind=usual))
    yield Question("activity of a rare kind", _at("/activity", kind=rare))
    yield Question("activity of a program", _at("/activity", person="shop"))
    yield Question("activity of a program, rare", _at("/activity", person="shop", kind=rare))
    yield Question("activity of 20 people", _at("/activity", person=people))
    yield Question("activity of an order", _at("/activity", order=business.order))
    yield Question("activity of ten days", _at("/activity", **days))
    yield Question("activity of a program and days", _at("/activity", person="shop", **days))
    yield Question("activity as a file", _at("/activity", format="csv"), whole=False)


def _of_drivers_and_positions(business: Business) -> Iterator[Question]:
    order, driver = f"/orders/{business.order}", f"/drivers/{business.driver}"
    yield Question("drivers", _at("/drivers"))
    yield Question("drivers far on", _at("/drivers"), 2)
    yield Question("positions of an order", _at(f"{order}/positions"))
    yield Question("positions of a driver", _at(f"{driver}/positions"))
    yield Question("positions far on", _at(f"{driver}/positions", limit=MOST), 2)
    yield Question("positions as a file", _at(f"{driver}/positions", format="gpx"), whole=False)


def _of_the_past(business: Business, now: int) -> Iterator[Question]:
    for kind in ("order", "driver"):
        address = _at("/replay/subjects", kind=kind, q="silva")
        yield Question(f"replay, search for a {kind}", address)
    yield Question("replay of an order", _at(f"/replay/orders/{business.order}"), whole=False)
    yield Question("replay of a driver", _at(f"/replay/drivers/{business.driver}"), whole=False)
    yield Question("replay of the fleet", _at("/replay/fleet", at=now - 120), whole=False)


def _at(path: str, **query: Value) -> str:
    return f"/api/v1{path}?{urlencode(query, doseq=True)}".rstrip("?")
