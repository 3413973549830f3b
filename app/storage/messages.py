"""Ids of drivers' messages that are no positions; one id is unique over these and the positions."""

from app.storage.recorder import id_name
from app.storage.tables import DriverMessageRow, OrderRow
from app.storage.transaction import Tx


def was_sent(tx: Tx, driver_num: int, message_id: str) -> bool:
    """Whether this driver used the id before, for whatever."""
    if tx.session.get(DriverMessageRow, (driver_num, message_id)) is not None:
        return True
    if tx.unfiled.find(driver_num, id_name(message_id)) is not None:
        return True
    query = "SELECT 1 FROM positions WHERE driver_num = ? AND name = ?"
    return tx.cursor.execute(query, (driver_num, id_name(message_id))).fetchone() is not None


def order_of_message(tx: Tx, driver_num: int, message_id: str) -> OrderRow | None:
    """The order that a message was about."""
    message = tx.session.get(DriverMessageRow, (driver_num, message_id))
    if message is None or message.order_num is None:
        return None
    return tx.session.get(OrderRow, message.order_num)


def keep_message(tx: Tx, driver_num: int, message_id: str, order_num: int | None) -> None:
    """Remember the id."""
    tx.session.add(DriverMessageRow(driver_num=driver_num, id=message_id, order_num=order_num))
    tx.known.forget(driver_num)
