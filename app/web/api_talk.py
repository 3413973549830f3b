"""HTTP API: what is written about an order, and the proof of its delivery."""

from functools import partial
from typing import Final

from fastapi import APIRouter, Response

from app.tracking.records import DoneBefore, Said
from app.web import bodies, render, shapes
from app.web.answers import REFUSALS
from app.web.errors import JsonResponse
from app.web.guard import Who, With
from app.web.once import Attempted, again
from app.web.paging import USUAL, Cursor, Limit, paged
from app.web.pictures import picture_response
from app.web.routing import GuardedRoute
from app.web.rules import V1

PICTURE: Final = {
    "description": "The picture.",
    "content": {
        kind: {"schema": {"type": "string", "format": "binary"}}
        for kind in ("image/jpeg", "image/png")
    },
}

router: Final = APIRouter(
    prefix=f"{V1}/orders", route_class=GuardedRoute, tags=["orders"], responses=REFUSALS
)


@router.get("/{order_id}/messages", response_model=shapes.MessagePage)
async def list_messages(
    services: With, order_id: str, limit: Limit = USUAL, cursor: Cursor = None
) -> Response:
    """What the customer asked, what he was answered, and what the driver was told, oldest first."""
    order = await services.store.orders.get(order_id)
    messages = await services.talk.messages(order)
    return JsonResponse(
        paged(messages, lambda one: (one.at, one.id), render.message, cursor, limit)
    )


@router.post("/{order_id}/messages", status_code=201, response_model=shapes.MessageShape)
async def write_message(
    services: With, who: Who, attempt: Attempted, order_id: str, body: bodies.MessageNew
) -> Response:
    """Answer the customer, or tell the driver something; who follows the order gets it at once."""
    once = attempt.once(201, _said)
    write = services.talk.answer if body.to == "customer" else services.talk.tell_driver
    try:
        message = await write(order_id, body.text, who, once)
    except DoneBefore as before:
        return again(before)
    return JsonResponse(render.message(message), 201)


def _said(said: Said) -> shapes.MessageShape:
    return render.message(said.message)


@router.get("/{order_id}/proof", response_model=shapes.ProofPage)
async def list_proof(
    services: With, order_id: str, limit: Limit = USUAL, cursor: Cursor = None
) -> Response:
    """What shows that the order arrived, oldest first."""
    order = await services.store.orders.get(order_id)
    proof = await services.proofs.of_order(order)
    shown = partial(render.proof, order_path=f"{V1}/orders/{order.id}")
    return JsonResponse(paged(proof, lambda one: (one.at, one.id), shown, cursor, limit))


@router.get("/{order_id}/proof/{proof_id}", response_class=Response, responses={200: PICTURE})
async def get_picture(services: With, who: Who, order_id: str, proof_id: str) -> Response:
    """The photo or signature."""
    return picture_response(*await services.proofs.picture(order_id, proof_id, who))
