"""What can be done about an order that failed: on its card, in place of the next step."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from app.domain.again import tried_as
from app.tracking.records import Order
from app.tracking.second_try import try_again
from app.ui.kit.parts import button
from app.ui.kit.visit import Visit
from app.ui.kit.words import words


def build_failed(
    visit: Visit, order: Order, open_order: Callable[[str], Awaitable[object]]
) -> None:
    """The way to the order by which it was tried again, or the button that makes one."""
    next_id = tried_as(order.details.note)
    if next_id is not None:
        with ui.element("p"):
            words("span", "Tried again as ")
            link = words("button", f"#{next_id}").classes("link").props("type=button")
            link.on("click", visit.act(lambda: open_order(next_id)), [])
        return

    async def again() -> None:
        services = visit.services
        made = await try_again(
            services.orders, services.store.orders, order.id, visit.actor, services.now()
        )
        visit.say(f"#{made.order.id} tries it again. It needs a driver.")
        await open_order(made.order.id)

    button("Try again", visit.act(again), "btn-primary", "restart_alt")
