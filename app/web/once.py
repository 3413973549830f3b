"""`Idempotency-Key`: the same POST again does nothing, and is answered as it was then."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
from fastapi import Depends, Header, Request

from app.domain.access import Actor, Kind
from app.tracking.records import DoneBefore, Once
from app.web.errors import JsonResponse
from app.web.guard import ByLink, Who
from app.web.routing import decode

MAX_KEY: Final = 255


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST; ``key`` None: it may happen again."""

    holder: str
    key: str | None
    fingerprint: bytes

    def once(self, status: int, render: Callable[[Any], object]) -> Once | None:
        """How to keep its answer: ``render`` makes what is kept of the result, free of secrets.

        It runs in the store's thread: it must only look at the result.
        """
        if self.key is None:
            return None
        return Once(
            holder=self.holder,
            key=self.key,
            fingerprint=self.fingerprint,
            status=status,
            render=lambda result: msgspec.json.encode(render(result)),
        )


Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=MAX_KEY,
        description="The same key and body again within 24 hours: done once, answered again.",
    ),
]


async def attempt_of(request: Request, who: Who, idempotency_key: Key = None) -> Attempt:
    """What makes this request the same as another one."""
    return await _attempt(request, _holder(who), idempotency_key)


async def attempt_by_link(request: Request, grant: ByLink, idempotency_key: Key = None) -> Attempt:
    """As `attempt_of`, for the bearer of a link."""
    link = grant.link.id if grant.link else grant.order_id
    return await _attempt(request, f"{Kind.CUSTOMER}:{link}", idempotency_key)


async def _attempt(request: Request, holder: str, idempotency_key: str | None) -> Attempt:
    text = await request.body() if idempotency_key is not None else b""
    # Keys of an object have no order: the same body may come in another one.
    body = msgspec.json.encode(decode(text), order="deterministic") if text else b""
    what = f"{request.method} {request.scope['path']}\n".encode() + body
    return Attempt(holder, idempotency_key, hashlib.sha256(what).digest())


def _holder(who: Actor) -> str:
    """A person is the same on all his browsers; a key's name may be given to another key."""
    return f"{who.kind}:{who.num if who.kind is Kind.API_KEY else who.id}"


def kept_answer(before: DoneBefore) -> dict[str, Any]:
    """What was kept of the answer of then."""
    kept: dict[str, Any] = msgspec.json.decode(before.body)
    return kept


def again(before: DoneBefore) -> JsonResponse:
    """The answer of then, where all of it was kept."""
    return JsonResponse(kept_answer(before), before.status)


Attempted = Annotated[Attempt, Depends(attempt_of)]
AttemptedByLink = Annotated[Attempt, Depends(attempt_by_link)]
