"""The real server with one mistake: to assign an order whose number begins with BROKEN fails."""

from typing import Any

from app.__main__ import main
from app.tracking.orders import OrderDesk


def break_assigning() -> None:
    """Make the mistake."""
    assign = OrderDesk.assign

    async def fail(desk: OrderDesk, order_id: str, *arguments: Any, **options: Any) -> Any:
        if order_id.startswith("BROKEN"):
            raise KeyError("a mistake of ours")
        return await assign(desk, order_id, *arguments, **options)

    OrderDesk.assign = fail  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    break_assigning()
    main()
