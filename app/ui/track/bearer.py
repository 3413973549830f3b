"""Who comes with a link: what it shows, in which language, or why not. Every answer below a link
begins here, so that all of them refuse alike.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.domain.errors import OnthewayError
from app.tracking.follow import TrackPage
from app.tracking.services import Look, Services
from app.ui.kit.look import logo_url
from app.ui.kit.message import blocked_page, message_response
from app.ui.track.language import LANGUAGES, Speech, choose

BY_LANGUAGE: Final = {"Vary": "Accept-Language"}


async def find(services: Services, token: str, request: Request) -> TrackPage:
    """What the link ``token`` shows now; raises what `refusal` answers."""
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


def refusal(error: OnthewayError, request: Request, look: Look) -> Response:
    """What never was a link gets one text; only the bearer of one is told that it ended, and whose
    it was."""
    speech = speech_of(request)
    if error.code in {"revoked", "expired"}:
        words = speech.words
        return _message(410, words["sentences"]["ended"], words["more"]["ended"], speech, look)
    if error.code in {"not_authenticated", "not_found"}:
        return never(speech)
    if error.code == "too_many":
        return blocked_page(error)
    raise error


def never(speech: Speech) -> Response:
    """There is no such page."""
    words = speech.words["refusals"]
    return _message(404, words["never"], words["never_more"], speech)


def _message(
    status: int, title: str, text: str, speech: Speech, look: Look | None = None
) -> Response:
    response = message_response(
        status,
        title,
        text,
        language=speech.tag,
        direction=speech.direction,
        shop=look.business_name if look else None,
        logo=logo_url(look.preferences.current.logo) if look else None,
    )
    response.headers.update(BY_LANGUAGE)
    return response
