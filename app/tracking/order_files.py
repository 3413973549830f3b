"""Orders to and from files: what an export writes, and what an import would do, before it does.

`app.protocol.order_csv` reads the lines; here they meet the drivers and orders that there are.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from app.domain.times import to_datetime
from app.protocol import csv_text
from app.protocol.left_out import text_of_lines
from app.protocol.order_csv import COLUMNS, WRITTEN_TOO, Fault, OrderFile, OrderLine, parse
from app.tracking.board import Board
from app.tracking.driver_names import DriverNames
from app.tracking.ports import Orders, Tracks
from app.tracking.records import Customer, Order, OrderDetails, OrderFilter, Spotted

PER_READ: Final = 1_000
TITLES: Final = (*COLUMNS, *WRITTEN_TOO)
Row = list[str | float | None]
OrdersPage = tuple[list[Order], str | None]


class OrderFiles:
    """Orders as CSV files."""

    def __init__(self, orders: Orders, tracks: Tracks, board: Board) -> None:
        self._orders = orders
        self._tracks = tracks
        self._board = board

    # writing

    async def write(self, wanted: OrderFilter, zone: tzinfo) -> AsyncIterator[str]:
        """All orders that fit, newest first, as the pieces of a file; times in ``zone``.

        The first page is read before this returns: what is refused is refused at once.
        """
        return self._pieces(wanted, await self._orders.page(wanted, None, PER_READ), zone)

    async def _pieces(
        self, wanted: OrderFilter, page: OrdersPage, zone: tzinfo
    ) -> AsyncIterator[str]:
        yield csv_text.BOM + csv_text.lines([TITLES])
        orders, following = page
        names = DriverNames(self._board, self._tracks)
        while orders:
            yield await _text_of(orders, names, zone)
            if following is None:
                break
            orders, following = await self._orders.page(wanted, following, PER_READ)

    async def of_orders(self, orders: Sequence[Order], zone: tzinfo) -> bytes:
        """These orders as a whole file."""
        text = await _text_of(orders, DriverNames(self._board, self._tracks), zone)
        return (csv_text.BOM + csv_text.lines([TITLES]) + text).encode()

    # reading

    async def preview(self, data: bytes, zone: tzinfo) -> OrderFile:
        """What a file would make, and every line that cannot be used; nothing is stored.

        ``driver`` of the lines is an id afterwards. Raises as `parse`.
        """
        file = await asyncio.to_thread(parse, data, zone)
        ids = [line.order_id for line in file.lines if line.order_id is not None]
        taken = await self._orders.existing(ids)
        drivers = self._drivers()
        lines, file.lines = file.lines, []
        for line in lines:
            fault = _fault(line, taken, drivers)
            if fault is not None:
                file.faults.append(fault)
            else:
                file.lines.append(_with_driver(line, drivers))
        file.faults.sort(key=lambda fault: fault.line)
        return file

    async def left_out(self, file: OrderFile, problems: Mapping[int, Sequence[str]]) -> bytes:
        """A file with the lines of ``file`` that have ``problems``, which it names."""
        return (await asyncio.to_thread(text_of_lines, file, problems)).encode()

    def _drivers(self) -> dict[str, list[str]]:
        """The ids of drivers by what a file may call them."""
        found: dict[str, list[str]] = {}
        for live in self._board.drivers.values():
            for name in {live.driver.id, live.driver.name.strip().casefold()}:
                found.setdefault(name, []).append(live.driver.id)
        return found


async def _text_of(orders: Sequence[Order], names: DriverNames, zone: tzinfo) -> str:
    """Orders as lines of a file."""
    await names.learn(order.driver_id for order in orders)

    def work() -> str:
        return csv_text.lines([row_of(order, names.of(order.driver_id), zone) for order in orders])

    # A thousand lines take some ten milliseconds: not on the event loop.
    return await asyncio.to_thread(work)


def row_of(order: Order, driver: str, zone: tzinfo) -> Row:
    """The cells of an order, as `TITLES` names them."""
    details = order.details
    customer, window = details.customer or Customer(), details.window
    return [
        order.id,
        customer.name,
        customer.phone,
        customer.email,
        *_spot(details.destination),
        *_spot(details.pickup),
        _time(window.begin if window else None, zone, "auto"),
        _time(window.end if window else None, zone, "auto"),
        driver,
        details.note,
        order.status.value,
        _time(order.created_at, zone),
        _time(order.updated_at, zone),
        _time(order.ended_at, zone),
    ]


def _spot(spotted: Spotted | None) -> tuple[str | None, float | None, float | None]:
    if spotted is None:
        return None, None, None
    lat, lng = spotted.place or (None, None)
    return spotted.address, lat, lng


def _time(moment: int | None, zone: tzinfo, exactly: str = "seconds") -> str | None:
    """RFC 3339 with the offset of ``zone``; "auto" for all that there is, as an import needs it."""
    if moment is None:
        return None
    return to_datetime(moment).astimezone(zone).isoformat(timespec=exactly)


def details_of(line: OrderLine) -> OrderDetails:
    """What a line says about its order."""
    customer = Customer(name=line.name, phone=line.phone, email=line.email)
    destination = Spotted(place=line.place, address=line.address)
    pickup = Spotted(place=line.pickup, address=line.pickup_address)
    return OrderDetails(
        customer=None if customer == Customer() else customer,
        destination=None if destination == Spotted() else destination,
        pickup=None if pickup == Spotted() else pickup,
        window=line.window,
        note=line.note,
    )


def _ids(line: OrderLine, drivers: Mapping[str, list[str]]) -> list[str]:
    name = line.driver or ""
    return drivers.get(name) or drivers.get(name.casefold(), [])


def _fault(
    line: OrderLine, taken: Collection[str], drivers: Mapping[str, list[str]]
) -> Fault | None:
    """Why this order cannot be made here, if so."""
    if line.order_id in taken:
        return Fault(line.line, "order", f"There is an order {line.order_id} already.")
    if line.driver is None:
        return None
    count = len(_ids(line, drivers))
    if count == 0:
        return Fault(line.line, "driver", f"There is no driver {line.driver}.")
    if count > 1:
        reason = f"{count} drivers are called {line.driver}: please write the id."
        return Fault(line.line, "driver", reason)
    return None


def _with_driver(line: OrderLine, drivers: Mapping[str, list[str]]) -> OrderLine:
    return line if line.driver is None else replace(line, driver=_ids(line, drivers)[0])
