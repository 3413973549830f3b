"""Orders as lists: filtered, searched and sorted, page by page.

A list of all orders walks along the index of what it is sorted by; along two, the names of the
drivers and the orders of each, where it is sorted by driver. What is searched or filtered reads
the index `ix_orders_list` from end to end and keeps the best. Some days are a stretch of
the index of days, unless too many orders lie in them. The rows of the page alone are looked up.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    case,
    func,
    literal,
    literal_column,
    or_,
    tuple_,
)
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from app.domain.order import Status
from app.storage.cursors import decode_place, encode_place
from app.storage.rows import fold, order_of, stored
from app.storage.tables import DriverRow, OrderRow
from app.tracking.records import NEWEST_FIRST, Order, OrderBy, OrderFilter, OrderSort

IDS_AT_ONCE: Final = 500
FEW: Final = 4_000
"""Orders of some days that are rather looked up, one by one, than found by reading all."""

_NUM: Final = col(OrderRow.num)
_RANK: Final = case(
    {status.value: rank for rank, status in enumerate(Status)},
    value=literal_column("+orders.status"),
)
_INDEXED: Final[dict[OrderBy, SQLColumnExpression[Any]]] = {
    OrderBy.ID: col(OrderRow.id),
    OrderBy.CUSTOMER: func.lower(col(OrderRow.customer_name)),
    OrderBy.DESTINATION: func.lower(col(OrderRow.destination_address)),
    OrderBy.PROMISED: col(OrderRow.window_begin),
    OrderBy.CHANGED: col(OrderRow.updated_at),
}
"""What each index of its own sorts by."""
_SCANNED: Final[dict[OrderBy, SQLColumnExpression[Any]]] = {
    OrderBy.NUMBER: _NUM,
    OrderBy.ID: literal_column("+orders.id"),
    OrderBy.STATUS: _RANK,
    OrderBy.CUSTOMER: literal_column("+lower(orders.customer_name)"),
    OrderBy.DESTINATION: literal_column("+lower(orders.destination_address)"),
    OrderBy.DRIVER: literal_column("drivers.folded"),
    OrderBy.PROMISED: literal_column("+orders.window_begin"),
    OrderBy.CHANGED: literal_column("+orders.updated_at"),
}
"""The same where all is read: the sign keeps SQLite from an index that lacks what else is asked."""

_DAY: Final = func.coalesce(OrderRow.window_begin, OrderRow.created_at)
"""The moment that tells an order's day: an edit of anything else leaves it where it is."""
_DAY_SCANNED: Final[SQLColumnExpression[int]] = func.coalesce(
    literal_column("+orders.window_begin"), OrderRow.created_at
)

Place = tuple[str | int | None, int]
"""What a page ended with: what it is sorted by, and the number."""


def with_driver() -> Select[OrderRow, str]:
    """Orders with the ids of their drivers."""
    return select(OrderRow, DriverRow.id).join(DriverRow, isouter=True)


def read_page(
    session: Session, wanted: OrderFilter, sort: OrderSort, after: str | None, limit: int
) -> tuple[list[Order], str | None]:
    """The page after a cursor, and the cursor of the next; ``invalid_field`` cursor."""
    place = None if after is None else decode_place(after, sort.by.value)
    found: list[tuple[int | None, Any]] = []
    known = _names_a_driver(session, wanted), _are_few(session, wanted)
    for statement in page_of(wanted, sort, place, by_driver=known[0], few=known[1]):
        if len(found) <= limit:
            found += session.exec(statement.limit(limit + 1 - len(found))).all()
    page = found[:limit]
    orders = _orders(session, [num for num, _ in page])
    if len(found) <= limit or not page:
        return orders, None
    num, value = page[-1]
    return orders, encode_place(sort.by.value, value, stored(num))


def count_some(session: Session, wanted: OrderFilter, most: int) -> int:
    """How many orders fit; one more than ``most`` where they are more than that."""
    by_driver, few = _names_a_driver(session, wanted), _are_few(session, wanted)
    fit = select(_NUM).where(*_conditions(wanted, NEWEST_FIRST, by_driver, few))
    some = fit.limit(most + 1).subquery()
    return session.exec(select(func.count()).select_from(some)).one()


