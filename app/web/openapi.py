"""The machine-readable description of the API, for staff and programs."""

from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from app import __version__
from app.protocol.cookies import PLAIN
from app.web.answers import REFUSALS
from app.web.errors import JsonResponse
from app.web.routing import GuardedRoute
from app.web.shapes import ErrorAnswer

ABOUT: Final = "Orders, drivers and positions of Ontheway. Times are RFC 3339 in UTC."

router: Final = APIRouter(route_class=GuardedRoute, include_in_schema=False, responses=REFUSALS)


@router.get("/api/openapi.json")
async def openapi(request: Request) -> Response:
    """OpenAPI 3.1."""
    return JsonResponse(request.app.openapi())


def describe(api: FastAPI) -> dict[str, Any]:
    """The description of ``api``."""
    schema = get_openapi(
        title="Ontheway", version=__version__, description=ABOUT, routes=api.routes
    )
    schema["components"]["schemas"] |= _schemas(ErrorAnswer)
    schema["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key."},
        "session": {"type": "apiKey", "in": "cookie", "name": PLAIN},
    }
    schema["security"] = [{"key": []}, {"session": []}]
    return schema


def _schemas(shape: type[Any]) -> dict[str, Any]:
    """The schema of ``shape`` and of what it is made of, each by its name."""
    whole = TypeAdapter(shape).json_schema(ref_template="#/components/schemas/{model}")
    parts: dict[str, Any] = whole.pop("$defs", {})
    return {shape.__name__: whole, **parts}
