"""The dispatcher's command, and signing in and out for programs and browsers."""

from typing import Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from app.domain.errors import OnthewayError
from app.protocol.cookies import drop_session, session_cookie, set_session
from app.tracking.records import DoneBefore, OrderChange
from app.tracking.services import Services
from app.web import bodies, render, shapes
from app.web.answers import REFUSALS
from app.web.errors import JsonResponse
from app.web.guard import (
    Who,
    With,
    address_of,
    find_caller,
    is_https,
    refuse_other_pages,
    require_same_origin,
)
from app.web.once import Attempted, again
from app.web.routing import GuardedRoute

HOME: Final = "/admin"
LOGIN: Final = "/login"
FIELDS: Final = 20
MAX_NEXT: Final = 2_000

command: Final = APIRouter(route_class=GuardedRoute, tags=["orders"], responses=REFUSALS)
signing: Final = APIRouter(include_in_schema=False)


@command.post("/admin/update", response_model=shapes.Updated)
async def update(services: With, who: Who, attempt: Attempted, body: bodies.Update) -> Response:
    """Change an order's status; answered once it is stored, and every viewer of it is told."""
    once = attempt.once(200, _updated)
    try:
        order = await services.orders.set_status(
            body.order_id, body.status, body.note or None, who, force=body.force, once=once
        )
    except DoneBefore as before:
        return again(before)
    return JsonResponse(render.updated(order))


def _updated(change: OrderChange) -> shapes.Updated:
    return render.updated(change.order)


@signing.post(LOGIN)
async def sign_in(request: Request, services: With) -> Response:
    """Sign in with the fields of a form; browsers are sent on, also when it fails."""
    refuse_other_pages(request)
    form = await _form(request)
    following = local_path(_text(form, "next"))
    name, password = _text(form, "username"), _text(form, "password")
    agent = request.headers.get("user-agent")
    try:
        _, token = await services.signin.sign_in(name, password, address_of(request), agent)
    except OnthewayError as error:
        if not _is_browser(request):
            raise
        return RedirectResponse(_login_again(error, following), 303)
    await _end_old(request, services)
    answer = RedirectResponse(following, 303)
    answer.headers["Set-Cookie"] = set_session(token, secure=is_https(request))
    return answer


@signing.post("/logout")
async def sign_out(request: Request, services: With) -> Response:
    """Sign out: this login's pages and sockets end with it."""
    caller = await find_caller(request)
    if caller is not None and caller.person is not None:
        require_same_origin(request)
        await services.signin.sign_out(caller.person)
    answer = RedirectResponse(LOGIN, 303)
    answer.headers["Set-Cookie"] = drop_session(secure=is_https(request))
    return answer


async def _form(request: Request) -> FormData:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        raise OnthewayError("unsupported_media_type", "Please send the fields of a form.")
    return await request.form(max_files=0, max_fields=FIELDS)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def local_path(path: str) -> str:
    """``path`` if it stays on this server, else the first page.

    Browsers take ``//host`` and ``/\\host`` for other hosts, and drop control characters first.
    """
    if not path.startswith("/") or path.startswith("//") or len(path) > MAX_NEXT:
        return HOME
    if "\\" in path or any(ord(character) < 0x21 or ord(character) == 0x7F for character in path):
        return HOME
    return quote(path, safe="/?&=#%:@!$'()*+,;~-._[]")


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _login_again(error: OnthewayError, following: str) -> str:
    """The login page, told what was wrong; it has the sentences."""
    query = {"error": error.code, "next": following}
    if error.retry_after is not None:
        query["wait"] = str(round(error.retry_after))
    return f"{LOGIN}?{urlencode(query)}"


async def _end_old(request: Request, services: Services) -> None:
    """The login that this browser had before ends: one cookie, one login."""
    old = session_cookie(request.headers, secure=is_https(request))
    person = await services.signin.by_cookie(old, address_of(request)) if old else None
    if person is not None:
        await services.signin.sign_out(person)
