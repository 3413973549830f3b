"""What the customer's page reads and writes over HTTP, by the right of its link.

Refused as the page is: 404 for what never was a link, always alike, and 410 for one that ended.
"""

from typing import Final

from fastapi import APIRouter, Response

from app.domain.times import format_time
from app.tracking.customer import Beside
from app.tracking.records import DoneBefore, Message, Said
from app.web import bodies, render
from app.web.errors import JsonResponse
from app.web.guard import ByLink, With
from app.web.once import AttemptedByLink, again
from app.web.pictures import picture_response
from app.web.routing import LinkRoute

router: Final = APIRouter(prefix="/track/{token}", route_class=LinkRoute, include_in_schema=False)


@router.get("/more")
async def show_more(services: With, grant: ByLink, token: str) -> Response:
    """What the page shows beside the tracking, and what the customer may do now."""
    return JsonResponse(_beside(await services.customer.beside(grant), f"/track/{token}"))


@router.post("/note")
async def set_note(services: With, grant: ByLink, body: bodies.Written) -> Response:
    """A note for the driver, in place of the one before; an empty text takes it away."""
    order = await services.customer.set_note(grant, body.text)
    return JsonResponse({"note": order.customer_note})


@router.post("/messages")
async def ask(
    services: With, grant: ByLink, attempt: AttemptedByLink, body: bodies.Written
) -> Response:
    """A question or a problem, to the business."""
    once = attempt.once(201, _said)
    try:
        message = await services.customer.ask(grant, body.text, once)
    except DoneBefore as before:
        return again(before)
    return JsonResponse(_message(message), 201)


@router.post("/rating")
async def rate(services: With, grant: ByLink, body: bodies.RatingNew) -> Response:
    """1 to 5 stars and a note; for a day it may be another."""
    order = await services.customer.rate(grant, body.stars, body.note)
    return JsonResponse(render.rating(order.rating))


@router.post("/notices")
async def tell(services: With, grant: ByLink, body: bodies.ListenerNew) -> Response:
    """A browser that is told of the order while the page is closed."""
    keys = body.keys
    name = await services.customer.tell(grant, body.endpoint, keys.p256dh, keys.auth, body.locale)
    return JsonResponse({"name": name}, 201)


@router.get("/notices/{name}")
async def show_told(services: With, grant: ByLink, name: str) -> Response:
    """Whether the browser of this name is told."""
    return JsonResponse({"on": await services.customer.is_told(grant, name)})


@router.delete("/notices/{name}")
async def tell_no_more(services: With, grant: ByLink, name: str) -> Response:
    """It is told no more; also where it was not."""
    await services.customer.tell_no_more(grant, name)
    return JsonResponse({"on": False})


@router.get("/proof/{proof_id}")
async def show_picture(services: With, grant: ByLink, proof_id: str) -> Response:
    """A photo or signature, once the order is delivered."""
    return picture_response(*await services.customer.picture(grant, proof_id))


def _beside(beside: Beside, path: str) -> dict[str, object]:
    return {
        "note": beside.note,
        "messages": [_message(message) for message in beside.messages],
        "code": beside.code,
        "proof": [
            {
                "id": proof.id,
                "kind": proof.kind,
                "at": format_time(proof.at),
                "url": f"{path}/proof/{proof.id}" if proof.media_type else None,
            }
            for proof in beside.proof
        ],
        "rating": render.rating(beside.rating),
        "notices": beside.notices,
        "may": {"note": beside.may_note, "ask": beside.may_ask, "rate": beside.may_rate},
    }


def _message(message: Message) -> dict[str, str]:
    """A message as its customer reads it: not who of the staff wrote it."""
    return {
        "id": message.id,
        "kind": message.kind,
        "text": message.text,
        "at": format_time(message.at),
    }


def _said(said: Said) -> dict[str, str]:
    return _message(said.message)
