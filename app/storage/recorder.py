"""Positions into the table, one by one: known before, refused, or judged and kept.

Runs in the writer's thread, once per position of every driver: plain SQL, prepared by SQLite.
"""

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from struct import pack
from typing import Final

from app.domain.position import KEEPS_MARKER, Flag, Trail, judge, live_time
from app.protocol.driver import Point
from app.storage.known import Known, order_of_his
from app.storage.tables import FUTURE
from app.storage.transaction import Tx
from app.tracking.records import NotTaken, Outcome, Taken

_NO_FLAG: Final = Flag(0)
_INSERT: Final = (
    "INSERT INTO positions (driver_num, order_num, name, lat, lng, fix_time, at, arrived_at, "
    "accuracy, speed, heading, altitude, battery, flags) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (driver_num, name) DO NOTHING"
)
_STORED: Final = "SELECT at, flags FROM positions WHERE driver_num = ? AND name = ?"
_SAME_TIME: Final = (
    "SELECT lat, lng FROM positions "
    "WHERE driver_num = ? AND at = ? AND fix_time = ? AND order_num IS ?"
)
_SAME_TIME_AHEAD: Final = (
    "SELECT lat, lng FROM positions "
    f"WHERE driver_num = ? AND fix_time = ? AND order_num IS ? AND {FUTURE}"
)


def record(tx: Tx, driver_num: int, points: Sequence[Point], arrival: int) -> list[Outcome]:
    """Judge and keep points of one driver that arrived at ``arrival``; outcomes in that order."""
    known = tx.known.get(tx.cursor, driver_num)
    return [_record(tx.cursor, known, driver_num, point, arrival) for point in points]


def name_of(point: Point) -> str | None:
    """What makes a point unique among the driver's: his id for it, or else its content.

    None for a point without id and time, which can have no repeat.
    """
    if point.id is not None:
        return id_name(point.id)
    fix = point.fix
    if fix.fix_time is None:
        return None
    # Adding zero makes -0.0 the same place as 0.0.
    content = pack("<qdd", fix.fix_time, fix.lat + 0.0, fix.lng + 0.0)
    content += (point.order_id or "").encode()
    return "c:" + blake2b(content, digest_size=12).hexdigest()


def id_name(message_id: str) -> str:
    """The name of a point that the driver gave an id."""
    return "i:" + message_id


def _record(
    cursor: sqlite3.Cursor, known: Known, driver_num: int, point: Point, arrival: int
) -> Outcome:
    fix = point.fix
    at, flags = live_time(fix.fix_time, arrival)
    if point.id is not None and point.id in known.messages:
        return Taken(at, _NO_FLAG, True, False, ())
    name = name_of(point)
    order_num = None
    if point.order_id is not None:
        order_num = order_of_his(cursor, known, driver_num, point.order_id)
        if order_num is None:
            return _stored(cursor, driver_num, name) or _unknown_order(point.order_id)
    if known.was_off_duty(at):
        return _stored(cursor, driver_num, name) or _OFF_DUTY
    if fix.fix_time is not None:
        flags |= _same_time(cursor, known, driver_num, order_num, point)
    flags, trail = judge(known.trail, fix.place, at, fix.accuracy, flags)
    row = (driver_num, order_num, name, fix.lat, fix.lng, fix.fix_time, at, arrival)
    more = (fix.accuracy, fix.speed, fix.heading, fix.altitude, fix.battery, int(flags))
    if not cursor.execute(_INSERT, row + more).rowcount:
        return _stored(cursor, driver_num, name) or Taken(at, _NO_FLAG, True, False, ())
    _adopt(known, trail, at, fix.fix_time if flags & Flag.FUTURE else None)
    moves = not flags & KEEPS_MARKER
    return Taken(at, flags, False, moves, _live_orders(known, order_num, at) if moves else ())


_OFF_DUTY: Final = NotTaken("off_duty", "You were off duty at that time.", None)


def _unknown_order(order_id: str) -> NotTaken:
    return NotTaken("unknown_order", f"You have no order {order_id}.", "orderId")


def _stored(cursor: sqlite3.Cursor, driver_num: int, name: str | None) -> Taken | None:
    """The answer to a repeat, if it is one."""
    if name is None:
        return None
    row = cursor.execute(_STORED, (driver_num, name)).fetchone()
    return None if row is None else Taken(row[0], Flag(row[1]), True, False, ())


def _same_time(
    cursor: sqlite3.Cursor, known: Known, driver_num: int, order_num: int | None, point: Point
) -> Flag:
    """REPEATED or SAME_TIME, if there is a point of the same driver, order and fix time."""
    fix = point.fix
    fix_time = fix.fix_time
    if fix_time is None:
        return _NO_FLAG
    places: list[tuple[float, float]] = []
    if fix_time <= known.newest:
        places += cursor.execute(_SAME_TIME, (driver_num, fix_time, fix_time, order_num)).fetchall()
    if fix_time <= known.newest_future:
        places += cursor.execute(_SAME_TIME_AHEAD, (driver_num, fix_time, order_num)).fetchall()
    if not places:
        return _NO_FLAG
    return Flag.REPEATED if (fix.lat, fix.lng) in places else Flag.SAME_TIME


def _adopt(known: Known, trail: Trail, at: int, future: int | None) -> None:
    known.trail = trail
    known.newest = max(known.newest, at)
    if future is not None:
        known.newest_future = max(known.newest_future, future)


def _live_orders(known: Known, order_num: int | None, at: int) -> tuple[int, ...]:
    """The open orders, his now, whose marker a point moves."""
    if order_num is not None:
        return (order_num,) if order_num in known.open_orders else ()
    return tuple(
        num
        for num, spans in known.open_orders.items()
        if any(begin <= at < end for begin, end in spans)
    )
