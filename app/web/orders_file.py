"""The orders as a file: all that fit a filter, as CSV, for people signed in and for programs."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Query, Response
from starlette.responses import StreamingResponse

from app.domain.errors import OnthewayError
from app.domain.times import to_datetime
from app.tracking.records import OrderFilter
from app.web.answers import REFUSALS
from app.web.api_orders import OfDriver, Statuses, Text, statuses_of
from app.web.guard import Who, With
from app.web.routing import GuardedRoute

router = APIRouter(route_class=GuardedRoute, tags=["orders"], responses=REFUSALS)

CSV = {"description": "The file.", "content": {"text/csv": {"schema": {"type": "string"}}}}


@router.get("/admin/orders.csv", response_class=Response, responses={200: CSV})
async def export_orders(
    services: With,
    who: Who,
    status: Statuses = None,
    driver_id: OfDriver = None,
    q: Text = None,
    tz: Annotated[
        str | None,
        Query(max_length=64, description="Time zone, such as Europe/Berlin; else the business's."),
    ] = None,
) -> Response:
    """All orders that fit, newest first, as CSV in UTF-8."""
    zone = _zone(tz) if tz else services.look.timezone
    wanted = OrderFilter(statuses_of(status or []), driver_id or None, q or None)
    pieces = await services.order_files.write(wanted, zone)
    services.monitor.note("order.exported", who, detail={"q": wanted.text} if wanted.text else {})
    day = to_datetime(services.now()).astimezone(zone).date()
    headers = {"Content-Disposition": f'attachment; filename="orders-{day}.csv"'}
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        sentence = "tz must be a time zone, such as Europe/Berlin."
        raise OnthewayError("invalid_field", sentence, field="tz") from None
