"""The customer's page: one order, one map, one sentence, all of it in the first HTML.

From then on static/track.js follows the order on its own socket. NiceGUI brings the map and
nothing else: no live data goes through it, its scripts are left out, and the server forgets its
side of the page as soon as the HTML is written (promises, N8 and N18).
"""

from math import ceil
from typing import Any, Final
from urllib.parse import quote, urlsplit

from nicegui import Client, ui
from nicegui import app as pages
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from app import STATIC
from app.domain.errors import OnthewayError
from app.domain.times import to_datetime
from app.tracking.follow import TrackPage
from app.tracking.services import Services
from app.ui.kit.look import logo_url, own_colour
from app.ui.kit.map import MAP_SCRIPTS
from app.ui.kit.message import TEMPLATES, message_response
from app.ui.track.calendar import MEDIA_TYPE, event
from app.ui.track.known import data, seen
from app.ui.track.language import LANGUAGES, Speech, choose
from app.ui.track.lean import lean
from app.ui.track.manifest import MEDIA_TYPE as MANIFEST_TYPE
from app.ui.track.manifest import manifest
from app.ui.track.maps import maps_link
from app.ui.track.times import Times
from app.ui.track.view import view

SCRIPTS: Final = (
    "track-state",
    "track-words",
    "track-sheet",
    "track-map",
    "track-actions",
    "connection",
    *MAP_SCRIPTS,
)
"""What track.js imports: named in the head, so that the browser gets all of it at once."""

STYLES: Final = "".join((STATIC / f"{name}.css").read_text() for name in ("ontheway", "track"))
"""In the first HTML, so that the sentence is painted before anything else is loaded."""
HEAD: Final = (
    '<meta name="robots" content="noindex, nofollow">'
    '<meta name="referrer" content="strict-origin">'
    '<link rel="icon" href="/static/icons/favicon.svg" type="image/svg+xml">'
    f"<style>{STYLES}</style>"
    + "".join(
        f'<link rel="modulepreload" fetchpriority="low" href="/static/{name}.js">'
        for name in SCRIPTS
    )
)
BY_LANGUAGE: Final = {"Vary": "Accept-Language"}


def create(services: Services) -> None:
    """Register `/track/{token}`, its event for calendars and its home-screen manifest."""

    @ui.page(
        "/track/{token}",
        viewport="width=device-width, initial-scale=1, viewport-fit=cover",
        dark=None,
        language=None,
        markdown=False,
    )
    async def track(token: str, request: Request, client: Client) -> Response:
        try:
            page = await _find(services, token, request)
            speech = speech_of(request)
            _build(page, services, speech, request)
            html = bytes(client.build_response(request).body).decode()
            shown = lean(html, tag=speech.tag, direction=speech.direction)
            return HTMLResponse(shown, headers=BY_LANGUAGE)
        except OnthewayError as error:
            return refusal(error, request)
        finally:
            if not client.is_deleted:  # NiceGUI deletes it when this takes too long
                client.delete()

    @pages.get("/track/{token}/calendar.ics")
    async def calendar(token: str, request: Request) -> Response:
        try:
            page = await _find(services, token, request)
        except OnthewayError as error:
            return refusal(error, request)
        speech, now = speech_of(request), services.now()
        when = page.window or seen(page, services.look).coming(now)
        if when is None:
            return _never(speech)
        home = services.look.public_url
        title = speech.words["page"]["event"].format(shop=services.look.business_name)
        place = page.destination.address if page.destination else None
        body = event(
            uid=f"{page.order_id}@{urlsplit(home).hostname}",
            now=now,
            when=when,
            summary=title,
            place=place,
            url=f"{home}/track/{quote(token, safe='')}",
        )
        headers = {**BY_LANGUAGE, "Content-Disposition": f'inline; filename="{page.order_id}.ics"'}
        return Response(body, headers=headers, media_type=MEDIA_TYPE)

    @pages.get("/track/{token}/app.webmanifest")
    async def home_screen(token: str, request: Request) -> Response:
        try:
            await _find(services, token, request)
        except OnthewayError as error:
            return refusal(error, request)
        look = services.look
        body = manifest(
            speech_of(request),
            path=f"/track/{quote(token, safe='')}",
            language=chosen_language(request),
            shop=look.business_name,
            colour=look.preferences.current.colour,
        )
        return JSONResponse(body, headers=BY_LANGUAGE, media_type=MANIFEST_TYPE)


