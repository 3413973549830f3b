"""Who is asking, and may they: API keys, sign-ins, same-origin writes, rates. One way for all.

Sockets bring their own credentials; their doors use `find_caller` only for people signed in.
"""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from app.domain.access import Action, Actor
from app.domain.errors import OnthewayError
from app.domain.limits import Rate
from app.protocol.cookies import is_secure, session_cookie
from app.tracking.blocks import token_key
from app.tracking.follow import Grant
from app.tracking.services import Services
from app.tracking.signin import Person
from app.tracking.throttle import Buckets, too_many
from app.web.errors import NO_ADDRESS
from app.web.origin import same_origin

GUESSES: Final = Rate(1, 60)
"""Refused credentials per second and burst, per address."""
MAX_KEY: Final = 256
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
PLEASE: Final = "Please sign in, or send an API key."


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody known; ``person`` None: a program with an API key."""

    actor: Actor
    person: Person | None = None


def services_of(request: HTTPConnection) -> Services:
    """The services of the application that got the request."""
    services: Services = request.app.state.services
    return services


def address_of(request: HTTPConnection) -> str | None:
    """Where the request comes from; through trusted proxies (see `proxies`)."""
    return request.client.host if request.client else None


def is_https(request: HTTPConnection) -> bool:
    """Whether the browser speaks https, to us or to a proxy."""
    public_url = services_of(request).look.public_url
    return is_secure(request.url.scheme, request.headers.get("host"), public_url)


async def find_caller(request: HTTPConnection) -> Caller | None:
    """Who is asking; None without credentials. Raises ``not_authenticated``, ``too_many``.

    An API key decides, whatever cookie is beside it; other schemes of `Authorization` belong
    to a proxy and are left alone.
    """
    services, address = services_of(request), address_of(request)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        key = key.strip()
        actor = await services.signin.by_key(key, address) if len(key) <= MAX_KEY else None
        if actor is None:
            raise _refused(request)
        return Caller(actor)
    cookie = session_cookie(request.headers, secure=is_https(request))
    if cookie is None:
        return None
    person = await services.signin.by_cookie(cookie, address)
    return None if person is None else Caller(person.actor, person)


async def admit(request: Request, action: Action) -> Caller:
    """The caller, if he may; raises ``not_authenticated``, ``forbidden``, ``cross_origin``,
    ``too_many``."""
    caller = await find_caller(request)
    if caller is None:
        raise OnthewayError("not_authenticated", PLEASE)
    services_of(request).api_rates.require((caller.actor.kind, caller.actor.num))
    if caller.person is not None and request.method not in READING:
        require_same_origin(request)
    if not caller.actor.may(action):
        detail = {"code": "forbidden", "action": action}
        services_of(request).monitor.note_refusal(
            "api.refused", caller.actor, request.url.path, detail
        )
    caller.actor.require(action)
    return caller


async def admit_link(request: HTTPConnection) -> Grant:
    """The right of the link in the path, as its page gives it: ``not_found``, always alike, for
    what never was a link; ``revoked``, ``expired``; ``too_many``."""
    services, address = services_of(request), address_of(request)
    try:
        return await services.customer.admit(request.path_params["token"], address)
    except OnthewayError as error:
        if error.code not in {"not_authenticated", "not_found"}:
            raise
        _count_guess(request, "page")
        raise NO_ADDRESS from None


async def admit_driver(request: HTTPConnection) -> Actor:
    """The driver whose token is in `Authorization`; ``not_authenticated``, ``revoked``,
    ``too_many``."""
    services, address = services_of(request), address_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    try:
        if scheme.lower() != "bearer" or not token or len(token) > MAX_KEY:
            raise OnthewayError("not_authenticated", "Please send a driver token.")
        _, actor = await services.fleet.identify(token, address)
    except OnthewayError as error:
        if error.code == "not_authenticated":
            _count_guess(request, "driver")
        raise
    services.monitor.blocks.require(token_key(actor))
    return actor


def require_same_origin(request: HTTPConnection) -> None:
    """Raise ``cross_origin`` unless one of our own pages sent this."""
    if not _from_our_page(request):
        raise OnthewayError("cross_origin", "This request must come from Ontheway's own pages.")


def refuse_other_pages(request: HTTPConnection) -> None:
    """Raise ``cross_origin`` for what another site's page sent; programs say no origin."""
    site = request.headers.get("sec-fetch-site", "none")
    if "origin" in request.headers or site not in {"none", "same-origin"}:
        require_same_origin(request)


def _from_our_page(request: HTTPConnection) -> bool:
    headers = request.headers
    if headers.get("sec-fetch-site") == "same-origin":
        return True
    public_url = services_of(request).look.public_url
    return same_origin(headers.get("origin"), headers.get("host"), public_url)


def _refused(request: HTTPConnection) -> OnthewayError:
    _count_guess(request, "api")
    return OnthewayError("not_authenticated", "This API key is not valid.")


def _count_guess(request: HTTPConnection, door: str) -> None:
    """Note that credentials were refused; ``too_many`` from an address with many of those."""
    services, address = services_of(request), address_of(request)
    guesses: Buckets = request.app.state.guesses
    wait = guesses.take(address)
    if wait:
        raise too_many(wait)
    services.monitor.refused(door, address, "not_authenticated")


async def caller_of(request: Request) -> Caller:
    """Who was admitted to this route."""
    caller: Caller = request.state.caller
    return caller


async def actor_of(request: Request) -> Actor:
    """Who acts in this request."""
    return (await caller_of(request)).actor


async def grant_of(request: Request) -> Grant:
    """By which link this request came."""
    grant: Grant = request.state.grant
    return grant


async def services_dependency(request: Request) -> Services:
    """As `services_of`, for routes."""
    return services_of(request)


Who = Annotated[Actor, Depends(actor_of)]
ByLink = Annotated[Grant, Depends(grant_of)]
With = Annotated[Services, Depends(services_dependency)]
