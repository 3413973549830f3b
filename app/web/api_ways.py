"""HTTP API: the whole way of an order or of a driver, with no more points than a map can show."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from app.tracking.replay import Page, Read
from app.tracking.ways import WayReading
from app.web import shapes
from app.web.answers import REFUSALS
from app.web.api_positions import MAX_TIME, TIME, moment_of
from app.web.errors import JsonResponse
from app.web.guard import With
from app.web.replay_lines import MILLI, places_of
from app.web.routing import GuardedRoute
from app.web.rules import V1

router: Final = APIRouter(
    prefix=V1, route_class=GuardedRoute, tags=["positions"], responses=REFUSALS
)

Since = Annotated[str | None, Query(alias="from", max_length=MAX_TIME, description=TIME)]


@router.get("/orders/{order_id}/way", response_model=shapes.WayShape)
async def order_way(services: With, order_id: str) -> Response:
    """The way of an order from its begin, with its pick-up and its destination."""
    order = await services.store.orders.get(order_id)

    async def read(cursor: str | None, limit: int) -> Page:
        return await services.store.positions.of_order(order.num, None, None, cursor, limit)

    return JsonResponse(await _way(read, places_of(order)))


@router.get("/drivers/{driver_id}/way", response_model=shapes.WayShape)
async def driver_way(services: With, driver_id: str, begin: Since = None) -> Response:
    """The way of a driver since a time."""
    driver = await services.store.drivers.get(driver_id)
    since = moment_of(begin, "from")

    async def read(cursor: str | None, limit: int) -> Page:
        return await services.store.positions.of_driver(driver.num, since, None, cursor, limit)

    return JsonResponse(await _way(read, []))


async def _way(read: Read, places: list[shapes.WayPlace]) -> shapes.WayShape:
    way = WayReading(read)
    await way.read()
    thin, reading = way.thin, way.reading
    count = reading.track.count
    return {
        "places": places,
        "points": [(fix.at // MILLI, round(fix.lat, 6), round(fix.lng, 6)) for fix in thin.points],
        "gaps": thin.gaps,
        "metres": round(reading.track.metres),
        "count": count,
        "leftOut": reading.left_out,
        "within": thin.within if len(thin.points) < count else 0,
        "more": reading.more,
    }
