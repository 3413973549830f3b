"""HTTP API: orders, their drivers, links and events."""

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from app.domain.errors import OnthewayError
from app.domain.order import Status
from app.tracking.records import DoneBefore, OrderChange, OrderFilter
from app.web import bodies, render, shapes
from app.web.answers import (
    REFUSALS,
    link_made,
    link_made_again,
    link_with_url,
    order_made_again,
    order_with_url,
)
from app.web.errors import JsonResponse
from app.web.guard import Who, With
from app.web.once import Attempted, kept_answer
from app.web.paging import USUAL, Cursor, Limit, listed, paged, wrong_cursor
from app.web.routing import GuardedRoute
from app.web.rules import V1

MAX_SEARCH: Final = 200

router: Final = APIRouter(
    prefix=f"{V1}/orders", route_class=GuardedRoute, tags=["orders"], responses=REFUSALS
)


Statuses = Annotated[
    list[str] | None, Query(description="Statuses; several, or one text with commas.")
]
OfDriver = Annotated[str | None, Query(alias="driverId")]
Text = Annotated[
    str | None,
    Query(max_length=MAX_SEARCH, description="Text in id, customer, address or driver."),
]


@router.get("", response_model=shapes.OrderPage)
async def list_orders(
    services: With,
    status: Statuses = None,
    driver_id: OfDriver = None,
    q: Text = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """Orders, newest first."""
    wanted = OrderFilter(statuses_of(status or []), driver_id or None, q or None)
    orders, following = await services.store.orders.page(wanted, cursor or None, limit)
    return JsonResponse(listed([render.order(order) for order in orders], following))


def statuses_of(texts: list[str]) -> frozenset[Status]:
    """Statuses from texts, each one or several with commas; ``invalid_field``."""
    names = [name.strip() for text in texts for name in text.split(",") if name.strip()]
    try:
        return frozenset(Status(name) for name in names)
    except ValueError:
        allowed = ", ".join(Status)
        raise OnthewayError(
            "invalid_field", f"status must be one of {allowed}.", field="status"
        ) from None


@router.post("", status_code=201, response_model=shapes.OrderMade)
async def make_order(
    services: With, who: Who, attempt: Attempted, body: bodies.OrderNew
) -> Response:
    """Make an order with its first tracking link."""
    once = attempt.once(201, _kept_order)
    driver_id = body.driver_id or None
    try:
        made = await services.orders.create(body.id, body.details(), driver_id, who, once)
    except DoneBefore as before:
        again = await order_made_again(services, kept_answer(before))
        return JsonResponse(again, before.status)
    url = f"{services.look.public_url}/track/{made.token}"
    answer: shapes.OrderMade = {
        **render.order(made.order),
        "trackingUrl": url,
        "trackingToken": made.token,
    }
    return JsonResponse(answer, 201)


def _kept_order(change: OrderChange) -> shapes.OrderShape:
    return render.order(change.order)


@router.get("/{order_id}", response_model=shapes.OrderWithUrl)
async def get_order(services: With, order_id: str) -> Response:
    """One order."""
    order = await services.store.orders.get(order_id)
    return JsonResponse(await order_with_url(services, order))


@router.patch("/{order_id}", response_model=shapes.OrderWithUrl)
async def change_order(
    services: With, who: Who, order_id: str, body: bodies.OrderChanges
) -> Response:
    """Change what people entered; never status or driver."""
    order = await services.orders.edit(order_id, body.changes(), who)
    return JsonResponse(await order_with_url(services, order))


@router.post("/{order_id}/assign", response_model=shapes.OrderWithUrl)
async def assign_order(
    services: With, who: Who, attempt: Attempted, order_id: str, body: bodies.Assignment
) -> Response:
    """Give the order to a driver, or to nobody."""
    once = attempt.once(200, _kept_order)
    try:
        order = await services.orders.assign(order_id, body.driver_id, who, once)
    except DoneBefore as before:
        now = await order_with_url(services, await services.store.orders.get(order_id))
        return JsonResponse({**now, **kept_answer(before)}, before.status)
    return JsonResponse(await order_with_url(services, order))


@router.get("/{order_id}/events", response_model=shapes.EventPage)
async def list_events(
    services: With, order_id: str, limit: Limit = USUAL, cursor: Cursor = None
) -> Response:
    """The history of the order's status, oldest first."""
    order = await services.store.orders.get(order_id)
    events = await services.store.orders.events(order.num, _seq(cursor), limit + 1)
    page = events[:limit]
    following = str(page[-1].seq) if len(events) > limit else None
    return JsonResponse(listed([render.event(event) for event in page], following))


def _seq(cursor: str | None) -> int:
    if not cursor:
        return 0
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 18:
        raise wrong_cursor()
    return int(cursor)


@router.get("/{order_id}/links", response_model=shapes.LinkPage)
async def list_links(
    services: With, order_id: str, limit: Limit = USUAL, cursor: Cursor = None
) -> Response:
    """The order's tracking links, also ended ones, oldest first."""
    order = await services.store.orders.get(order_id)
    links = await services.orders.links(order)
    shown = partial(link_with_url, services)
    return JsonResponse(paged(links, lambda one: (one.created_at, one.id), shown, cursor, limit))


@router.post("/{order_id}/links", status_code=201, response_model=shapes.LinkMade)
async def make_link(
    services: With,
    who: Who,
    attempt: Attempted,
    order_id: str,
    body: bodies.LinkNew | None = None,
) -> Response:
    """Make another tracking link."""
    once = attempt.once(201, render.link)
    expires_at = body.expires_at if body else None
    try:
        link = await services.orders.add_link(order_id, expires_at, who, once)
    except DoneBefore as before:
        again = await link_made_again(services, order_id, kept_answer(before))
        return JsonResponse(again, before.status)
    return JsonResponse(link_made(services, link), 201)


@router.delete("/{order_id}/links/{link_id}", status_code=204)
async def end_link(services: With, who: Who, order_id: str, link_id: str) -> Response:
    """End a tracking link, with the sockets and pages that use it."""
    await services.orders.revoke_link(order_id, link_id, who)
    return Response(status_code=204)
