"""The real server with one mistake: to assign an order whose number begins with BROKEN fails; and
slow: what is done with one whose number begins with SLOW takes a while."""

import asyncio
from typing import Any, Final

from app.__main__ import main
from app.tracking.orders import OrderDesk

SLOW: Final = "SLOW"
SECONDS: Final = {"create": 0.5, "set_status": 1.0}


def break_assigning() -> None:
    """Make the mistake."""
    assign = OrderDesk.assign

    async def fail(desk: OrderDesk, order_id: str, *arguments: Any, **options: Any) -> Any:
        if order_id.startswith("BROKEN"):
            raise KeyError("a mistake of ours")
        return await assign(desk, order_id, *arguments, **options)

    OrderDesk.assign = fail  # type: ignore[assignment, method-assign]


def slow_down(name: str, seconds: float) -> None:
    """Let a deed on orders take so long."""
    deed = getattr(OrderDesk, name)

    async def wait(desk: OrderDesk, order_id: str | None, *arguments: Any, **options: Any) -> Any:
        if (order_id or "").startswith(SLOW):
            await asyncio.sleep(seconds)
        return await deed(desk, order_id, *arguments, **options)

    setattr(OrderDesk, name, wait)


if __name__ == "__main__":
    break_assigning()
    for name, seconds in SECONDS.items():
        slow_down(name, seconds)
    main()
