"""What the customer's page leads to and fetches: files of one link, refused as the page is."""

from urllib.parse import quote, urlsplit

from nicegui import app as pages
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.domain.errors import OnthewayError
from app.tracking.services import Services
from app.ui.track import calendar, manifest
from app.ui.track.bearer import BY_LANGUAGE, chosen_language, find, never, refusal, speech_of
from app.ui.track.known import seen, way


def create(services: Services) -> None:
    """Register an event for calendars, the manifest of a home screen, and the way so far."""

    @pages.get("/track/{token}/calendar.ics")
    async def event(token: str, request: Request) -> Response:
        try:
            page = await find(services, token, request)
        except OnthewayError as error:
            return refusal(error, request, services.look)
        speech, now = speech_of(request), services.now()
        when = page.window or seen(page, services.look).coming(now)
        if when is None:
            return never(speech)
        home = services.look.public_url
        title = speech.words["page"]["event"].format(shop=services.look.business_name)
        place = page.destination.address if page.destination else None
        body = calendar.event(
            uid=f"{page.order_id}@{urlsplit(home).hostname}",
            now=now,
            when=when,
            summary=title,
            place=place,
            url=f"{home}/track/{quote(token, safe='')}",
        )
        headers = {**BY_LANGUAGE, "Content-Disposition": f'inline; filename="{page.order_id}.ics"'}
        return Response(body, headers=headers, media_type=calendar.MEDIA_TYPE)

    @pages.get("/track/{token}/app.webmanifest")
    async def home_screen(token: str, request: Request) -> Response:
        try:
            await find(services, token, request)
        except OnthewayError as error:
            return refusal(error, request, services.look)
        look = services.look
        body = manifest.manifest(
            speech_of(request),
            path=f"/track/{quote(token, safe='')}",
            language=chosen_language(request),
            shop=look.business_name,
            colour=look.preferences.current.colour,
        )
        return JSONResponse(body, headers=BY_LANGUAGE, media_type=manifest.MEDIA_TYPE)

    @pages.get("/track/{token}/route")
    async def route(token: str, request: Request) -> Response:
        try:
            page = await find(services, token, request)
        except OnthewayError as error:
            return refusal(error, request, services.look)
        return JSONResponse(way(page))
