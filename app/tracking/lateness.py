"""Which open orders are late, or will be: the one rule for the work list, an order's card and the
list of orders. Reads the board only."""

import asyncio
from collections.abc import Callable
from typing import Final

from app.domain.order import OPEN
from app.domain.preferences import Thresholds
from app.tracking.board import Board, LiveOrder

SLICE: Final = 200
"""Orders that are looked at before others get their turn."""


def late_by(board: Board, live: LiveOrder, now: int, thresholds: Thresholds) -> int | None:
    """How late an open order is or will be, in microseconds; None: in time, or nothing promised."""
    window = live.order.details.window
    if window is None or live.order.status not in OPEN:
        return None
    late = max(expected(board, live) or now, now) - window.end
    return late if late > thresholds.late_after else None


def expected(board: Board, live: LiveOrder) -> int | None:
    """When it will probably arrive: the middle of the arrival window."""
    eta = board.eta(live)
    return None if eta is None else (eta.begin + eta.end) // 2


async def late_orders(
    board: Board, now: Callable[[], int], thresholds: Thresholds
) -> frozenset[int]:
    """The numbers of all orders that are late now."""
    found = set()
    for count, (num, live) in enumerate(list(board.orders.items()), 1):
        if late_by(board, live, now(), thresholds) is not None:
            found.add(num)
        if count % SLICE == 0:
            await asyncio.sleep(0)
    return frozenset(found)
