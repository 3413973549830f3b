"""The customer's page: one order, one map, one sentence, all of it in the first HTML.

From then on static/track.js follows the order on its own socket. NiceGUI brings the map and
nothing else: no live data goes through it, and the server forgets its side of the page as soon
as the HTML is written (promises, N8 and N18). Without static/alone.js NiceGUI's script would look
for that side, and load the page again and again.
"""

from typing import Final

import msgspec
from nicegui import Client, ui
from starlette.requests import Request
from starlette.responses import Response

from app.domain.errors import OnthewayError
from app.domain.times import format_time, to_datetime
from app.protocol.messages import Snapshot, Step, time_window
from app.tracking.follow import TrackPage
from app.tracking.services import Services
from app.tracking.views import position, spotted
from app.ui.kit.look import logo_url, own_colour
from app.ui.kit.message import TEMPLATES, message_response
from app.ui.track.view import Seen, view
from app.ui.track.words import MORE, SENTENCES, WORDS, Times

SCRIPTS: Final = (
    "track-state",
    "track-words",
    "track-sheet",
    "track-map",
    "connection",
    "map",
    "courier",
    "route",
    "geometry",
    "page",
)
"""What track.js imports: named in the head, so that the browser gets all of it at once."""

HEAD: Final = (
    '<meta name="robots" content="noindex, nofollow">'
    '<meta name="referrer" content="strict-origin">'
    '<link rel="icon" href="/static/icons/favicon.svg" type="image/svg+xml">'
    '<link rel="stylesheet" href="/static/ontheway.css">'
    + "".join(f'<link rel="modulepreload" href="/static/{name}.js">' for name in SCRIPTS)
)
NOWHERE: Final = (0.0, 0.0)
NEVER_A_LINK: Final = (
    404,
    "This page does not exist.",
    "Please check the link, or ask the shop for a new one.",
)
LINK_ENDED: Final = (410, SENTENCES["ended"], MORE["ended"].format(shop=MORE["shop"]))


def create(services: Services) -> None:
    """Register `/track/{token}`."""

    @ui.page(
        "/track/{token}",
        viewport="width=device-width, initial-scale=1, viewport-fit=cover",
        dark=None,
        language="en-US",
        markdown=False,
    )
    async def track(token: str, request: Request, client: Client) -> Response:
        address = request.client.host if request.client else None
        try:
            page = await services.follow.page(token, address)
            _build(page, services)
            return client.build_response(request)
        except OnthewayError as error:
            services.monitor.refused("page", address, error.code)
            return refusal(error)
        finally:
            if not client.is_deleted:  # NiceGUI deletes it when this takes too long
                client.delete()


def refusal(error: OnthewayError) -> Response:
    """What never was a link gets one text; only the bearer of one is told that it ended."""
    if error.code in {"revoked", "expired"}:
        return message_response(*LINK_ENDED)
    if error.code in {"not_authenticated", "not_found"}:
        return message_response(*NEVER_A_LINK)
    raise error


def _build(page: TrackPage, services: Services) -> None:
    """Put the map and the rendered page into NiceGUI's; nothing of it needs NiceGUI later."""
    look, now = services.look, services.now()
    leaflet = ui.leaflet(center=_center(page), zoom=14, options={"zoomControl": False})
    leaflet.clear_layers()  # it brings a tile layer of its own; track.js sets the configured one
    leaflet.classes("track-map")
    today = to_datetime(now).astimezone(look.timezone).date()
    shown = view(_seen(page, look.business_name), Times(look.timezone, today), now)
    data = {
        "now": format_time(now),
        "snapshot": msgspec.to_builtins(_snapshot(page)),
        "window": msgspec.to_builtins(time_window(page.window)),
        "pickup": msgspec.to_builtins(spotted(page.pickup)),
        "route": [[lat, lng, format_time(at)] for lat, lng, at in page.route],
        "note": page.note,
        "business": look.business_name,
        "map": leaflet.html_id,
        "tileUrl": look.tile_url,
        "tileAttribution": look.tile_attribution,
        "words": WORDS,
    }
    ui.add_head_html(HEAD + own_colour(look.preferences.current.colour))
    logo = logo_url(look.preferences.current.logo)
    ui.page_title("".join(text for _, text in shown["sentence"]))
    ui.add_body_html(TEMPLATES.get_template("track.html").render(**shown, data=data, logo=logo))


def _seen(page: TrackPage, business: str) -> Seen:
    return Seen(
        order_id=page.order_id,
        status=page.status,
        timeline=page.timeline,
        name=page.driver.name if page.driver else "",
        vehicle=page.driver.vehicle if page.driver else None,
        eta=page.eta,
        window=page.window,
        fix_at=page.position.at if page.position else None,
        address=page.destination.address if page.destination else None,
        note=page.note,
        business=business,
        has_map=_center(page) != NOWHERE,
    )


def _center(page: TrackPage) -> tuple[float, float]:
    """Somewhere near, until the script fits the map to what is on it."""
    for spot in (page.position, page.destination, page.pickup):
        if spot is not None and spot.place is not None:
            return spot.place.lat, spot.place.lng
    return NOWHERE


def _snapshot(page: TrackPage) -> Snapshot:
    """The page as the first message on the customer socket would be: one shape for the script."""
    return Snapshot(
        order_id=page.order_id,
        status=page.status,
        seq=page.seq,
        epoch=page.epoch,
        recovered=False,
        position=position(page.position) if page.position else None,
        eta=time_window(page.eta),
        driver=page.driver,
        destination=spotted(page.destination),
        timeline=[
            Step(status=status, seq=seq, at=format_time(at))
            for seq, (status, at) in enumerate(page.timeline, start=1)
        ],
    )
