"""A failed order is tried again: as a new one, since what has ended stays as it ended."""

from dataclasses import replace

from app.domain.access import Actor
from app.domain.again import note_of_failed, tried_as
from app.domain.errors import OnthewayError
from app.domain.order import Status, words
from app.protocol.fields import MAX_NOTE
from app.tracking.credentials import new_id
from app.tracking.orders import MadeOrder, OrderDesk
from app.tracking.ports import Orders


async def try_again(
    desk: OrderDesk, orders: Orders, order_id: str, actor: Actor, now: int
) -> MadeOrder:
    """Make a pending order like a failed one, with an id and a link of its own; the note of the
    failed one names it. A promise that is over is not made again.

    Raises ``not_found``, ``illegal_step``, and ``conflict`` where somebody was first.
    """
    failed = await orders.get(order_id)
    details = failed.details
    if failed.status is not Status.FAILED:
        raise OnthewayError("illegal_step", f"The order is {words(failed.status)} by now.")
    if next_id := tried_as(details.note):
        raise OnthewayError("conflict", f"It is tried again as #{next_id} already.")
    next_id = new_id(8).upper()
    note = note_of_failed(details.note, next_id, MAX_NOTE)
    # First, so that of two who press at once only one makes an order.
    await desk.edit(order_id, {"note": note}, actor, details)
    promised = details.window if details.window and details.window.end > now else None
    try:
        return await desk.create(next_id, replace(details, window=promised), None, actor)
    except BaseException:
        await desk.edit(order_id, {"note": details.note}, actor)
        raise
