"""Answers that need more than one record: what is live of a driver, the links of an order."""

from typing import Any, Final

from app.tracking.orders import link_end
from app.tracking.records import Driver, Link, Order
from app.tracking.services import Services
from app.web import render
from app.web.shapes import (
    DriverShape,
    DriverWithToken,
    LinkMade,
    LinkWithUrl,
    OrderMade,
    OrderShape,
    OrderWithUrl,
)

_SENTENCES: Final = {
    400: "The request is malformed.",
    401: "Nobody is signed in, or the API key is not valid.",
    403: "The role may not do this, or another site's page sent it.",
    404: "There is no such thing.",
    409: "Not now: it exists already, or the step is not legal.",
    413: "The body is too large.",
    415: "The body's Content-Type is not application/json.",
    422: "The body is not JSON, or a field is wrong; the answer names it.",
    429: "Too many requests; `Retry-After` says when.",
    500: "Something went wrong in the server.",
    503: "Nothing can be stored at the moment.",
}

REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": sentence,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}},
    }
    for status, sentence in _SENTENCES.items()
}
"""What every call may answer besides its own answer, for OpenAPI. By reference: as models, the
framework builds one for each status of each route, a tenth of the start."""


def live_driver(services: Services, record: Driver) -> DriverShape:
    """A driver with what is going on now."""
    shape = render.driver(record)
    live = services.board.drivers.get(record.num)
    if live is not None and live.marker is not None:
        shape["position"] = render.marker(live.marker)
    shape["online"] = services.hub.online(record.num)
    shape["orders"] = [order.order.id for order in services.board.orders_of(record.num)]
    return shape


def driver_with_token(services: Services, record: Driver, token: str) -> DriverWithToken:
    """A driver with his new token."""
    url = f"{services.look.public_url}/drive#{token}"
    return {**live_driver(services, record), "token": token, "driverUrl": url}


def driver_kept(record: Driver) -> DriverWithToken:
    """What is kept of that for a repeat: no secret."""
    return {**render.driver(record), "token": None, "driverUrl": None}


def tracking_url(services: Services, link: Link) -> str:
    """The address that customers get."""
    return f"{services.look.public_url}/track/{services.orders.token_of(link)}"


def link_with_url(services: Services, link: Link) -> LinkWithUrl:
    """A link with its address."""
    return {**render.link(link), "trackingUrl": tracking_url(services, link)}


def link_made(services: Services, link: Link) -> LinkMade:
    """A new link with its token."""
    return {**link_with_url(services, link), "trackingToken": services.orders.token_of(link)}


async def order_with_url(services: Services, order: Order) -> OrderWithUrl:
    """An order with its newest link that is valid now."""
    now = services.now()
    for link in await services.orders.links(order):
        end = link_end(link, order)
        if link.revoked_at is None and (end is None or end > now):
            return {**render.order(order), "trackingUrl": tracking_url(services, link)}
    return {**render.order(order), "trackingUrl": None}


async def order_made_again(services: Services, kept: Any) -> OrderMade:
    """The answer to a repeated order: as kept, its first link's token derived again."""
    order = await services.store.orders.get(kept["id"])
    first = (await services.orders.links(order))[-1]
    token = services.orders.token_of(first)
    shape: OrderShape = kept
    return {**shape, "trackingUrl": tracking_url(services, first), "trackingToken": token}


async def link_made_again(services: Services, order_id: str, kept: Any) -> LinkMade:
    """The answer to a repeated link: as kept, its token derived again."""
    order = await services.store.orders.get(order_id)
    links = {link.id: link for link in await services.orders.links(order)}
    made = link_made(services, links[kept["id"]])
    return {**made, **kept}
