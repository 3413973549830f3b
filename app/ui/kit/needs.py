"""Which orders need somebody, and why: the rules that sort the work list. Reads the board only."""

from enum import StrEnum
from typing import Final

from app.domain.again import waits_for_somebody
from app.domain.order import OPEN, UNDERWAY, Status
from app.domain.preferences import NORMAL, Thresholds
from app.domain.times import MINUTE
from app.tracking.board import LiveDriver, LiveOrder
from app.tracking.records import Order
from app.ui.kit.silence import heard_at

NEAR: Final = 30 * MINUTE
"""So long before its window begins an order needs a driver who is there."""


class Group(StrEnum):
    """Why an order stands where it stands in the list; what needs a person first stands first."""

    LATE = "Late"
    QUESTION = "Questions"
    NO_SIGNAL = "No signal"
    AWAY = "Driver away"
    UNASSIGNED = "Unassigned"
    FAILED = "Failed"
    ON_THE_WAY = "On the way"
    WAITING = "Waiting"


NEEDS_YOU: Final = frozenset(Group) - {Group.ON_THE_WAY, Group.WAITING}


class Away(StrEnum):
    """Why a driver will not bring what he should bring by now."""

    OFF_DUTY = "Driver is off duty"
    NOT_CONNECTED = "Driver not connected"


def group_of(
    live: LiveOrder,
    driver: LiveDriver | None,
    late: int | None,
    *,
    online: bool,
    now: int,
    thresholds: Thresholds = NORMAL,
) -> Group:
    """The first reason that holds; ``late`` is what `app.tracking.lateness` says, ``online``
    whether the driver is connected."""
    order = live.order
    if late is not None:
        return Group.LATE
    if waits_for_somebody(order.status, order.ended_at, order.details.note, now):
        return Group.FAILED
    if order.asked_at is not None:
        return Group.QUESTION
    if away(order, driver, online=online, now=now, thresholds=thresholds) is not None:
        return Group.AWAY
    if not has_signal(live, driver, now, thresholds):
        return Group.NO_SIGNAL
    if order.status is Status.PENDING:
        return Group.UNASSIGNED
    return Group.ON_THE_WAY if order.status in UNDERWAY else Group.WAITING


def seen_at(driver: LiveDriver | None) -> int | None:
    """When the driver was where his marker is."""
    return driver.marker.at if driver is not None and driver.marker is not None else None


def has_signal(
    live: LiveOrder, driver: LiveDriver | None, now: int, thresholds: Thresholds = NORMAL
) -> bool:
    """Whether the driver of an order on its way was seen lately; true before the pick-up.

    One who was never seen gets as long from the last change of the order.
    """
    if live.order.status not in UNDERWAY:
        return True
    seen = seen_at(driver)
    since = live.order.updated_at if seen is None else seen
    return now - since <= thresholds.silent_after


def is_due(order: Order, now: int) -> bool:
    """Whether somebody should be at it: on its way, or its window has begun or is near. What was
    promised for no time is wanted at once."""
    window = order.details.window
    return order.status in UNDERWAY or window is None or now >= window.begin - NEAR


def away(
    order: Order,
    driver: LiveDriver | None,
    *,
    online: bool,
    now: int,
    thresholds: Thresholds = NORMAL,
) -> Away | None:
    """What keeps the driver of an order that is due from it.

    A phone may be silent for a while, also after the order was given to it. Once the order is on
    its way, that is told by `has_signal`.
    """
    if driver is None or order.status not in OPEN or not is_due(order, now):
        return None
    if not driver.driver.on_duty:
        return Away.OFF_DUTY
    if online or order.status in UNDERWAY:
        return None
    since = max(order.updated_at, heard_at(driver) or 0)
    return Away.NOT_CONNECTED if now - since > thresholds.silent_after else None
