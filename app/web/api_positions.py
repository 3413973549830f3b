"""HTTP API: the recorded positions of an order or a driver, as pages or as a file."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Response
from starlette.responses import StreamingResponse

from app.domain.errors import OnthewayError
from app.domain.times import parse_time
from app.tracking.records import StoredPosition
from app.web import render, shapes
from app.web.answers import REFUSALS
from app.web.errors import JsonResponse
from app.web.exports import FORMATS, write
from app.web.guard import With
from app.web.paging import MOST_POSITIONS, USUAL_POSITIONS, Cursor, listed
from app.web.routing import GuardedRoute
from app.web.rules import V1

PER_READ: Final = 1_000
MAX_TIME: Final = 64
TIME: Final = "Time: RFC 3339, or epoch seconds or milliseconds."
LIMIT: Final = f"So many at most; without it {USUAL_POSITIONS} in JSON, and all in a file."
FILES: Final[dict[str, Any]] = {
    "description": "A page of positions, or a file.",
    "content": {
        kind.media_type.partition(";")[0]: {"schema": {"type": "string"}}
        for kind in FORMATS.values()
    },
}
"""What comes besides JSON, for OpenAPI."""
_LOST_PLUS: Final = re.compile(r" (\d\d:?\d\d)$", re.ASCII)

Page = tuple[list[StoredPosition], str | None]
Read = Callable[[str | None, int], Awaitable[Page]]
"""Reads a page after a cursor, of so many at most."""

router: Final = APIRouter(
    prefix=V1, route_class=GuardedRoute, tags=["positions"], responses=REFUSALS
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which positions, and how; times in microseconds."""

    since: int | None
    until: int | None
    limit: int | None
    cursor: str | None
    kind: str


async def wanted_of(
    begin: Annotated[str | None, Query(alias="from", max_length=MAX_TIME, description=TIME)] = None,
    end: Annotated[str | None, Query(alias="to", max_length=MAX_TIME, description=TIME)] = None,
    limit: Annotated[int | None, Query(ge=1, le=MOST_POSITIONS, description=LIMIT)] = None,
    cursor: Cursor = None,
    kind: Annotated[Literal["json", "geojson", "gpx", "csv"], Query(alias="format")] = "json",
) -> Wanted:
    """What the query asks for."""
    return Wanted(moment_of(begin, "from"), moment_of(end, "to"), limit, cursor or None, kind)


Asked = Annotated[Wanted, Depends(wanted_of)]


def moment_of(text: str | None, field: str) -> int | None:
    """A time of a query in microseconds, None for none; ``invalid_field``."""
    if not text:
        return None
    try:
        return parse_time(_number(text) or _LOST_PLUS.sub(r"+\1", text))
    except (ValueError, OverflowError):
        sentence = f"{field} must be a time: RFC 3339, or epoch seconds or milliseconds."
        raise OnthewayError("invalid_field", sentence, field=field) from None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,20}(\.\d{1,9})?", text, re.ASCII) else None


@router.get(
    "/orders/{order_id}/positions", response_model=shapes.PositionPage, responses={200: FILES}
)
async def order_positions(services: With, order_id: str, wanted: Asked) -> Response:
    """The positions of an order, by time; other formats come as a file."""
    order = await services.store.orders.get(order_id)

    async def read(cursor: str | None, limit: int) -> Page:
        return await services.store.positions.of_order(
            order.num, wanted.since, wanted.until, cursor, limit
        )

    return await _answer(wanted, read, f"order-{order.id}", f"Order {order.id}")


@router.get(
    "/drivers/{driver_id}/positions", response_model=shapes.PositionPage, responses={200: FILES}
)
async def driver_positions(services: With, driver_id: str, wanted: Asked) -> Response:
    """The positions of a driver, by time; other formats come as a file."""
    driver = await services.store.drivers.get(driver_id)

    async def read(cursor: str | None, limit: int) -> Page:
        return await services.store.positions.of_driver(
            driver.num, wanted.since, wanted.until, cursor, limit
        )

    return await _answer(wanted, read, f"driver-{driver.id}", driver.name)


async def _answer(wanted: Wanted, read: Read, file_name: str, title: str) -> Response:
    kind = FORMATS.get(wanted.kind)
    if kind is None:
        items, following = await read(wanted.cursor, wanted.limit or USUAL_POSITIONS)
        return JsonResponse(listed([render.position(item) for item in items], following))
    # The first page is read before the answer begins, so that a refusal is still one.
    most = wanted.limit
    first = await read(wanted.cursor, PER_READ if most is None else most)
    pages = _pages(read, first, only_one=most is not None)
    headers = {"Content-Disposition": f'attachment; filename="{file_name}.{kind.suffix}"'}
    return StreamingResponse(write(kind, title, pages), media_type=kind.media_type, headers=headers)


async def _pages(
    read: Read, first: Page, *, only_one: bool
) -> AsyncIterator[Sequence[StoredPosition]]:
    items, following = first
    yield items
    while following is not None and not only_one:
        items, following = await read(following, PER_READ)
        yield items
