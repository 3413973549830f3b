"""What a customer who asked for it is told of his order while its page is closed. Pure."""

from enum import StrEnum
from typing import Final

from app.domain.order import FINAL, PATH, Status
from app.domain.times import HOUR, MINUTE, SECOND


class Event(StrEnum):
    """Something that is told, once."""

    ON_THE_WAY = "on_the_way"
    ARRIVING = "arriving"
    LATE = "late"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETURNED = "returned"


BY_STATUS: Final[dict[Status, Event]] = {
    Status.PICKED_UP: Event.ON_THE_WAY,
    Status.IN_TRANSIT: Event.ON_THE_WAY,
    Status.ARRIVING: Event.ARRIVING,
    Status.DELIVERED: Event.DELIVERED,
    Status.FAILED: Event.FAILED,
    Status.CANCELLED: Event.CANCELLED,
    Status.RETURNED: Event.RETURNED,
}
MOST_BROWSERS: Final = 5
"""Browsers of one order: those of a household."""
LAST: Final = frozenset(BY_STATUS[status] for status in FINAL)
"""After these there is nothing more to tell."""
URGENT: Final = frozenset({Event.ARRIVING, Event.DELIVERED})
"""Worth waking a phone that saves its battery."""
LASTS: Final[dict[Event, int]] = {
    Event.ON_THE_WAY: HOUR // SECOND,
    Event.ARRIVING: 10 * MINUTE // SECOND,
    Event.LATE: HOUR // SECOND,
    **dict.fromkeys(LAST, 2 * HOUR // SECOND),
}
"""Seconds for which it is worth telling; the last ones as long as the link shows them."""


def reached(status: Status) -> frozenset[Event]:
    """What who begins to listen in this status sees on the page already."""
    before = PATH[: PATH.index(status) + 1] if status in PATH else ()
    return frozenset(BY_STATUS[each] for each in before if each in BY_STATUS)
