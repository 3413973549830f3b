"""The real server with one mistake: to assign an order whose number begins with BROKEN fails; and
slow: what is done with those whose numbers begin with SLOW waits until somebody presses Stop."""

import asyncio
from itertools import count
from typing import Any, Final

from app.__main__ import main
from app.tracking.orders import OrderDesk
from app.ui.kit.batch import Work

SLOW: Final = "SLOW"
QUICK: Final = {"create": 25, "set_status": 0}
"""So many of each deed do not wait."""
AT_MOST: Final = 20
"""Seconds."""

stopped = asyncio.Event()


def break_assigning() -> None:
    """Make the mistake."""
    assign = OrderDesk.assign

    async def fail(desk: OrderDesk, order_id: str, *arguments: Any, **options: Any) -> Any:
        if order_id.startswith("BROKEN"):
            raise KeyError("a mistake of ours")
        return await assign(desk, order_id, *arguments, **options)

    OrderDesk.assign = fail  # type: ignore[assignment, method-assign]


def slow_down(name: str, quick: int) -> None:
    """Let a deed on orders wait, but for the first ``quick``."""
    deed, calls = getattr(OrderDesk, name), count()

    async def wait(desk: OrderDesk, order_id: str | None, *arguments: Any, **options: Any) -> Any:
        if (order_id or "").startswith(SLOW) and next(calls) >= quick:
            async with asyncio.timeout(AT_MOST):
                await stopped.wait()
        return await deed(desk, order_id, *arguments, **options)

    setattr(OrderDesk, name, wait)


def hear_stops() -> None:
    """Whoever waits goes on once Stop is pressed; who comes later waits for the next."""
    stop = Work.stop

    def heard(work: Work[Any]) -> None:
        global stopped
        stop(work)
        stopped.set()
        stopped = asyncio.Event()

    Work.stop = heard  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    break_assigning()
    hear_stops()
    for name, quick in QUICK.items():
        slow_down(name, quick)
    main()
