"""HTTP API: the past for the replay, streamed as lines of JSON, or as a file of just the same."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Response
from starlette.responses import StreamingResponse

from app.domain.errors import OnthewayError
from app.domain.order import is_order_id
from app.domain.times import HOUR, SECOND, format_time
from app.tracking.records import Driver, Order, OrderFilter
from app.tracking.replay import LONGEST, FleetReading, Page, TrackReading
from app.tracking.services import Services
from app.web import replay_lines, shapes
from app.web.answers import REFUSALS
from app.web.api_positions import MAX_TIME, TIME, moment_of
from app.web.errors import JsonResponse
from app.web.exports import FORMATS
from app.web.guard import With
from app.web.paging import listed
from app.web.replay_files import File, fleet_file, track_file
from app.web.replay_lines import LINES
from app.web.routing import GuardedRoute
from app.web.rules import V1

MAX_SEARCH: Final = 200
SUGGESTED: Final = 8
"""Orders, and drivers, that a search names at most."""
MOST_EVENTS: Final = 500
PAST: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Lines of JSON, or a file.",
        "content": {
            kind: {"schema": {"type": "string"}}
            for kind in (
                LINES,
                *(form.media_type.partition(";")[0] for form in FORMATS.values()),
            )
        },
    }
}

router: Final = APIRouter(
    prefix=f"{V1}/replay", route_class=GuardedRoute, tags=["replay"], responses=REFUSALS
)

Time = Annotated[str | None, Query(max_length=MAX_TIME, description=TIME)]
Kind = Annotated[Literal["lines", "geojson", "gpx", "csv"], Query(alias="format")]


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, both within; microseconds."""

    since: int | None
    until: int


async def span_of(
    services: With,
    begin: Annotated[str | None, Query(alias="from", max_length=MAX_TIME, description=TIME)] = None,
    end: Annotated[str | None, Query(alias="to", max_length=MAX_TIME, description=TIME)] = None,
) -> Span:
    """What the query asks for; at most all there is now: what comes later is another past."""
    until, now = moment_of(end, "to"), services.now()
    return Span(moment_of(begin, "from"), now if until is None else min(until, now))


Asked = Annotated[Span, Depends(span_of)]


@router.get("/subjects", response_model=shapes.SubjectPage)
async def subjects(
    services: With,
    kind: Annotated[Literal["order", "driver"], Query()],
    q: Annotated[str, Query(max_length=MAX_SEARCH)] = "",
) -> Response:
    """Whose past there is: orders, newest first, or drivers by name, also removed ones."""
    text = q.strip()
    if kind == "order":
        orders = await _orders(services, text)
        return JsonResponse(listed([_order_subject(order) for order in orders], None))
    words = text.casefold()
    drivers = await services.store.tracks.drivers()
    found = [one for one in drivers if words in one.name.casefold() or words in one.id.casefold()]
    return JsonResponse(listed([_driver_subject(driver) for driver in found[:SUGGESTED]], None))


async def _orders(services: Services, text: str) -> list[Order]:
    """The order of just this number, if there is one, before those that fit."""
    wanted = OrderFilter(text=text or None)
    found, _ = await services.store.orders.page(wanted, None, SUGGESTED)
    if not is_order_id(text):
        return found
    with suppress(OnthewayError):
        exact = await services.store.orders.get(text)
        return [exact, *(order for order in found if order.num != exact.num)][:SUGGESTED]
    return found


def _order_subject(order: Order) -> shapes.SubjectShape:
    customer = order.details.customer
    name = customer.name if customer else None
    about = order.status.replace("_", " ")
    return {"id": order.id, "name": name, "about": about, "at": format_time(order.created_at)}


def _driver_subject(driver: Driver) -> shapes.SubjectShape:
    about = "removed" if driver.deleted_at is not None else driver.vehicle
    return {"id": driver.id, "name": driver.name, "about": about, "at": None}


@router.get("/orders/{order_id}", responses=PAST)
async def order_past(services: With, order_id: str, span: Asked, kind: Kind = "lines") -> Response:
    """The track of an order, the whole unless times are given."""
    order = await services.store.orders.get(order_id)

    async def read(cursor: str | None, limit: int) -> Page:
        return await services.store.positions.of_order(
            order.num, span.since, span.until, cursor, limit
        )

    reading = TrackReading(read)
    await reading.begin()
    if kind != "lines":
        return _sent(track_file(kind, f"order-{order.id}", f"Order {order.id}", reading))
    events = await services.store.orders.events(order.num, 0, MOST_EVENTS)
    had = await services.store.tracks.of_order(order.num)
    about = replay_lines.order_begin(order, events, had)
    return _streamed(replay_lines.track_lines(about, span.since, span.until, reading))


@router.get("/drivers/{driver_id}", responses=PAST)
async def driver_past(
    services: With, driver_id: str, span: Asked, kind: Kind = "lines"
) -> Response:
    """The track of a driver, also of one who was removed."""
    driver = await services.store.tracks.driver(driver_id)

    async def read(cursor: str | None, limit: int) -> Page:
        return await services.store.positions.of_driver(
            driver.num, span.since, span.until, cursor, limit
        )

    reading = TrackReading(read)
    await reading.begin()
    if kind != "lines":
        return _sent(track_file(kind, f"driver-{driver.id}", driver.name, reading))
    about = replay_lines.driver_begin(driver)
    return _streamed(replay_lines.track_lines(about, span.since, span.until, reading))


@router.get("/fleet", responses=PAST)
async def fleet_past(
    services: With, span: Asked, at: Time = None, kind: Kind = "lines"
) -> Response:
    """Where everybody was at a moment, and from when to when it is asked for; without a moment at
    the begin of that. Without a begin, some minutes before and after the moment; without both, now.
    """
    reading = _fleet_reading(services, moment_of(at, "at"), span)
    await reading.start()
    if kind != "lines":
        return _sent(fleet_file(kind, _stem(reading, span), reading))
    return _streamed(replay_lines.fleet_lines(reading))


def _fleet_reading(services: Services, moment: int | None, span: Span) -> FleetReading:
    tracks = services.store.tracks
    if span.since is None:
        return FleetReading(tracks, services.now() if moment is None else moment)
    if span.until - span.since > LONGEST:
        sentence = f"The fleet's past is at most {LONGEST // HOUR} hours long."
        raise OnthewayError("invalid_field", sentence, field="to")
    wanted = span.since if moment is None else min(span.until, moment)
    return FleetReading(tracks, max(span.since, wanted), (span.since, span.until))


def _stem(reading: FleetReading, span: Span) -> str:
    ends = (reading.moment,) if span.since is None else (reading.begin, reading.end)
    times = [format_time(at // SECOND * SECOND)[:19].replace(":", "") for at in ends]
    return "-".join(["fleet", *(f"{time}Z" for time in times)])


def _streamed(lines: AsyncIterator[bytes]) -> Response:
    return StreamingResponse(lines, media_type=LINES)


def _sent(file: File) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return StreamingResponse(file.text, media_type=file.media_type, headers=headers)
