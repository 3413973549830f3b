"""What is written when an order changes; runs in the writer's thread, within one transaction.

`app.domain.order` says which steps are legal; every change of status gets its ``seq`` here.
"""

from dataclasses import replace
from typing import Any

from sqlmodel import col, select, update

from app.domain.access import Actor, Kind
from app.domain.errors import OnthewayError, not_found
from app.domain.order import (
    FINAL,
    Status,
    check_driver_step,
    check_step,
    status_after_assigning,
    words,
)
from app.storage.messages import keep_message, order_of_message, was_sent
from app.storage.rows import event_of, link_of, order_of, set_details, stored
from app.storage.tables import AssignmentRow, DriverRow, LinkRow, OrderEventRow, OrderRow
from app.storage.transaction import Tx
from app.tracking.order_parts import changed_parts, merged_changes
from app.tracking.records import Link, NewLink, OrderChange, OrderDetails, OrderEvent


def create_order(
    tx: Tx,
    order_id: str,
    details: OrderDetails,
    driver_id: str | None,
    link: NewLink,
    actor: Actor,
    now: int,
) -> OrderChange:
    """Make an order, its first event and its first link."""
    if find_order(tx, order_id) is not None:
        raise OnthewayError("already_exists", f"There is an order {order_id} already.", field="id")
    driver = None if driver_id is None else _assignable(tx, driver_id)
    status = Status.PENDING if driver is None else Status.ASSIGNED
    row = OrderRow(
        id=order_id, status=status.value, seq=0, folded="", created_at=now, updated_at=now
    )
    fields = ("customer", "destination", "pickup", "window", "note")
    set_details(row, {name: getattr(details, name) for name in fields})
    tx.session.add(row)
    tx.session.flush()
    if driver is not None:
        _give(tx, row, stored(driver.num), now)
    event = _add_event(tx, row, status, None, actor, now)
    add_link(tx, row, link, now)
    return _change(tx, row, event, None)


def edit_order(
    tx: Tx, order_id: str, changes: dict[str, Any], now: int, seen: OrderDetails | None
) -> OrderChange:
    """Set details by name, merged with what others did since they were ``seen``; ``conflict``."""
    row = get_order(tx, order_id)
    before = order_of(row, None).details
    set_details(row, changes if seen is None else merged_changes(seen, changes, before))
    row.updated_at = now
    change = _change(tx, row, None, row.driver_num)
    return replace(change, edited=changed_parts(before, change.order.details))


def assign_order(
    tx: Tx,
    order_id: str,
    driver_id: str | None,
    actor: Actor,
    now: int,
    seen_at: int | None,
) -> OrderChange:
    """Give an order to a driver, or to none; ``conflict`` where it was changed since ``seen_at``
    and is not his already."""
    row = get_order(tx, order_id)
    driver = None if driver_id is None else _assignable(tx, driver_id)
    current, previous = Status(row.status), row.driver_num
    target = None if driver is None else stored(driver.num)
    if target != previous or current in FINAL:
        _check_seen(tx, row, seen_at)
    status = status_after_assigning(current, to_driver=driver is not None)
    if target != previous:
        _take_away(tx, row, now)
        if target is not None:
            _give(tx, row, target, now)
        row.updated_at = now
    event = None
    if status != current:
        event = _add_event(tx, row, status, None, actor, now)
    return _change(tx, row, event, previous)


def set_order_status(
    tx: Tx,
    order_id: str,
    status: Status,
    note: str | None,
    actor: Actor,
    now: int,
    *,
    force: bool,
    message_id: str | None,
    metres: float | None,
    seen_seq: int | None,
    seen_at: int | None,
) -> OrderChange:
    """Change the status, for the staff or for the order's own driver."""
    if actor.kind is Kind.DRIVER:
        return _driver_sets(tx, order_id, status, note, actor, now, message_id, metres)
    row = get_order(tx, order_id)
    current = Status(row.status)
    if seen_seq not in {None, row.seq} and current is not status:
        raise OnthewayError("conflict", f"The order is {words(current)} by now.")
    if current is not status:
        _check_seen(tx, row, seen_at)
    check_step(current, status, force=force)
    return _set_status(tx, row, status, note, actor, now)


def _check_seen(tx: Tx, row: OrderRow, seen_at: int | None) -> None:
    """``conflict`` that says how the order is, where somebody changed it since it was seen."""
    if seen_at in {None, row.updated_at}:
        return
    his = ""
    if row.driver_num is not None:
        his = f", and {tx.session.get_one(DriverRow, row.driver_num).name} has it"
    current = words(Status(row.status))
    raise OnthewayError("conflict", f"Somebody changed it meanwhile: it is {current}{his}.")


