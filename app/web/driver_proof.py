"""Proof of delivery from a driver's phone: a form with a file, or the file alone.

The driver is known before anything of the body is read; what the file is, its bytes decide.
"""

import re
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData, QueryParams

from app.domain.errors import OnthewayError
from app.domain.order import is_order_id
from app.domain.proof import Proof, proof_kind
from app.domain.times import format_time, parse_time
from app.protocol.fields import MAX_ID
from app.web.errors import JsonResponse
from app.web.guard import admit_driver, services_of
from app.web.uploads import Uploads, receive

_NUMBER: Final = re.compile(r"\d{1,16}(?:\.\d{1,9})?", re.ASCII)

router: Final = APIRouter(include_in_schema=False)


@router.post("/drive/proof/{order_id}")
async def take_proof(request: Request, order_id: str) -> Response:
    """Keep a photo, a signature or a code for one of the driver's own orders."""
    services, driver = services_of(request), await admit_driver(request)
    services.proofs.require_turn(driver)
    if not is_order_id(order_id):
        raise OnthewayError("unknown_order", "You have no such order.", field="orderId")
    uploads: Uploads = request.app.state.uploads
    with uploads.room(driver.num), services.proofs.incoming() as file:
        fields, has_picture = await receive(request, file)
        upload = _read(fields)
        proof = await services.proofs.add(
            order_id,
            upload.kind,
            driver,
            picture=file if has_picture else None,
            code=upload.code,
            name=upload.name,
            at=upload.at,
        )
    answer = {
        "id": proof.id,
        "orderId": order_id,
        "kind": proof.kind,
        "at": format_time(proof.at),
        "metres": None if proof.metres is None else round(proof.metres, 1),
    }
    return JsonResponse(answer, 201)


@dataclass(frozen=True, slots=True)
class Upload:
    """What is said of it. ``name`` is the driver's own for it; ``at`` microseconds."""

    kind: Proof
    code: str | None
    name: str | None
    at: int | None


def _read(fields: FormData | QueryParams) -> Upload:
    return Upload(
        kind=proof_kind(_text(fields, "kind") or ""),
        code=_text(fields, "code"),
        name=_name(_text(fields, "id")),
        at=_time(_text(fields, "at")),
    )


def _text(fields: FormData | QueryParams, name: str) -> str | None:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else None


def _name(text: str | None) -> str | None:
    if text is not None and (not 0 < len(text) <= MAX_ID or "\0" in text):
        raise OnthewayError(
            "invalid_field", f"id must be text of 1 to {MAX_ID} characters.", field="id"
        )
    return text


def _time(text: str | None) -> int | None:
    if not text:
        return None
    try:
        return parse_time(float(text) if _NUMBER.fullmatch(text) else text)
    except (ValueError, OverflowError):
        sentence = "at must be RFC 3339, or epoch seconds or milliseconds."
        raise OnthewayError("invalid_field", sentence, field="at") from None
