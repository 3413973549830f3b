"""Is it alive, can it store, and numbers: open without details, more for insiders."""

import asyncio
from ipaddress import ip_address
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from app import __version__
from app.domain.access import Action
from app.domain.errors import OnthewayError, unavailable
from app.tracking.services import Services
from app.web.counts import CONTENT_TYPE, Counts
from app.web.errors import JsonResponse
from app.web.guard import PLEASE, With, find_caller, services_of
from app.web.proxies import was_proxied

KEPT: Final = 1.0
"""Seconds for which a look at the store counts: anybody may ask."""

router: Final = APIRouter(include_in_schema=False)


class Health:
    """Looks at the store at most once a second, however many ask."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._counts = Counts(services)
        self._looked_at: float | None = None
        self._healthy = False
        self._lock = asyncio.Lock()

    async def ready(self) -> bool:
        """Whether a write is kept at the moment."""
        async with self._lock:
            now = self._services.monotonic()
            if self._looked_at is None or now - self._looked_at > KEPT:
                self._healthy = await self._services.store.healthy()
                self._looked_at = now
            return self._healthy

    async def metrics(self) -> bytes:
        """The numbers, in Prometheus' text format."""
        self._counts.store_healthy = await self.ready()
        return self._counts.text()


def _health_of(request: Request) -> Health:
    health: Health = request.app.state.health
    return health


@router.get("/healthz")
async def alive() -> Response:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@router.get("/readyz")
async def ready(request: Request, services: With) -> Response:
    """It can store: 200, else 503."""
    good = await _health_of(request).ready()
    answer: dict[str, Any] = {"status": "ready"}
    if not good:
        refusal = unavailable()
        answer = {"error": {"code": refusal.code, "message": refusal.message}}
    if await _is_insider(request):
        answer["details"] = _details(services, good=good)
    return JsonResponse(answer, 200 if good else 503)


def _details(services: Services, *, good: bool) -> dict[str, Any]:
    return {
        "store": "ok" if good else "cannot store",
        "version": __version__,
        "connections": len(services.monitor.connections()),
        "driversOnline": services.hub.drivers_online(),
    }


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Numbers for Prometheus."""
    if not await _is_insider(request):
        raise OnthewayError("not_authenticated", PLEASE)
    return Response(await _health_of(request).metrics(), media_type=CONTENT_TYPE)


async def _is_insider(request: Request) -> bool:
    """An API key or somebody signed in; or this machine itself, without a proxy between."""
    if "authorization" not in request.headers and _is_local(request):
        return True
    caller = await find_caller(request)
    if caller is None:
        return False
    services_of(request).api_rates.require((caller.actor.kind, caller.actor.num))
    return caller.actor.may(Action.READ)


def _is_local(request: Request) -> bool:
    if was_proxied(request.scope) or request.client is None:
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
