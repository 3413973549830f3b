"""Proof of delivery from a driver's phone: a form with a file, or the file alone.

The driver is known before anything of the body is read; what the file is, its bytes decide.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from app.domain.errors import OnthewayError, unavailable
from app.domain.order import is_order_id
from app.domain.proof import Proof, proof_kind
from app.domain.times import format_time, parse_time
from app.protocol.fields import MAX_ID
from app.tracking.throttle import too_many
from app.web.errors import JsonResponse
from app.web.guard import admit_driver, services_of

UPLOADS: Final = 8
"""Bodies that are in memory at the same time: each may be of the largest size."""
DRIVER_UPLOADS: Final = 2
"""Those of one driver, who may send them as slowly as he likes."""
WAIT: Final = 1.0
"""Seconds until a driver with so many may try again."""
MOST_FIELDS: Final = 10
LONGEST_FIELD: Final = 1_024
_NUMBER: Final = re.compile(r"\d{1,16}(?:\.\d{1,9})?", re.ASCII)

router: Final = APIRouter(include_in_schema=False)


class Uploads:
    """The bodies in memory, from their first byte until what they hold is kept."""

    def __init__(self) -> None:
        self._by_driver: Counter[int | None] = Counter()

    @contextmanager
    def room(self, driver_num: int | None) -> Iterator[None]:
        """Room for one more; raises ``too_many`` for this driver, ``unavailable`` for all."""
        if self._by_driver[driver_num] >= DRIVER_UPLOADS:
            raise too_many(WAIT)
        if self._by_driver.total() >= UPLOADS:
            raise unavailable()
        self._by_driver[driver_num] += 1
        try:
            yield
        finally:
            self._by_driver[driver_num] -= 1
            if not self._by_driver[driver_num]:
                del self._by_driver[driver_num]


@router.post("/drive/proof/{order_id}")
async def take_proof(request: Request, order_id: str) -> Response:
    """Keep a photo, a signature or a code for one of the driver's own orders."""
    services, driver = services_of(request), await admit_driver(request)
    services.proofs.require_turn(driver)
    if not is_order_id(order_id):
        raise OnthewayError("unknown_order", "You have no such order.", field="orderId")
    uploads: Uploads = request.app.state.uploads
    with uploads.room(driver.num):
        upload = await _upload(request)
        proof = await services.proofs.add(
            order_id,
            upload.kind,
            driver,
            picture=upload.picture,
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
    """What came. ``name`` is the driver's own for it; ``at`` microseconds."""

    kind: Proof
    picture: bytes | None
    code: str | None
    name: str | None
    at: int | None


async def _upload(request: Request) -> Upload:
    essence = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if essence == "multipart/form-data":
        form = await _form(request)
        try:
            file = form.get("file")
            return _read(form, await file.read() if isinstance(file, UploadFile) else None)
        finally:
            await form.close()
    if essence == "application/x-www-form-urlencoded":
        return _read(await request.form(max_fields=MOST_FIELDS), None)
    return _read(request.query_params, await request.body())


class _InMemory(MultiPartParser):
    """Starlette's parser, but nothing goes to a disk that is not ours: the largest body is
    bounded (`app.web.body_limit`)."""

    spool_max_size = 2**31


async def _form(request: Request) -> FormData:
    parser = _InMemory(
        request.headers,
        request.stream(),
        max_files=1,
        max_fields=MOST_FIELDS,
        max_part_size=LONGEST_FIELD,
    )
    try:
        return await parser.parse()
    except (MultiPartException, ValueError):
        raise OnthewayError("bad_request", "The form cannot be read.") from None


def _read(fields: FormData | QueryParams, picture: bytes | None) -> Upload:
    return Upload(
        kind=proof_kind(_text(fields, "kind") or ""),
        picture=picture,
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