async def _find(services: Services, token: str, request: Request) -> TrackPage:
    address = request.client.host if request.client else None
    try:
        return await services.customer.page(token, address)
    except OnthewayError as error:
        services.monitor.refused("page", address, error.code)
        raise


def speech_of(request: Request) -> Speech:
    """The language of the reader: what he chose, else what his browser prefers."""
    return choose(request.headers.get("accept-language"), request.query_params.get("lang"))


def chosen_language(request: Request) -> str | None:
    """The language that the reader chose by the page's list, if he did."""
    asked = request.query_params.get("lang")
    return asked if asked in LANGUAGES else None


def refusal(error: OnthewayError, request: Request) -> Response:
    """What never was a link gets one text; only the bearer of one is told that it ended."""
    speech = speech_of(request)
    if error.code in {"revoked", "expired"}:
        words = speech.words
        return _message(410, words["sentences"]["ended"], words["more"]["ended"], speech)
    if error.code in {"not_authenticated", "not_found"}:
        return _never(speech)
    if error.code == "too_many":
        return _blocked(error)
    raise error


def _blocked(error: OnthewayError) -> Response:
    """The staff shut this link out for a while, which no customer in good faith gets to see."""
    response = message_response(429, "This page is blocked.", "Please come again later.")
    response.headers["Retry-After"] = str(ceil(error.retry_after or 1))
    return response


def _never(speech: Speech) -> Response:
    words = speech.words["refusals"]
    return _message(404, words["never"], words["never_more"], speech)


def _message(status: int, title: str, text: str, speech: Speech) -> Response:
    response = message_response(
        status, title, text, language=speech.tag, direction=speech.direction
    )
    response.headers.update(BY_LANGUAGE)
    return response


def _build(page: TrackPage, services: Services, speech: Speech, request: Request) -> None:
    """Put the rendered page into NiceGUI's; nothing of it needs NiceGUI later."""
    look, now = services.look, services.now()
    today = to_datetime(now).astimezone(look.timezone).date()
    times = Times(speech.locale, look.timezone, today)
    shown = view(seen(page, look), speech, times, now)
    ways = _ways(page, request)
    ui.add_head_html(HEAD + own_colour(look.preferences.current.colour))
    if not is_embedded(request):
        ui.add_head_html(
            f'<link rel="manifest" href="{ways["manifest"]}">'
            '<link rel="apple-touch-icon" href="/static/icons/app-180.png">'
        )
    ui.page_title("".join(text for _, text in shown["sentence"]))
    ui.add_body_html(
        TEMPLATES.get_template("track.html").render(
            **shown,
            **ways,
            speech=speech,
            words=speech.words,
            languages=LANGUAGES,
            embed=is_embedded(request),
            logo=logo_url(look.preferences.current.logo),
            data=data(page, look, speech, now),
        )
    )


def is_embedded(request: Request) -> bool:
    """Whether the small version is wanted, for another page's frame."""
    return request.query_params.get("embed") == "1"


def _ways(page: TrackPage, request: Request) -> dict[str, Any]:
    """Where the page's links lead."""
    token = quote(request.path_params["token"], safe="")
    agent = request.headers.get("user-agent", "")
    language = chosen_language(request)
    return {
        "path": f"/track/{token}",
        "manifest": f"/track/{token}/app.webmanifest" + (f"?lang={language}" if language else ""),
        "maps": maps_link(page.destination, agent) if page.destination else None,
    }
