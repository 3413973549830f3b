"""Orders as lists: filtered, searched and sorted in one statement, page by page.

A sorted or searched page reads the index `ix_orders_list` from end to end and keeps the best; the
rows of the page alone are looked up. Newest first needs no more than the page itself.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, literal_column, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from app.domain.order import Status
from app.storage.cursors import decode_place, encode_place
from app.storage.rows import fold, order_of, stored
from app.storage.tables import DriverRow, OrderRow
from app.tracking.records import Order, OrderBy, OrderFilter, OrderSort

IDS_AT_ONCE: Final = 500

_NUM: Final = col(OrderRow.num)
_KEYS: Final[dict[OrderBy, SQLColumnExpression[Any]]] = {
    OrderBy.NUMBER: _NUM,
    OrderBy.ID: col(OrderRow.id),
    OrderBy.STATUS: case(
        {status.value: rank for rank, status in enumerate(Status)}, value=col(OrderRow.status)
    ),
    OrderBy.CUSTOMER: func.lower(col(OrderRow.customer_name)),
    OrderBy.PROMISED: col(OrderRow.window_begin),
    OrderBy.CHANGED: col(OrderRow.updated_at),
}


def with_driver() -> Select[OrderRow, str]:
    """Orders with the ids of their drivers."""
    return select(OrderRow, DriverRow.id).join(DriverRow, isouter=True)


def read_page(
    session: Session, wanted: OrderFilter, sort: OrderSort, after: str | None, limit: int
) -> tuple[list[Order], str | None]:
    """The page after a cursor, and the cursor of the next; ``invalid_field`` cursor."""
    found = session.exec(page_of(wanted, sort, after, limit + 1)).all()
    page = found[:limit]
    orders = _orders(session, [num for num, _ in page])
    if len(found) <= limit or not page:
        return orders, None
    num, value = page[-1]
    return orders, encode_place(sort.by.value, value, stored(num))


def page_of(
    wanted: OrderFilter, sort: OrderSort, after: str | None, count: int
) -> Select[int | None, Any]:
    """The query for the numbers of a page, each with what it is sorted by."""
    key = _KEYS[sort.by]
    statement = select(_NUM, key).where(*_conditions(wanted)).limit(count)
    if sort.by is not OrderBy.NUMBER:
        statement = statement.order_by(key.is_(None), key.desc() if sort.descending else key)
    statement = statement.order_by(_NUM.desc() if sort.descending else _NUM)
    if after is not None:
        statement = statement.where(_beyond(key, sort, *decode_place(after, sort.by.value)))
    return statement


def _beyond(
    key: SQLColumnExpression[Any], sort: OrderSort, value: str | int | None, num: int
) -> ColumnElement[bool]:
    """Whether a row comes after the one with this key and number."""
    further = num > _NUM if sort.descending else num < _NUM
    if sort.by is OrderBy.NUMBER:
        return further
    if value is None:
        return key.is_(None) & further
    past = key < value if sort.descending else key > value
    return or_(past, (key == value) & further, key.is_(None))


def _orders(session: Session, nums: Sequence[int | None]) -> list[Order]:
    """These orders, in this order."""
    rows = session.exec(with_driver().where(_NUM.in_(nums)))
    found = {row.num: order_of(row, driver_id) for row, driver_id in rows}
    return [found[num] for num in nums]


def _conditions(wanted: OrderFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.statuses:
        # A search reads ix_orders_list; the sign keeps it from the index of the statuses.
        status = literal_column("+orders.status") if wanted.text else col(OrderRow.status)
        conditions.append(status.in_(sorted(wanted.statuses)))
    if wanted.driver_id is not None:
        driver = select(DriverRow.num).where(col(DriverRow.id) == wanted.driver_id)
        conditions.append(col(OrderRow.driver_num) == driver.scalar_subquery())
    if wanted.text:
        text = fold(wanted.text)
        # instr, not LIKE: nothing in the text is a wildcard.
        drivers = select(DriverRow.num).where(func.instr(DriverRow.folded, text) > 0)
        conditions.append(
            or_(
                func.instr(OrderRow.folded, text) > 0,
                col(OrderRow.driver_num).in_(drivers),
            )
        )
    return conditions


def known_ids(session: Session, order_ids: Sequence[str]) -> set[str]:
    """Which of these ids orders have."""
    found: set[str] = set()
    for begin in range(0, len(order_ids), IDS_AT_ONCE):
        some = order_ids[begin : begin + IDS_AT_ONCE]
        found |= set(session.exec(select(OrderRow.id).where(col(OrderRow.id).in_(some))))
    return found
