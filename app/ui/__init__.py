"""All pages: one table for the staff's, and `create`, which registers everything once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from nicegui import Client, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.domain.access import Action
from app.tracking.services import Services
from app.ui.activity import page as activity
from app.ui.connections import page as connections
from app.ui.drivers import page as drivers
from app.ui.insights import page as insights
from app.ui.kit import not_yours
from app.ui.kit.attention import Attention
from app.ui.kit.look import keep_look
from app.ui.kit.quick import tell_signatures
from app.ui.kit.theme import Entry, frame
from app.ui.kit.visit import LOGIN, Visit, find_person, zone_of
from app.ui.kit.workbook import WorkBook
from app.ui.live import page as live
from app.ui.orders import page as orders
from app.ui.people import account, login
from app.ui.people import page as people
from app.ui.replay import page as replay
from app.ui.settings import page as settings
from app.ui.track import page as track

Build = Callable[[Visit, Request], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class StaffPage:
    """A page for staff: its place in the menu, and what builds its content."""

    entry: Entry
    build: Build
    wide: bool = False


PAGES: Final = (
    StaffPage(Entry("/admin", "Live", "map", Action.READ), live.build, wide=True),
    StaffPage(Entry("/admin/orders", "Orders", "inventory_2", Action.READ), orders.build),
    StaffPage(Entry("/admin/drivers", "Drivers", "person", Action.READ), drivers.build),
    StaffPage(Entry("/admin/replay", "Replay", "replay", Action.READ), replay.build, wide=True),
    StaffPage(Entry("/admin/insights", "Insights", "insights", Action.READ), insights.build),
    StaffPage(
        Entry("/admin/connections", "Sockets", "sensors", Action.CONNECTIONS), connections.build
    ),
    StaffPage(Entry("/admin/activity", "Activity", "history", Action.ACTIVITY), activity.build),
    StaffPage(Entry("/admin/people", "People", "group", Action.PEOPLE), people.build),
    StaffPage(Entry("/admin/settings", "Settings", "settings", Action.SETTINGS), settings.build),
)
MENU: Final = tuple(page.entry for page in PAGES)
ACCOUNT: Final = StaffPage(
    Entry("/admin/account", "Account", "account_circle", Action.READ), account.build
)
"""Stands beside the way out."""


def create(services: Services) -> None:
    """Register every page."""
    tell_signatures()
    work = WorkBook(
        services.board,
        services.now,
        lambda: services.preferences.current.thresholds,
        services.monitor.blocks,
        services.hub.online,
    )
    for page in (*PAGES, ACCOUNT):
        _register(services, work, page)
    login.create(services)
    track.create(services)


def _register(services: Services, work: WorkBook, page: StaffPage) -> None:
    async def show(request: Request, client: Client) -> Response | None:
        person = await find_person(request, services)
        if person is None:
            client.delete()
            path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"{LOGIN}?next={quote(path, safe='')}", 303)
        zone = zone_of(request, services.look.timezone)
        visit = Visit(services, work, person, client, zone, page.entry.title)
        here = page.entry
        attention = Attention(visit, *(() if here is MENU[0] else ("order",)))
        if not visit.may(page.entry.action):
            detail, path = {"code": "forbidden"}, page.entry.path
            services.monitor.note_refusal("page.refused", person.actor, path, detail)
            keep_look(visit, not_yours.TITLE, attention, maps=False)
            here = replace(here, title=not_yours.TITLE)
            with frame(visit, MENU, here, ACCOUNT.entry, attention):
                not_yours.build(visit)
            return client.build_response(request, 403)
        keep_look(visit, here.title, attention, maps=page.wide)
        with frame(visit, MENU, here, ACCOUNT.entry, attention, wide=page.wide):
            await page.build(visit, request)
        return None

    ui.page(page.entry.path, dark=None, language="en-US", response_timeout=10)(show)
