"""The HTTP side in one piece: routes, refusals, and what every request passes on its way in.

The pages are mounted behind it by the composition; sockets do not come through here.
"""

from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from app.tracking.services import Services
from app.tracking.throttle import Buckets
from app.web import (
    admin,
    api_activity,
    api_fleet,
    api_orders,
    api_positions,
    api_replay,
    api_talk,
    api_ways,
    customer,
    driver_proof,
    errors,
    health,
    ingest,
    logo,
    openapi,
    orders_file,
    static,
    uploads,
)
from app.web.body_limit import BodyLimit
from app.web.failures import Failures
from app.web.guard import GUESSES
from app.web.headers import SafeHeaders
from app.web.known import Known
from app.web.proxies import Proxies
from app.web.shut_out import Page, ShutOut
from app.web.socket_origin import SocketOrigin

ROUTERS = (
    api_orders.router,
    orders_file.router,
    api_talk.router,
    api_positions.router,
    api_replay.router,
    api_ways.router,
    api_fleet.router,
    api_activity.router,
    admin.command,
    admin.signing,
    health.router,
    ingest.router,
    driver_proof.router,
    customer.router,
    openapi.router,
    logo.router,
    static.router,
)


class Api(FastAPI):
    """FastAPI with our description of it."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.describe(self)
        return self.openapi_schema


def create_api(
    services: Services,
    trusted_proxies: frozenset[str] = frozenset(),
    blocked_page: Page = errors.error_response,
) -> FastAPI:
    """The application without pages; ``trusted_proxies`` are addresses or networks,
    ``blocked_page`` is for browsers at an address that is blocked."""
    api = Api(
        title="Ontheway",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    api.state.services = services
    api.state.guesses = Buckets(GUESSES, services.monotonic)
    api.state.uploads = uploads.Uploads()
    api.state.health = health.Health(services)
    errors.install(api)
    for router in ROUTERS:
        api.include_router(router)
    api.mount("/static", static.files(), name="static")
    _wrap(api, services, trusted_proxies, blocked_page)
    return api


def _wrap(
    api: FastAPI, services: Services, trusted_proxies: frozenset[str], blocked_page: Page
) -> None:
    """What a request passes, from the inside out: the last one added sees it first."""
    api.add_middleware(Known)
    api.add_middleware(SocketOrigin, public_url=services.look.public_url)
    api.add_middleware(
        BodyLimit, most=services.limits.body_bytes, upload=services.limits.upload_bytes
    )
    api.add_middleware(ShutOut, blocks=services.monitor.blocks, page=blocked_page)
    api.add_middleware(Proxies, trusted=trusted_proxies)
    api.add_middleware(Failures)
    api.add_middleware(SafeHeaders, look=services.look)
    api.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    api.add_middleware(ingest.Phones, services=services, trusted=trusted_proxies)
