"""An order's life: its statuses, and the legal steps between them."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from app.domain.errors import OnthewayError
from app.domain.times import DAY

LONGEST_ID: Final = 64
ORDER_ID: Final = re.compile(r"[A-Za-z0-9._~-]{1,64}", re.ASCII)


class Status(StrEnum):
    """Where an order is in its life (contract section 4)."""

    PENDING = "pending"
    ASSIGNED = "assigned"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    ARRIVING = "arriving"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETURNED = "returned"


PATH: Final = (
    Status.PENDING,
    Status.ASSIGNED,
    Status.PICKED_UP,
    Status.IN_TRANSIT,
    Status.ARRIVING,
    Status.DELIVERED,
)
FINAL: Final = frozenset({Status.DELIVERED, Status.FAILED, Status.CANCELLED, Status.RETURNED})
OPEN: Final = frozenset(Status) - FINAL
UNDERWAY: Final = frozenset({Status.PICKED_UP, Status.IN_TRANSIT, Status.ARRIVING})
FAILED_FOR: Final = DAY
"""So long a failed order waits for somebody. Not until midnight: whoever comes in the morning must
find what failed in the evening."""
DRIVER_MAY_SET: Final = UNDERWAY | {Status.DELIVERED, Status.FAILED, Status.RETURNED}


def is_order_id(text: str) -> bool:
    """Whether ``text`` can name an order: safe in a path as it stands (RFC 3986 unreserved)."""
    return len(text) <= LONGEST_ID and _fits(text)


@lru_cache(maxsize=4_096)
def _fits(text: str) -> bool:
    return ORDER_ID.fullmatch(text) is not None and text not in {".", ".."}


def check_step(current: Status, new: Status, *, force: bool = False) -> None:
    """Raise `OnthewayError` ``illegal_step`` unless an order may go from ``current`` to ``new``.

    Forward may skip; going back, or leaving a final status, needs ``force``.
    """
    if force or current == new:
        return
    if current in FINAL:
        raise OnthewayError(
            "illegal_step", f"The order is {words(current)}; only an admin can reopen it."
        )
    if new in PATH and PATH.index(new) < PATH.index(current):
        raise OnthewayError(
            "illegal_step", f"An order cannot go back from {words(current)} to {words(new)}."
        )


def check_driver_step(current: Status, new: Status) -> None:
    """As `check_step`, for a driver, who may set only picked_up to delivered, failed, returned."""
    if new not in DRIVER_MAY_SET:
        raise OnthewayError(
            "illegal_step", f"A driver cannot set an order to {words(new)}.", field="status"
        )
    check_step(current, new)


def status_after_assigning(current: Status, *, to_driver: bool) -> Status:
    """The status after an order is given to a driver, or (``to_driver`` False) to none.

    Raises ``illegal_step`` for a final order, and for taking a picked-up order from its driver.
    """
    if current in FINAL:
        raise OnthewayError("illegal_step", f"The order is {words(current)}.")
    if current in UNDERWAY:
        if not to_driver:
            raise OnthewayError(
                "illegal_step", "After pick-up an order can go to another driver, not to none."
            )
        return current
    return Status.ASSIGNED if to_driver else Status.PENDING


def failed_since(now: int) -> int:
    """Orders that failed after this still wait for somebody."""
    return now - FAILED_FOR


def waits_failed(status: Status, ended_at: int | None, now: int) -> bool:
    """Whether an order failed lately, and nobody has done anything about it yet."""
    return status is Status.FAILED and ended_at is not None and ended_at > failed_since(now)


def words(status: Status) -> str:
    """The status as people say it: "picked up"."""
    return status.value.replace("_", " ")
