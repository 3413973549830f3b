"""Positions, one by one: known before, refused, or judged and kept.

Runs in the writer's thread, once per position of every driver: most need no question to the
tables.
"""

import sqlite3
from hashlib import blake2b
from struct import pack
from typing import Final

from app.domain.position import KEEPS_MARKER, NO_FLAG, Flag, live_time
from app.protocol.driver import Point
from app.storage.known import Known, KnownDrivers, order_of_his
from app.storage.tables import FUTURE
from app.storage.unfiled import Unfiled
from app.tracking.records import NotTaken, Outcome, Taken

LOOKED_THROUGH: Final = 500
"""Positions of one driver that are looked through in memory; more are filed, and asked for."""

_KEEPS_MARKER: Final = int(KEEPS_MARKER)
_REPEATED: Final = int(Flag.REPEATED)
_SAME_TIME: Final = int(Flag.SAME_TIME)

_STORED: Final = "SELECT at, flags FROM positions WHERE driver_num = ? AND name = ?"
_AT_SAME_TIME: Final = (
    "SELECT lat, lng FROM positions "
    "WHERE driver_num = ? AND at = ? AND fix_time = ? AND order_num IS ?"
)
_AT_SAME_TIME_AHEAD: Final = (
    "SELECT lat, lng FROM positions "
    f"WHERE driver_num = ? AND fix_time = ? AND order_num IS ? AND {FUTURE}"
)


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


class Recorder:
    """Judges positions with what the writer knows, and adds them to those that wait."""

    def __init__(self, cursor: sqlite3.Cursor, drivers: KnownDrivers, unfiled: Unfiled) -> None:
        self._cursor = cursor
        self._drivers = drivers
        self._unfiled = unfiled

    def record(self, driver_num: int, points: list[Point], arrival: int) -> list[Outcome]:
        """Judge and keep points of one driver that arrived at ``arrival``; outcomes in that
        order. Raises ``revoked`` for a driver who was removed."""
        known = self._drivers.get(driver_num)
        if known is None:
            # The tables must hold all of his before they are asked.
            self._unfiled.file_driver(self._cursor, driver_num)
            known = self._drivers.load(self._cursor, driver_num)
        return [self._record(known, driver_num, point, arrival) for point in points]

    def _record(self, known: Known, driver_num: int, point: Point, arrival: int) -> Outcome:
        fix, message_id, order_id = point.fix, point.id, point.order_id
        at, flags = live_time(fix.fix_time, arrival)
        if message_id is not None and message_id in known.messages:
            return _repeat(at, 0)
        name = name_of(point)
        before = None if name is None else self._before(known, driver_num, name, point)
        if before is not None:
            return before
        order_num = None
        if order_id is not None:
            order_num = order_of_his(self._cursor, known, driver_num, order_id)
            if order_num is None:
                return _unknown_order(order_id)
        if known.off_duty and known.was_off_duty(at):
            return _OFF_DUTY
        lat, lng, fix_time, accuracy = fix.lat, fix.lng, fix.fix_time, fix.accuracy
        if fix_time is not None and fix_time <= known.newest_fix:
            flags |= self._same_time(driver_num, order_num, point)
        flags |= point.flags
        flags = known.trail.judge(lat, lng, at, accuracy, flags)
        unfiled = self._unfiled
        num = unfiled.next_num()
        head = (num, driver_num, order_num, name, lat, lng, fix_time, at, arrival)
        unfiled.add((*head, accuracy, fix.speed, fix.heading, fix.altitude, fix.battery, flags))
        known.saw(at, fix_time)
        if flags & _KEEPS_MARKER:
            return Taken(at, Flag(flags), False, False, ())
        live = _live_orders(known, order_num, at)
        return Taken(at, Flag(flags) if flags else NO_FLAG, False, True, live)

    def _before(self, known: Known, driver_num: int, name: str, point: Point) -> Taken | None:
        """The answer to a repeat, if it is one."""
        waits = self._unfiled.find(driver_num, name)
        if waits is not None:
            return _repeat(waits[7], waits[14])
        fix_time = point.fix.fix_time
        if fix_time is not None and fix_time > known.newest_fix:
            # A repeat says its time again, and nothing of his is as new. (Another fix under an
            # id that was used before is dropped when it is filed, by the unique index.)
            return None
        row = self._cursor.execute(_STORED, (driver_num, name)).fetchone()
        return None if row is None else _repeat(row[0], row[1])

    def _same_time(self, driver_num: int, order_num: int | None, point: Point) -> int:
        """REPEATED or SAME_TIME, if there is a point of the same driver, order and fix time."""
        fix = point.fix
        waiting = self._unfiled.of(driver_num)
        if len(waiting) > LOOKED_THROUGH:
            self._unfiled.file_driver(self._cursor, driver_num)
            waiting = []
        places = [
            (row[4], row[5]) for row in waiting if row[6] == fix.fix_time and row[2] == order_num
        ]
        execute = self._cursor.execute
        at = fix.fix_time
        places += execute(_AT_SAME_TIME, (driver_num, at, at, order_num)).fetchall()
        places += execute(_AT_SAME_TIME_AHEAD, (driver_num, at, order_num)).fetchall()
        if not places:
            return 0
        return _REPEATED if (fix.lat, fix.lng) in places else _SAME_TIME


def _repeat(at: int, flags: int) -> Taken:
    return Taken(at, Flag(flags), True, False, ())


_OFF_DUTY: Final = NotTaken("off_duty", "You were off duty at that time.", None)


def _unknown_order(order_id: str) -> NotTaken:
    return NotTaken("unknown_order", f"You have no order {order_id}.", "orderId")


def _live_orders(known: Known, order_num: int | None, at: int) -> tuple[int, ...]:
    """The open orders, his now, whose marker a point moves."""
    if order_num is not None:
        return (order_num,) if order_num in known.open_orders else ()
    return tuple(
        num
        for num, spans in known.open_orders.items()
        if any(begin <= at < end for begin, end in spans)
    )
