"""Closed loops: how a stage of a run is begun, and how it ends."""

from collections.abc import Callable, Sequence
from typing import Final

from tests.bench.programs import Unusable
from tests.bench.sockets import Driver, Load

GRACE: Final = 20.0
"""Seconds for what is under way to arrive when no more is sent."""


def allow(drivers: Sequence[Driver], count: int) -> None:
    """Let each driver send so many more."""
    for driver in drivers:
        driver.allowed = count


async def finish(
    load: Load, drivers: Sequence[Driver], arrived: Callable[[], bool], seconds: float
) -> None:
    """Wait until all was sent and has arrived; when the time is over, no more is sent.

    Raises `Unusable` when something does not arrive: such a run is incomplete.
    """

    def done() -> bool:
        return not any(driver.allowed for driver in drivers) and arrived()

    if await load.reached(done, seconds):
        return
    allow(drivers, 0)
    if not await load.reached(done, GRACE):
        raise Unusable("not everything arrived: the run is incomplete")


def acked(load: Load, drivers: Sequence[Driver], per_frame: int = 1) -> bool:
    """Whether every position sent was acked, where the server acks."""
    if not load.target.answers:
        return True
    return all(driver.acked == driver.sent * per_frame for driver in drivers)


def sent_by(drivers: Sequence[Driver]) -> int:
    """Frames of all of them."""
    return sum(driver.sent for driver in drivers)
