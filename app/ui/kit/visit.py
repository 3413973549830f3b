"""One person looking at one page: who it is, what he may do, and the end of it.

Pages get a `Visit`. Every handler goes through `act`, which asks again whether the login still
holds and turns refusals into calm words; everything live goes through `keep_fresh`.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from nicegui import Client, background_tasks, ui
from nicegui.helpers import expects_arguments
from starlette.requests import Request

from app.domain.access import Action, Actor
from app.domain.errors import OnthewayError
from app.protocol.cookies import is_secure, session_cookie
from app.tracking.open_pages import OpenPage
from app.tracking.services import Services
from app.tracking.signin import Person
from app.ui.kit.undo import UndoOffer
from app.ui.kit.unsaved import taking
from app.ui.kit.workbook import WorkBook

LOGIN: Final = "/login"
ZONE_COOKIE: Final = "ontheway_zone"
REFRESH_SECONDS: Final = 0.5
"""Changes within this time are shown together."""
LEAVE_SECONDS: Final = 1.0
"""What a browser gets to leave a page whose login ended, before the page is taken from it."""

SECONDS: Final = 3
BAD_SECONDS: Final = 6
UNDO_SECONDS: Final = 10
"""So long a toast stays."""

_log = structlog.get_logger("pages")

Handler = Callable[..., Any]


async def find_person(request: Request, services: Services) -> Person | None:
    """The person behind a request for a page, by his session cookie."""
    public_url = services.look.public_url
    secure = is_secure(request.url.scheme, request.headers.get("host"), public_url)
    token = session_cookie(request.headers, secure=secure)
    address = request.client.host if request.client else None
    return await services.signin.by_cookie(token, address) if token else None


def zone_of(request: Request, business: ZoneInfo) -> ZoneInfo:
    """The time zone that the browser told (static/staff/zone.js), or else the business's."""
    try:
        return ZoneInfo(request.cookies.get(ZONE_COOKIE, ""))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return business


class Visit:
    """A page that is open in one browser tab."""

    def __init__(
        self,
        services: Services,
        work: WorkBook,
        person: Person,
        client: Client,
        zone: ZoneInfo,
        title: str,
    ) -> None:
        """``title`` is the page's in the menu."""
        self.services = services
        self.work = work
        self.zone = zone
        self.person = person
        self.client = client
        self._leaving = False
        self._watching: set[Callable[[], None]] = set()
        self._undo = UndoOffer(client)
        let_go = services.signin.hang_on(person.login.num, self._leave)
        client.on_delete(let_go)
        client.on_delete(self._stop_watching)
        self.page = OpenPage(title, person.actor)
        services.monitor.pages.opened(client.id, self.page)
        client.on_delete(lambda: services.monitor.pages.closed(client.id))

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.person.actor

    def may(self, action: Action) -> bool:
        """Whether to show what does this; services decide again when it is done."""
        return self.actor.may(action)

    def act(self, handler: Handler) -> Callable[..., Awaitable[None]]:
        """A handler for NiceGUI's events: only while the login holds, refusals as words."""
        wants_event = expects_arguments(handler)

        async def handle(*event: Any) -> None:
            if not self._holds():
                return
            try:
                result = handler(*event)
                if inspect.isawaitable(result):
                    await result
            except OnthewayError as error:
                self.say(error.message, bad=True)

        async def handle_event(event: Any) -> None:
            await handle(event)

        # NiceGUI hands an event only to what has a parameter for it.
        return handle_event if wants_event else handle

    def say(self, text: str, *, bad: bool = False, undo: Handler | None = None) -> None:
        """Tell the person something, at the upper edge, for a while, in place of the last; with a
        button for ``undo``, where it can be taken back."""
        key = self._undo.offer(self.act(undo)) if undo is not None else self._undo.withdraw()
        seconds = UNDO_SECONDS if key else BAD_SECONDS if bad else SECONDS
        with self.client:
            ui.notify(
                text,
                position="top",
                timeout=1_000 * seconds,
                classes="toast toast-bad" if bad else "toast",
                multi_line=False,
                group="said",
                actions=[{"label": "Undo", "class": "toast-undo", "data-undo": key}] if key else [],
            )

    def keep_fresh(self, refresh: Callable[[], Any], *kinds: str) -> Callable[[], None]:
        """Call ``refresh`` soon after drivers or orders (``kinds``) changed, until the page is
        gone; several changes at once are one call. Returns the way to stop before."""
        wanted = asyncio.Event()

        def changed(kind: str, _num: int) -> None:
            if not kinds or kind in kinds:
                wanted.set()

        async def loop() -> None:
            while not self.client.is_deleted:
                await wanted.wait()
                wanted.clear()
                await self._refresh(refresh)
                await asyncio.sleep(REFRESH_SECONDS)

        task = background_tasks.create(loop(), name="fresh page")
        stop_watching = self.services.board.watch(changed)

        def stop() -> None:
            if stop in self._watching:
                self._watching.remove(stop)
                stop_watching()
                task.cancel()

        self._watching.add(stop)
        return stop

    def _stop_watching(self) -> None:
        for stop in list(self._watching):
            stop()

    def every(self, seconds: float, refresh: Callable[[], Any]) -> None:
        """Call ``refresh`` every ``seconds``, while the page is there and the login holds."""
        ui.timer(seconds, lambda: self._refresh(refresh), immediate=False)

    async def _refresh(self, refresh: Callable[[], Any]) -> None:
        if not self._holds():
            return
        try:
            with self.client:
                result = refresh()
                if inspect.isawaitable(result):
                    await result
        except OnthewayError as error:
            _log.info("page not refreshed", code=error.code)

    def _holds(self) -> bool:
        """Whether the login still holds; the page is left when it does not."""
        if self._leaving:
            return False
        if self.services.signin.holds(self.person.login.num):
            return True
        self._leave()
        return False

    def _leave(self) -> None:
        """The login ended: this tab goes to the sign-in page. Or its role changed: it is loaded
        anew, with what that role may see."""
        if self._leaving or self.client.is_deleted:
            return
        self._leaving = True
        signin, login_num = self.services.signin, self.person.login.num
        role = signin.role_of(login_num)
        if role is not None:
            news = f"Your role is now {role}." if role is not self.actor.role else None
            go = f"{taking(news)} location.reload()"
        else:
            to = LOGIN if signin.left(login_num) else f"{LOGIN}?error=ended"
            go = f'{taking()} location.assign("{to}")'
        self.client.run_javascript(go)
        background_tasks.create(self._take_away(), name="end of a page")

    async def _take_away(self) -> None:
        """A browser that stays has nothing to act with any more."""
        await asyncio.sleep(LEAVE_SECONDS)
        if self.client.has_socket_connection and not self.client.is_deleted:
            self.client.delete()
