"""The customer's page: one order, one map, one sentence, all of it in the first HTML.

From then on static/track/track.js follows the order on its own socket. NiceGUI brings the map and
nothing else: no live data goes through it, static/track/order-map.js sets up what its element
describes, and the server forgets its side of the page as soon as the HTML is written (promises, N8
and N18).
"""

from typing import Any, Final
from urllib.parse import quote

from nicegui import Client, ui
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app import STATIC
from app.domain.errors import OnthewayError
from app.domain.times import to_datetime
from app.tracking.follow import TrackPage
from app.tracking.services import Services
from app.ui.kit.look import logo_url, own_colour
from app.ui.kit.message import TEMPLATES
from app.ui.kit.scripts import preloads
from app.ui.track import files
from app.ui.track.bearer import BY_LANGUAGE, chosen_language, find, refusal, speech_of
from app.ui.track.known import data, seen
from app.ui.track.language import LANGUAGES, Speech
from app.ui.track.lean import lean
from app.ui.track.maps import maps_link
from app.ui.track.times import Times
from app.ui.track.view import view

STYLES: Final = "".join(
    (STATIC / f"{name}.css").read_text() for name in ("shared/ontheway", "track/track")
)
"""In the first HTML, so that the sentence is painted before anything else is loaded."""
HEAD: Final = (
    '<meta name="robots" content="noindex, nofollow">'
    '<meta name="referrer" content="strict-origin">'
    '<link rel="icon" href="/static/icons/favicon.svg" type="image/svg+xml">'
    f"<style>{STYLES}</style>"
    + preloads("track/track.js", "track/order-map.js", more=' fetchpriority="low"')
)


def create(services: Services) -> None:
    """Register `/track/{token}` and what hangs on it."""
    files.create(services)

    @ui.page(
        "/track/{token}",
        viewport="width=device-width, initial-scale=1, viewport-fit=cover",
        dark=None,
        language=None,
        markdown=False,
    )
    async def track(token: str, request: Request, client: Client) -> Response:
        try:
            page = await find(services, token, request)
            speech = speech_of(request)
            _build(page, services, speech, request)
            html = bytes(client.build_response(request).body).decode()
            shown = lean(html, tag=speech.tag, direction=speech.direction)
            return HTMLResponse(shown, headers=BY_LANGUAGE)
        except OnthewayError as error:
            return refusal(error, request, services.look)
        finally:
            if not client.is_deleted:  # NiceGUI deletes it when this takes too long
                client.delete()


def _build(page: TrackPage, services: Services, speech: Speech, request: Request) -> None:
    """Put the rendered page into NiceGUI's; nothing of it needs NiceGUI later."""
    look, now = services.look, services.now()
    leaflet = ui.leaflet(options={"zoomControl": False})
    leaflet.clear_layers()  # it brings a tile layer of its own; the script sets the configured one
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
            data=data(page, look, speech, now) | {"map": _described(leaflet)},
        )
    )


def _described(leaflet: ui.leaflet) -> dict[str, Any]:
    """What the script makes the map of: Leaflet's options, and where its styles are."""
    return {
        "options": leaflet.props["options"],
        "styles": f"{leaflet.props['resource-path']}/leaflet/leaflet.css",
    }


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
