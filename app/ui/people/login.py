"""The sign-in page: a plain form that works without script; `POST /login` makes the session."""

from typing import Final

from fastapi.responses import HTMLResponse
from nicegui import app
from starlette.requests import Request

from app.tracking.services import Services
from app.ui.kit.message import PRIVATE_HEADERS, TEMPLATES

SENTENCES: Final = {
    "ended": "You were signed out. Please sign in again.",
    "not_authenticated": "The name or the password is wrong.",
    "too_many": "Too many tries. Please wait {wait} and try again.",
}


def create(services: Services) -> None:
    """Register `/login`."""

    @app.get("/login", include_in_schema=False)
    async def login(request: Request) -> HTMLResponse:
        query = request.query_params
        sentence = SENTENCES.get(query.get("error", ""), "")
        html = TEMPLATES.get_template("login.html").render(
            business=services.look.business_name,
            error=sentence.format(wait=_wait(query.get("wait", ""))),
            following=query.get("next", "/admin"),
        )
        return HTMLResponse(html, headers=PRIVATE_HEADERS)


def _wait(seconds: str) -> str:
    """How long, as people say it."""
    count = min(int(seconds), 86_400) if seconds.isascii() and seconds.isdigit() else 0
    if count < 60:
        return "a minute" if count == 0 else f"{count} seconds"
    minutes = -(-count // 60)
    return "a minute" if minutes == 1 else f"{minutes} minutes"
