"""HTTP API: drivers and their tokens, live connections."""

from functools import partial
from typing import Final

from fastapi import APIRouter, Response

from app.tracking.records import DoneBefore
from app.tracking.services import Services
from app.web import bodies, render, shapes
from app.web.answers import (
    REFUSALS,
    driver_kept,
    driver_with_token,
    live_driver,
)
from app.web.errors import JsonResponse
from app.web.guard import Who, With
from app.web.once import Attempted, kept_answer
from app.web.paging import USUAL, Cursor, Limit, paged
from app.web.routing import GuardedRoute
from app.web.rules import V1

router: Final = APIRouter(prefix=V1, route_class=GuardedRoute, responses=REFUSALS)
DRIVERS: Final = ["drivers"]
OPERATION: Final = ["operation"]


@router.get("/drivers", response_model=shapes.DriverPage, tags=[*DRIVERS])
async def list_drivers(services: With, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """Drivers, by name."""
    drivers = [live.driver for live in services.board.drivers.values()]
    shown = partial(live_driver, services)
    return JsonResponse(
        paged(drivers, lambda one: (one.name.casefold(), one.id), shown, cursor, limit)
    )


@router.post("/drivers", status_code=201, response_model=shapes.DriverWithToken, tags=[*DRIVERS])
async def make_driver(
    services: With, who: Who, attempt: Attempted, body: bodies.DriverNew
) -> Response:
    """Make a driver; his token is shown this once."""
    once = attempt.once(201, driver_kept)
    vehicle, phone = body.vehicle or None, body.phone or None
    try:
        made = await services.fleet.create(body.name, vehicle, phone, who, once)
    except DoneBefore as before:
        return _again(services, before)
    return JsonResponse(driver_with_token(services, made.driver, made.token), 201)


@router.get("/drivers/{driver_id}", response_model=shapes.DriverShape, tags=[*DRIVERS])
async def get_driver(services: With, driver_id: str) -> Response:
    """One driver."""
    return JsonResponse(live_driver(services, await services.store.drivers.get(driver_id)))


@router.patch("/drivers/{driver_id}", response_model=shapes.DriverShape, tags=[*DRIVERS])
async def change_driver(
    services: With, who: Who, driver_id: str, body: bodies.DriverChanges
) -> Response:
    """Change a driver, or put him on or off duty."""
    driver = await services.store.drivers.get(driver_id)
    changes, duty = body.changes(), body.duty()
    if changes:
        driver = await services.fleet.edit(driver_id, changes, who)
    if duty is not None and duty != driver.on_duty:
        driver = await services.fleet.set_duty(driver.num, duty, who)
    return JsonResponse(live_driver(services, driver))


@router.delete("/drivers/{driver_id}", status_code=204, tags=[*DRIVERS])
async def remove_driver(services: With, who: Who, driver_id: str) -> Response:
    """Remove a driver without open orders: his token ends, his history stays."""
    await services.fleet.remove(driver_id, who)
    return Response(status_code=204)


@router.post("/drivers/{driver_id}/token", response_model=shapes.DriverWithToken, tags=[*DRIVERS])
async def rotate_token(services: With, who: Who, attempt: Attempted, driver_id: str) -> Response:
    """A new token, shown this once; the old one and its sockets end."""
    once = attempt.once(200, driver_kept)
    try:
        made = await services.fleet.rotate(driver_id, who, once)
    except DoneBefore as before:
        return _again(services, before)
    return JsonResponse(driver_with_token(services, made.driver, made.token))


def _again(services: Services, before: DoneBefore) -> Response:
    """The answer of then, without the token, with what is live now."""
    kept = kept_answer(before)
    live = services.board.driver_by_id(kept["id"])
    if live is not None:
        now = live_driver(services, live.driver)
        kept |= {"position": now["position"], "online": now["online"], "orders": now["orders"]}
    return JsonResponse(kept, before.status)


@router.get("/connections", response_model=shapes.ConnectionPage, tags=[*OPERATION])
async def list_connections(services: With, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """Open sockets, oldest first."""
    connections = services.monitor.connections()
    return JsonResponse(
        paged(connections, lambda one: (one.opened_at, one.id), render.connection, cursor, limit)
    )


@router.delete("/connections/{connection_id}", status_code=204, tags=[*OPERATION])
async def end_connection(services: With, who: Who, connection_id: str) -> Response:
    """Disconnect one; the program on the other side may come back."""
    services.monitor.disconnect(connection_id, who)
    return Response(status_code=204)
