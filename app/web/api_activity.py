"""HTTP API: the activity log, as pages or as a file."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from starlette.responses import StreamingResponse

from app.protocol.csv_text import lines
from app.tracking.records import Activity, ActivityFilter
from app.tracking.services import Services
from app.web import render, shapes
from app.web.answers import REFUSALS
from app.web.api_positions import MAX_TIME, TIME, moment_of
from app.web.errors import JsonResponse
from app.web.guard import With
from app.web.paging import USUAL, Cursor, Limit, listed
from app.web.routing import GuardedRoute
from app.web.rules import V1

MAX_WORD: Final = 256
MOST_WORDS: Final = 50
PER_READ: Final = 2_000
"""Lines of a file that are read at once."""
COLUMNS: Final = ("at", "kind", "actorKind", "actorId", "address", "subject", "detail")
FILE: Final[dict[str, Any]] = {
    "description": "A page of the log, or a file of all that fits.",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}

router: Final = APIRouter(
    prefix=V1, route_class=GuardedRoute, tags=["operation"], responses=REFUSALS
)
Words = Annotated[list[Annotated[str, Query(max_length=MAX_WORD)]], Query(max_length=MOST_WORDS)]
Time = Annotated[str | None, Query(max_length=MAX_TIME, description=TIME)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines, and how."""

    lines: ActivityFilter
    kind: str


async def wanted_of(
    person: Annotated[Words, Query(description="Ids of users, keys, drivers; any of them.")] = [],  # noqa: B006 (FastAPI's way)
    kind: Annotated[Words, Query(description="Kinds such as order.status; any of them.")] = [],  # noqa: B006
    order: Annotated[
        str | None, Query(max_length=MAX_WORD, description="What it is about.")
    ] = None,
    begin: Annotated[Time, Query(alias="from")] = None,
    end: Annotated[Time, Query(alias="to")] = None,
    form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
) -> Wanted:
    """What the query asks for."""
    lines = ActivityFilter(
        kinds=frozenset(kind) or None,
        actors=frozenset(person) or None,
        subject=order or None,
        since=moment_of(begin, "from"),
        until=moment_of(end, "to"),
    )
    return Wanted(lines, form)


@router.get("/activity", response_model=shapes.ActivityPage, responses={200: FILE})
async def list_activity(
    services: With,
    wanted: Annotated[Wanted, Depends(wanted_of)],
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """What happened, newest first; as CSV all of it that fits."""
    if wanted.kind == "csv":
        return await _file(services, wanted.lines)
    entries, following = await services.store.activity.page(cursor or None, limit, wanted.lines)
    return JsonResponse(listed([render.activity(entry) for entry in entries], following))


async def _file(services: Services, wanted: ActivityFilter) -> Response:
    # The first page is read before the answer begins, so that a refusal is still one.
    first = await services.store.activity.page(None, PER_READ, wanted)
    headers = {"Content-Disposition": 'attachment; filename="activity.csv"'}
    pieces = _pieces(services, wanted, *first)
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)


async def _pieces(
    services: Services, wanted: ActivityFilter, entries: list[Activity], following: str | None
) -> AsyncIterator[str]:
    yield lines([COLUMNS])
    while True:
        # Some hundred lines take some milliseconds: not on the event loop.
        yield await asyncio.to_thread(_lines, entries)
        if following is None:
            return
        entries, following = await services.store.activity.page(following, PER_READ, wanted)


def _lines(entries: Sequence[Activity]) -> str:
    return lines(_row(entry) for entry in entries)


def _row(entry: Activity) -> list[object]:
    shape = render.activity(entry)
    actor, detail = shape["actor"], shape["detail"]
    return [
        shape["at"],
        shape["kind"],
        actor["kind"],
        actor["id"],
        shape["address"] or "",
        shape["subject"] or "",
        msgspec.json.encode(detail).decode() if detail else "",
    ]
