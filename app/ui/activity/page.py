"""The activity page: what happened, by time: who, when, from where, about what."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Final
from urllib.parse import quote

from nicegui import ui
from starlette.requests import Request

from app.domain.access import Kind
from app.domain.errors import OnthewayError
from app.domain.times import to_datetime
from app.tracking.records import Activity
from app.ui.activity.filter import FilterFields, file_address
from app.ui.activity.words import detail_words, kind_words
from app.ui.kit.address import address_of, keep_address
from app.ui.kit.heads import Heads
from app.ui.kit.parts import icon_for_eye
from app.ui.kit.tables import (
    PAGE,
    STYLES,
    Column,
    Empty,
    Pager,
    Pages,
    Table,
    Update,
    cell,
    set_text,
    text_cell,
)
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

HOME: Final = "/admin/activity"
EVERY: Final = 1.0
"""Seconds between looks for something new, on the first page."""

COLUMNS: Final = (
    Column("When", "max-content", "muted", by="when"),
    Column("What", "minmax(120px, 1fr)", "card-title"),
    Column("Details", "minmax(140px, 1.4fr)"),
    Column("About", "minmax(104px, 1fr)"),
    Column("Who", "minmax(104px, 1fr)"),
    Column("From", "minmax(112px, 0.8fr)"),
)
SORTS: Final = {"-when": "Newest first", "when": "Oldest first"}
ACTORS: Final[dict[str, str]] = {
    Kind.USER: "",
    Kind.DRIVER: "",
    Kind.API_KEY: "API key",
    Kind.CUSTOMER: "Customer of",
    Kind.SYSTEM: "This server",
    Kind.NOBODY: "Somebody unknown",
}


async def build(visit: Visit, request: Request) -> None:
    """Build the page; `?q=`, `?group=`, `?who=`, `?order=`, `?from=` and `?to=` filter,
    `?sort=` turns it."""
    page = ActivityPage(visit, request.query_params)
    await visit.act(page.refresh)()
    visit.every(EVERY, page.renew)


class ActivityPage:
    """The table of what happened."""

    def __init__(self, visit: Visit, query: Mapping[str, str]) -> None:
        self._visit = visit
        self._pages = Pages()
        self._names: dict[str, str] = {}
        self._asked = 0
        self._heads = Heads(visit, SORTS, query.get("sort", ""), self._filter)
        ui.add_head_html(STYLES)
        with ui.element("div").classes("toolbar log-fields"):
            self._fields = FilterFields(visit, query, self._filter)
            self._heads.build_choice()
            self._file = ui.element("a").classes("btn").props('download="activity.csv"')
            with self._file:
                icon_for_eye("download")
                words("span", "Export CSV").classes("btn-word")
        self._fields.make_chips()
        num = attrgetter("num")
        self._table = Table[Activity]("Activity", COLUMNS, num, self._row, self._heads)
        self._empty = Empty("history", "Nothing of this kind", "Change the search or the filter.")
        self._pager = Pager(self._pages, visit.act(self.refresh), back="Previous", forward="Next")

    async def renew(self) -> None:
        """What is new, unless somebody reads what is old."""
        if self._pages.here is None:
            await self.refresh()

    async def refresh(self) -> None:
        """Read and show the page."""
        self._asked += 1
        asked, here = self._asked, self._pages.here
        wanted = await self._fields.wanted()
        log, oldest = self._visit.services.store.activity, not self._heads.descending
        try:
            found, following = await log.page(here, PAGE, wanted, oldest=oldest)
        except OnthewayError:
            self._pages.first()
            raise
        if asked != self._asked:
            return  # something else was chosen meanwhile; its own answer comes
        drivers = self._visit.services.board.drivers.values()
        self._names = {live.driver.id: live.driver.name for live in drivers}
        self._pages.next = following
        self._table.show(found)
        self._empty.show(not found)
        self._pager.show()
        address = file_address(wanted)
        if self._file.props.get("href") != address:
            self._file.props["href"] = address

    async def _filter(self) -> None:
        self._pages.first()
        keep_address(HOME, {**self._fields.chosen, "sort": self._heads.asked})
        await self.refresh()

    def _row(self) -> Update[Activity]:
        when, what = text_cell("whole"), text_cell("whole strong")
        detail = text_cell()
        with cell("whole"):
            about = words("a", "").classes("order-link")
        with cell("whole"):
            who = words("a", "").classes("order-link")
        address = text_cell("whole mono")

        def update(entry: Activity) -> None:
            zone = self._visit.zone
            at = to_datetime(entry.at).astimezone(zone)
            set_text(when, f"{at.day} {at:%b %H:%M:%S}")
            set_text(what, kind_words(entry.kind), whole=False)
            what.props["title"] = entry.kind
            set_text(detail, detail_words(entry, self._name))
            set_text(about, self._subject(entry))
            about.props.set_optional("href", _address(entry))
            set_text(who, self._actor(entry))
            who.props.set_optional("href", self._his(entry))
            set_text(address, entry.address or "")

        return update

    def _name(self, driver_id: str) -> str:
        return self._names.get(driver_id, driver_id)

    def _subject(self, entry: Activity) -> str:
        name = entry.detail.get("name")
        return str(name) if name else self._name(entry.subject or "")

    def _actor(self, entry: Activity) -> str:
        word = ACTORS.get(entry.actor_kind, entry.actor_kind)
        if entry.actor_kind in {Kind.SYSTEM, Kind.NOBODY}:
            return word
        name = self._name(entry.actor_id) if entry.actor_kind == Kind.DRIVER else entry.actor_id
        return f"{word} {name}".strip()

    def _his(self, entry: Activity) -> str | None:
        """Where to see all that he did."""
        if entry.actor_kind == Kind.CUSTOMER:
            return address_of(HOME, {"order": entry.actor_id})
        if entry.actor_kind not in {Kind.USER, Kind.API_KEY, Kind.DRIVER}:
            return None
        return address_of(HOME, {"who": self._name(entry.actor_id)})


def _address(entry: Activity) -> str | None:
    """Where to see what the entry is about."""
    is_order = entry.kind.startswith(("order.", "link.")) and entry.subject
    return f"/admin?order={quote(entry.subject or '', safe='')}" if is_order else None
