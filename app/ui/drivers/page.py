"""The drivers page: who there is, who can be reached, his link and token."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from nicegui import ui
from starlette.requests import Request

from app.domain.access import Action
from app.tracking.board import LiveDriver
from app.tracking.records import DriverDay
from app.ui.drivers import pairing
from app.ui.drivers.columns import COLUMNS, FILTERS, SORTS, STATES
from app.ui.drivers.deeds import DriverDeeds
from app.ui.kit.address import keep_address
from app.ui.kit.heads import Heads, Standing
from app.ui.kit.measures import distance_words, state_of
from app.ui.kit.order_links import OrderLinks
from app.ui.kit.parts import button, icon_for_eye, set_age
from app.ui.kit.silence import block_of, clues, heard_at, is_quiet
from app.ui.kit.tables import (
    STYLES,
    Chips,
    Empty,
    Pager,
    Pages,
    Search,
    Table,
    Update,
    cell,
    set_text,
    text_cell,
)
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

HOME: Final = "/admin/drivers"
REFRESH: Final = 5.0
"""Seconds; who changes is shown at once, this catches signs of life, movement and today's way."""

NOTHING: Final = DriverDay()


async def build(visit: Visit, request: Request) -> None:
    """Build the page; `?q=` and `?state=` filter, `?sort=` sorts."""
    page = DriversPage(visit, request.query_params)
    await page.read()
    visit.keep_fresh(page.refresh)
    visit.every(REFRESH, page.read)


