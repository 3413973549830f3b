"""The people page."""

from starlette.requests import Request

from app.ui.visit import Visit
from app.ui.words import words


async def build(visit: Visit, request: Request) -> None:
    """Build the page."""
    words("p", f"{visit.actor.id} {request.url.path}")
