"""A plain page that says one thing: what is not here, what has ended, what went wrong.

Knows no service and needs no script, so that it works when nothing else does.
"""

from math import ceil
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader
from starlette.responses import HTMLResponse

from app.domain.errors import OnthewayError

TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)

PRIVATE_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


def message_response(
    status: int,
    title: str,
    text: str,
    *,
    language: str = "en",
    direction: str = "ltr",
    staff: bool = False,
    shop: str | None = None,
    logo: str | None = None,
) -> HTMLResponse:
    """A page with ``title`` as its sentence and ``text`` below it; both are shown as text.

    ``staff``: with the way back to the dashboard. ``shop`` and ``logo`` (its address): the business
    that says it.
    """
    html = TEMPLATES.get_template("message.html").render(
        title=title,
        text=text,
        language=language,
        direction=direction,
        staff=staff,
        shop=shop,
        logo=logo,
    )
    return HTMLResponse(html, status_code=status, headers=PRIVATE_HEADERS)


def nothing_here(path: str) -> HTMLResponse:
    """The page for an address that leads nowhere."""
    text = "Please check the address, or ask whoever gave it to you."
    staff = path.startswith("/admin")
    return message_response(404, "This page does not exist.", text, staff=staff)


def blocked_page(error: OnthewayError) -> HTMLResponse:
    """The page for whom the staff shut out for a while: an address, or a customer's link."""
    response = message_response(429, "This page is blocked.", "Please come again later.")
    response.headers["Retry-After"] = str(ceil(error.retry_after or 1))
    return response
