"""The orders as a file: all that fit a filter, as CSV, for people signed in and for programs."""

from datetime import date, tzinfo
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Query, Response
from starlette.responses import StreamingResponse

from app.domain.days import span_of
from app.domain.errors import OnthewayError
from app.domain.times import to_datetime
from app.tracking.insights import EARLIEST, LATEST
from app.tracking.lateness import late_orders
from app.tracking.records import OrderFilter
from app.tracking.services import Services
from app.web.answers import REFUSALS
from app.web.api_orders import OfDriver, Statuses, Text, statuses_of
from app.web.guard import Who, With
from app.web.routing import GuardedRoute

FirstDay = Annotated[
    str | None,
    Query(
        alias="from",
        max_length=10,
        description="First day, such as 2026-11-25, in the time zone: the day an order is promised "
        "for, else the one it was made on.",
    ),
]
LastDay = Annotated[str | None, Query(alias="to", max_length=10, description="Last day.")]

router = APIRouter(route_class=GuardedRoute, tags=["orders"], responses=REFUSALS)

CSV = {"description": "The file.", "content": {"text/csv": {"schema": {"type": "string"}}}}


@router.get("/admin/orders.csv", response_class=Response, responses={200: CSV})
async def export_orders(
    services: With,
    who: Who,
    status: Statuses = None,
    driver_id: OfDriver = None,
    q: Text = None,
    first: FirstDay = None,
    last: LastDay = None,
    late: Annotated[bool, Query(description="Only open orders that are late now.")] = False,
    tz: Annotated[
        str | None,
        Query(max_length=64, description="Time zone, such as Europe/Berlin; else the business's."),
    ] = None,
) -> Response:
    """All orders that fit, newest first, as CSV in UTF-8."""
    zone = _zone(tz) if tz else services.look.timezone
    wanted = OrderFilter(
        statuses=statuses_of(status or []),
        driver_id=driver_id or None,
        text=q or None,
        during=_during(first, last, zone),
        nums=await _late(services) if late else None,
    )
    pieces = await services.order_files.write(wanted, zone)
    services.monitor.note("order.exported", who, detail={"q": wanted.text} if wanted.text else {})
    day = to_datetime(services.now()).astimezone(zone).date()
    headers = {"Content-Disposition": f'attachment; filename="orders-{day}.csv"'}
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)


async def _late(services: Services) -> frozenset[int]:
    thresholds = services.preferences.current.thresholds
    return await late_orders(services.board, services.now, thresholds)


def _during(first: str | None, last: str | None, zone: tzinfo) -> tuple[int, int] | None:
    """The time of these days; only one of them is that day alone."""
    begin, end = _day(first, "from"), _day(last, "to")
    begin, end = begin or end, end or begin
    if begin is None or end is None:
        return None
    if end < begin:
        raise _wrong("to", "to must not be before from.")
    return span_of(begin, end, zone)


def _day(text: str | None, field: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not EARLIEST <= day <= LATEST:
        raise _wrong(field, f"{field} must be a day from {EARLIEST} to {LATEST}.")
    return day


def _wrong(field: str, sentence: str) -> OnthewayError:
    return OnthewayError("invalid_field", sentence, field=field)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        sentence = "tz must be a time zone, such as Europe/Berlin."
        raise OnthewayError("invalid_field", sentence, field="tz") from None