class DriversPage:
    """The table of drivers with its filters, which are in the address too."""

    def __init__(self, visit: Visit, query: Mapping[str, str]) -> None:
        self._visit = visit
        self._deeds = DriverDeeds(visit)
        self._pages = Pages()
        self._today: dict[int, DriverDay] = {}
        self._heads = Heads(visit, SORTS, query.get("sort", ""), self._filter)
        self._standing = self._make_standing()
        ui.add_head_html(STYLES)
        ui.add_head_html(pairing.STYLES)
        with ui.element("div").classes("toolbar"):
            text, state = query.get("q", ""), query.get("state", "")
            self._search = Search(visit, "Name, vehicle, phone or order", self._filter, text)
            on = state if state in FILTERS else ""
            self._chips = Chips("State", FILTERS, on, visit.act(self._filter))
            self._heads.build_choice()
            ui.element("span").classes("toolbar-space")
            if visit.may(Action.DISPATCH):
                inactive = visit.act(self._deeds.show_inactive)
                button("Deactivated", inactive, "btn-quiet", "person_off")
                button("Add driver", visit.act(self._deeds.add), "btn-primary", "add")
        self._table = Table("Drivers", COLUMNS, _num, self._row, self._heads)
        self._empty = Empty("person", "", "")
        self._pager = Pager(self._pages, visit.act(self.refresh), back="Previous", forward="Next")

    def _make_standing(self) -> Standing[LiveDriver]:
        values: dict[str, Callable[[LiveDriver], Any]] = {
            "name": _folded,
            "state": lambda live: STATES.index(self._state(live)[1]),
            "heard": heard_at,
            "vehicle": lambda live: (live.driver.vehicle or "").casefold(),
            "phone": lambda live: live.driver.phone,
            "orders": lambda live: len(self._orders(live)),
            "done": lambda live: _done(self._of_today(live)),
            "driven": lambda live: self._of_today(live).metres,
        }
        return Standing(self._heads, self._visit.services.monotonic, _num, values)

    async def read(self) -> None:
        """Read what was done today, and show all."""
        visit = self._visit
        self._today = await visit.services.insights.today(visit.zone, visit.actor)
        self.refresh()

    def refresh(self) -> None:
        """Show what is so now."""
        everyone = sorted(self._visit.services.board.drivers.values(), key=_by_name)
        self._count(everyone)
        found = self._standing.of([live for live in everyone if self._fits(live)])
        self._table.show(self._pages.of(found))
        self._pager.show()
        self._show_empty(everyone, found)

    def _show_empty(self, everyone: Sequence[LiveDriver], found: Sequence[LiveDriver]) -> None:
        if everyone:
            self._empty.show(not found, "No driver fits", "Change the search or the filter.")
        elif self._visit.may(Action.DISPATCH):
            more = "Each driver gets a link and a token for the phone; no account is needed."
            self._empty.show(True, "Add your first driver", more)
        else:
            self._empty.show(True, "No drivers yet", "A dispatcher can add them here.")

    def _filter(self) -> None:
        self._pages.first()
        chosen = {"q": self._search.text, "state": self._chips.on, "sort": self._heads.asked}
        keep_address(HOME, chosen)
        self.refresh()

    def _count(self, everyone: Sequence[LiveDriver]) -> None:
        counts = dict.fromkeys(FILTERS, 0) | {"": len(everyone)}
        for live in everyone:
            counts[self._state(live)[1]] += 1
        self._chips.count(counts)

    def _fits(self, live: LiveDriver) -> bool:
        if self._chips.on not in {"", self._state(live)[1]}:
            return False
        if not self._search.text:
            return True
        driver = live.driver
        texts = (driver.name, driver.vehicle, driver.phone, driver.id)
        return self._search.fits(*texts, *self._orders(live))

    def _state(self, live: LiveDriver) -> tuple[str, str, str]:
        services = self._visit.services
        online = services.hub.online(live.driver.num)
        thresholds = services.preferences.current.thresholds
        return state_of(live, online=online, now=services.now(), thresholds=thresholds)

    def _clues(self, live: LiveDriver) -> str:
        """What may explain that a driver is quiet; nothing of one who is not."""
        services, now = self._visit.services, self._visit.services.now()
        online = services.hub.online(live.driver.num)
        thresholds = services.preferences.current.thresholds
        if not is_quiet(live, online=online, now=now, thresholds=thresholds):
            return ""
        block = block_of(live, services.monitor.blocks)
        by = [f"by {block.by}"] if block is not None else []
        return " · ".join([*clues(live, block, self._visit.zone, now), *by])

    def _orders(self, live: LiveDriver) -> list[str]:
        return [one.order.id for one in self._visit.services.board.orders_of(live.driver.num)]

    def _of_today(self, live: LiveDriver) -> DriverDay:
        return self._today.get(live.driver.num, NOTHING)

    def _row(self) -> Update[LiveDriver]:
        with cell("whole"):
            name = words("a", "").classes("row-link strong")
        state = State()
        with cell():
            age = words("span", "").classes("age")
        vehicle, phone = text_cell(), text_cell("whole mono")
        orders = OrderLinks("None")
        done, way = text_cell(), text_cell()
        with cell():
            menu = self._deeds.menu() if self._visit.may(Action.DISPATCH) else None

        def update(live: LiveDriver) -> None:
            set_text(name, live.driver.name)
            name.props.set_optional("href", f"/admin?driver={live.driver.id}")
            state.show(*self._state(live), self._clues(live))
            heard = heard_at(live)
            set_age(age, heard)
            age.set_text("" if heard else "never")
            set_text(vehicle, live.driver.vehicle or "")
            set_text(phone, live.driver.phone or "")
            orders.show(self._orders(live), live.driver.id)
            today = self._of_today(live)
            set_text(done, _done_words(today))
            set_text(way, distance_words(today.metres))
            if menu is not None:
                menu(live.driver)

        return update


class State(ui.element):
    """A cell: what a driver is doing, as the map shows him."""

    def __init__(self) -> None:
        super().__init__("div")
        with self, ui.element("span").classes("state") as self._mark:
            self._icon = icon_for_eye("")
            self._word = words("span", "")
        with self:
            self._clues = words("div", "").classes("state-clues whole muted small")

    def show(self, icon: str, word: str, level: str, clues: str = "") -> None:
        """Show what `state_of` says, and what may explain it."""
        if self._clues.text != clues:
            self._clues.set_text(clues)
            self._clues.props["title"] = clues
        if self._word.text == word:
            return
        self._mark.classes(replace=f"state state-{level}")
        self._icon.set_name(icon)
        self._word.set_text(word)


def _done_words(today: DriverDay) -> str:
    failed = f", {today.failed} failed" if today.failed else ""
    return f"{today.delivered}{failed}"


def _done(today: DriverDay) -> tuple[int, int]:
    """What is sorted by: what was delivered, then what was tried."""
    return today.delivered, today.failed


def _num(live: LiveDriver) -> int:
    return live.driver.num


def _folded(live: LiveDriver) -> str:
    return live.driver.name.casefold()


def _by_name(live: LiveDriver) -> tuple[str, int]:
    return _folded(live), live.driver.num
