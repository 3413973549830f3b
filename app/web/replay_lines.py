"""The past as lines of JSON, compact enough for a browser to play: what comes first, the fixes
piece by piece, and at the end what the track says of itself.

Times are milliseconds since the epoch, in the fleet's rows milliseconds from its begin; degrees
are rounded to a decimetre, in the fleet's to a metre.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import msgspec

from app.domain.times import SECOND
from app.tracking.records import Driver, Order, OrderEvent, Spotted, StoredPosition
from app.tracking.replay import Fixes, FleetReading, TrackReading
from app.web.shapes import WayPlace

LINES: Final = "application/x-ndjson"
MILLI: Final = 1_000
"""Microseconds."""

Begin = dict[str, Any]


def order_begin(
    order: Order, events: Sequence[OrderEvent], had: Sequence[tuple[int, Driver]]
) -> Begin:
    """What is known of an order besides its track; ``had``: who brought it, each from when on."""
    customer = order.details.customer.name if order.details.customer else None
    return {
        "kind": "order",
        "id": order.id,
        "name": customer,
        "drivers": [[at // MILLI, driver.name] for at, driver in had],
        "places": places_of(order),
        "events": [[event.at // MILLI, event.status] for event in events],
    }


def driver_begin(driver: Driver) -> Begin:
    """What is known of a driver besides his track."""
    about = {"kind": "driver", "id": driver.id, "name": driver.name}
    return {**about, "drivers": [[0, driver.name]], "places": [], "events": []}


def places_of(order: Order) -> list[WayPlace]:
    """Where it comes from and goes to, as far as a map can show it."""
    details = order.details
    places = [_place("bag", details.pickup), _place("door", details.destination)]
    return [place for place in places if place]


def _place(kind: str, spotted: Spotted | None) -> WayPlace | None:
    if spotted is None or spotted.place is None:
        return None
    lat, lng = spotted.place
    return {"kind": kind, "lat": lat, "lng": lng, "address": spotted.address}


async def track_lines(
    begin: Begin, since: int | None, until: int, reading: TrackReading
) -> AsyncIterator[bytes]:
    """One track: "begin", any number of "fixes", "end"."""
    span = {"since": None if since is None else since // MILLI, "until": until // MILLI}
    yield _line("begin", **begin, **span)
    async for piece in reading.pieces():
        yield await asyncio.to_thread(_fixes_line, piece)
    track = reading.track
    yield _line(
        "end",
        gaps=track.gaps,
        stops=[
            [stop.begin // MILLI, stop.end // MILLI, round(stop.lat, 6), round(stop.lng, 6)]
            for stop in track.stops
        ],
        metres=round(track.metres),
        leftOut=reading.left_out,
        more=reading.more,
    )


def _fixes_line(piece: Sequence[StoredPosition]) -> bytes:
    rows = [
        [
            fix.at // MILLI,
            round(fix.lat, 6),
            round(fix.lng, 6),
            _rounded(fix.speed, 2),
            _rounded(fix.heading, 0),
            _rounded(fix.accuracy, 1),
        ]
        for fix in piece
    ]
    return _line("fixes", rows=rows)


async def fleet_lines(reading: FleetReading) -> AsyncIterator[bytes]:
    """The fleet: "begin" with where everybody was, "drivers" with what was around it, "end" with
    when somebody was at work next."""
    yield await asyncio.to_thread(_fleet_begin, reading)
    done = 0
    async for piece in reading.pieces():
        done += 1
        rows = await asyncio.to_thread(_driver_rows, piece, reading.begin)
        yield _line("drivers", piece=done, rows=rows)
    following = await reading.following()
    yield _line("end", next=None if following is None else following // MILLI)


def _fleet_begin(reading: FleetReading) -> bytes:
    return _line(
        "begin",
        kind="fleet",
        at=reading.moment // MILLI,
        since=reading.begin // MILLI,
        until=reading.end // MILLI,
        step=reading.step // SECOND,
        pieces=reading.count,
        rows=_driver_rows(reading.here, reading.begin),
    )


def _driver_rows(fixes: Fixes, begin: int) -> list[list[Any]]:
    """[id, name, [[time, lat, lng, heading, speed], …]] of each."""
    return [
        [
            driver.id,
            driver.name,
            [
                [
                    (fix.at - begin) // MILLI,
                    round(fix.lat, 5),
                    round(fix.lng, 5),
                    _rounded(fix.heading, 0),
                    _rounded(fix.speed, 1),
                ]
                for fix in found
            ],
        ]
        for driver, found in fixes
    ]


def _rounded(value: float | None, digits: int) -> float | None:
    if value is None:
        return None
    return round(value, digits) if digits else int(value)


def _line(kind: str, /, **facts: Any) -> bytes:
    return msgspec.json.encode({"type": kind, **facts}) + b"\n"