def _driver_sets(
    tx: Tx,
    order_id: str,
    status: Status,
    note: str | None,
    actor: Actor,
    now: int,
    message_id: str | None,
    metres: float | None,
) -> OrderChange:
    driver_num = stored(actor.num)
    row = find_order(tx, order_id)
    if message_id is not None and was_sent(tx, driver_num, message_id):
        known = row or order_of_message(tx, driver_num, message_id)
        if known is not None:
            return _change(tx, known, None, known.driver_num)
    # One sentence for "missing" and "not yours": a driver learns nothing about foreign orders.
    if row is None or row.driver_num != driver_num:
        raise OnthewayError("unknown_order", f"You have no order {order_id}.", field="orderId")
    check_driver_step(Status(row.status), status)
    if message_id is not None:
        keep_message(tx, driver_num, message_id, row.num)
    return _set_status(tx, row, status, note, actor, now, metres)


def _set_status(
    tx: Tx,
    row: OrderRow,
    status: Status,
    note: str | None,
    actor: Actor,
    now: int,
    metres: float | None = None,
) -> OrderChange:
    current, previous = Status(row.status), row.driver_num
    if status == current:
        return _change(tx, row, None, previous)
    if status in FINAL:
        if current not in FINAL:
            _close_span(tx, row, now)
            row.ended_at = now
    else:
        row.ended_at = None
        if status is Status.PENDING:
            _take_away(tx, row, now)
        elif current in FINAL:
            _reopen(tx, row, now)
    event = _add_event(tx, row, status, note, actor, now, metres)
    return _change(tx, row, event, previous)


def _reopen(tx: Tx, row: OrderRow, now: int) -> None:
    """A final order goes on: with its driver, unless he was removed meanwhile."""
    if row.driver_num is None:
        return
    driver = tx.session.get_one(DriverRow, row.driver_num)
    if driver.deleted_at is None:
        _give(tx, row, row.driver_num, now)
    else:
        row.driver_num = None


def _give(tx: Tx, row: OrderRow, driver_num: int, now: int) -> None:
    row.driver_num = driver_num
    tx.session.add(AssignmentRow(order_num=stored(row.num), driver_num=driver_num, from_at=now))
    tx.known.forget(driver_num)


def _take_away(tx: Tx, row: OrderRow, now: int) -> None:
    _close_span(tx, row, now)
    row.driver_num = None


def _close_span(tx: Tx, row: OrderRow, now: int) -> None:
    if row.driver_num is None:
        return
    is_open = (col(AssignmentRow.order_num) == row.num) & col(AssignmentRow.to_at).is_(None)
    tx.session.exec(update(AssignmentRow).where(is_open).values(to_at=now))
    tx.known.forget(row.driver_num)


def _add_event(
    tx: Tx,
    row: OrderRow,
    status: Status,
    note: str | None,
    actor: Actor,
    now: int,
    metres: float | None = None,
) -> OrderEvent:
    row.status = status.value
    row.seq += 1
    row.updated_at = now
    event = OrderEventRow(
        order_num=stored(row.num),
        seq=row.seq,
        status=status.value,
        at=now,
        note=note,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        address=actor.address,
        metres=metres,
    )
    tx.session.add(event)
    if row.driver_num is not None:
        tx.known.forget(row.driver_num)
    return event_of(event)


def _change(tx: Tx, row: OrderRow, event: OrderEvent | None, previous: int | None) -> OrderChange:
    driver = None
    if row.driver_num is not None:
        driver = tx.session.get_one(DriverRow, row.driver_num).id
    return OrderChange(order=order_of(row, driver), event=event, previous_driver=previous)


def changed(tx: Tx, row: OrderRow) -> OrderChange:
    """An order whose status and driver stay."""
    return _change(tx, row, None, row.driver_num)


def _assignable(tx: Tx, driver_id: str) -> DriverRow:
    wanted = select(DriverRow).where(
        col(DriverRow.id) == driver_id, col(DriverRow.deleted_at).is_(None)
    )
    driver = tx.session.exec(wanted).first()
    if driver is None:
        raise OnthewayError("invalid_field", "There is no such driver.", field="driverId")
    return driver


def find_order(tx: Tx, order_id: str) -> OrderRow | None:
    """The row of an order."""
    return tx.session.exec(select(OrderRow).where(col(OrderRow.id) == order_id)).first()


def get_order(tx: Tx, order_id: str) -> OrderRow:
    """The row of an order; ``not_found``."""
    row = find_order(tx, order_id)
    if row is None:
        raise not_found("order")
    return row


def add_link(tx: Tx, order: OrderRow, link: NewLink, now: int) -> Link:
    """Make a link to an order."""
    row = LinkRow(
        id=link.id,
        order_num=stored(order.num),
        salt=link.salt,
        token_hash=link.token_hash,
        created_at=now,
        expires_at=link.expires_at,
    )
    tx.session.add(row)
    return link_of(row, order.id)


def revoke_link(tx: Tx, order_id: str, link_id: str, now: int) -> Link:
    """End a link, if it has not ended before."""
    order = get_order(tx, order_id)
    wanted = select(LinkRow).where(col(LinkRow.id) == link_id, col(LinkRow.order_num) == order.num)
    row = tx.session.exec(wanted).first()
    if row is None:
        raise not_found("link")
    if row.revoked_at is None:
        row.revoked_at = now
    return link_of(row, order.id)