def _names_a_driver(session: Session, wanted: OrderFilter) -> bool:
    """Whether what is searched is in some driver's name: else no order need be asked for his."""
    if not wanted.text:
        return False
    named = select(DriverRow.num).where(_in_name(fold(wanted.text))).limit(1)
    return session.exec(named).first() is not None


def _are_few(session: Session, wanted: OrderFilter) -> bool:
    """Whether few orders lie in the days that are asked for."""
    if wanted.during is None:
        return False
    some = select(_NUM).where(*_within(_DAY, wanted.during)).limit(FEW).subquery()
    return session.exec(select(func.count()).select_from(some)).one() < FEW


def _within(
    day: SQLColumnExpression[Any], during: tuple[int, int]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    begin, end = during
    return day >= begin, day < end


def _in_name(text: str) -> ColumnElement[bool]:
    return func.instr(DriverRow.folded, text) > 0


def page_of(
    wanted: OrderFilter, sort: OrderSort, place: Place | None, *, by_driver: bool, few: bool
) -> list[Select[int | None, Any]]:
    """The queries for numbers and what they are sorted by, one after the other.

    ``by_driver``: what is searched may be the name of an order's driver. ``few``: so are the
    orders of the days that are asked for.
    """
    if wanted == OrderFilter() and sort.by in _INDEXED:
        return _walked(_INDEXED[sort.by], sort, place)
    if sort.by is OrderBy.STATUS and wanted == OrderFilter(wanted.statuses):
        return _by_status(wanted.statuses, sort, place)
    if sort.by is OrderBy.DRIVER and wanted == OrderFilter():
        return _by_driver(sort, place)
    key = _SCANNED[sort.by]
    statement = select(_NUM, key).where(*_conditions(wanted, sort, by_driver, few))
    if sort.by is OrderBy.DRIVER:
        statement = statement.join(DriverRow, isouter=True)
    if sort.by is not OrderBy.NUMBER:
        ordered = key.desc() if sort.descending else key.asc().nulls_last()
        statement = statement.order_by(ordered)
    if place is not None:
        statement = statement.where(_beyond(key, sort, *place))
    return [statement.order_by(_NUM.desc() if sort.descending else _NUM)]


def _walked(
    key: SQLColumnExpression[Any], sort: OrderSort, place: Place | None
) -> list[Select[int | None, Any]]:
    """Along the index of ``key``: rows with a value, then those without."""
    number = _NUM.desc() if sort.descending else _NUM
    valued = select(_NUM, key).where(key.is_not(None))
    valued = valued.order_by(key.desc() if sort.descending else key, number)
    valueless = select(_NUM, key).where(key.is_(None)).order_by(number)
    if place is None:
        return [valued, valueless]
    value, num = place
    if value is None:
        return [valueless.where(_further(sort, num))]
    return [valued.where(_past(key, sort, value, num)), valueless]


def _by_status(
    statuses: Collection[Status], sort: OrderSort, place: Place | None
) -> list[Select[int | None, Any]]:
    """Along the index of the statuses, one after the other."""
    number = _NUM.desc() if sort.descending else _NUM
    ranks = range(len(Status))
    queries: list[Select[int | None, Any]] = []
    for rank in reversed(ranks) if sort.descending else ranks:
        status = list(Status)[rank]
        if statuses and status not in statuses:
            continue
        query = select(_NUM, literal(rank)).where(col(OrderRow.status) == status.value)
        if place is not None and place[0] == rank:
            queries = []
            query = query.where(_further(sort, place[1]))
        queries.append(query.order_by(number))
    return queries


def _by_driver(sort: OrderSort, place: Place | None) -> list[Select[int | None, Any]]:
    """Along the index of the drivers' names, and of each along that of his orders; then the orders
    that nobody has."""
    number, name = _NUM.desc() if sort.descending else _NUM, col(DriverRow.folded)
    # The sign keeps SQLite from reading every order and looking its driver up.
    his = col(OrderRow.driver_num) == literal_column("+drivers.num")
    named = select(_NUM, name).join(DriverRow, his)
    all_named = named.order_by(name.desc() if sort.descending else name, number)
    nobodys = select(_NUM, literal(None)).where(col(OrderRow.driver_num).is_(None))
    nobodys = nobodys.order_by(number)
    if place is None:
        return [all_named, nobodys]
    value, num = place
    if value is None:
        return [nobodys.where(_further(sort, num))]
    here = literal(value)
    same = named.where(name == here, _further(sort, num)).order_by(number)
    return [same, all_named.where(name < here if sort.descending else name > here), nobodys]


def _further(sort: OrderSort, num: int) -> ColumnElement[bool]:
    return num > _NUM if sort.descending else num < _NUM


def _beyond(
    key: SQLColumnExpression[Any], sort: OrderSort, value: str | int | None, num: int
) -> ColumnElement[bool]:
    """Whether a row comes after the one with this key and number."""
    further = _further(sort, num)
    if sort.by is OrderBy.NUMBER:
        return further
    if value is None:
        return key.is_(None) & further
    return or_(_past(key, sort, value, num), key.is_(None))


def _past(
    key: SQLColumnExpression[Any], sort: OrderSort, value: str | int, num: int
) -> ColumnElement[bool]:
    here, there = tuple_(key, _NUM), tuple_(literal(value), literal(num))
    return here < there if sort.descending else here > there


def _orders(session: Session, nums: Sequence[int | None]) -> list[Order]:
    """Those of these orders that there are, in this order."""
    rows = session.exec(with_driver().where(_NUM.in_(nums)))
    found = {row.num: order_of(row, driver_id) for row, driver_id in rows}
    return [found[num] for num in nums if num in found]


def _conditions(
    wanted: OrderFilter, sort: OrderSort, by_driver: bool, few: bool
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.statuses:
        sorts = sort.by is not OrderBy.NUMBER
        scans = wanted.driver_id is None and (sorts or wanted.text or wanted.during)
        column = literal_column("+orders.status") if scans else col(OrderRow.status)
        conditions.append(column.in_(sorted(status.value for status in wanted.statuses)))
    if wanted.driver_id is not None:
        driver = select(DriverRow.num).where(col(DriverRow.id) == wanted.driver_id)
        his = literal_column("+orders.driver_num") if few else col(OrderRow.driver_num)
        conditions.append(his == driver.correlate(None).scalar_subquery())
    if wanted.during is not None:
        conditions += _within(_DAY if few else _DAY_SCANNED, wanted.during)
    if wanted.nums is not None:
        listed = func.json_each(json.dumps(sorted(wanted.nums))).table_valued("value")
        conditions.append(_NUM.in_(select(listed.c.value)))
    if wanted.text:
        text = fold(wanted.text)
        # instr, not LIKE: nothing in the text is a wildcard.
        here = func.instr(OrderRow.folded, text) > 0
        drivers = select(DriverRow.num).where(_in_name(text)).correlate(None)
        conditions.append(or_(here, col(OrderRow.driver_num).in_(drivers)) if by_driver else here)
    return conditions


def known(session: Session, nums: Sequence[int]) -> list[Order]:
    """Those of these orders that there are, in this order, however many."""
    found: list[Order] = []
    for begin in range(0, len(nums), IDS_AT_ONCE):
        found += _orders(session, nums[begin : begin + IDS_AT_ONCE])
    return found


def known_ids(session: Session, order_ids: Sequence[str]) -> set[str]:
    """Which of these ids orders have."""
    found: set[str] = set()
    for begin in range(0, len(order_ids), IDS_AT_ONCE):
        some = order_ids[begin : begin + IDS_AT_ONCE]
        found |= set(session.exec(select(OrderRow.id).where(col(OrderRow.id).in_(some))))
    return found
