"""The insights page: what was delivered, how well, how far, in a range of days."""

from datetime import date, timedelta
from typing import Final

from nicegui import ui
from starlette.requests import Request

from app.domain.days import day_of
from app.domain.figures import Figures, Report
from app.tracking.lateness import late_orders
from app.ui.insights.charts import (
    day_words,
    drawings_of,
    minutes_words,
    percent,
)
from app.ui.kit.address import keep_address
from app.ui.kit.charts import Chart
from app.ui.kit.day_fields import DayFields, day_in, is_range
from app.ui.kit.measures import distance_words
from app.ui.kit.parts import DASH
from app.ui.kit.tables import STYLES, Chips, Empty
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

HOME: Final = "/admin/insights"
OWN: Final = "own"
RANGES: Final = {"1": "Today", "7": "7 days", "30": "30 days", OWN: "Custom range"}
USUAL: Final = "7"
REFRESH: Final = 30.0
"""Seconds between looks for something new, while the range goes on until today."""
MOST_CHARTS: Final = 7


async def build(visit: Visit, request: Request) -> None:
    """Build the page; `?range=` or `?from=` and `?to=` choose the days."""
    query = request.query_params
    page = InsightsPage(visit, query.get("range", ""), query.get("from", ""), query.get("to", ""))
    await page.refresh()
    visit.every(REFRESH, page.renew)


class InsightsPage:
    """Figures and charts of a range of days."""

    def __init__(self, visit: Visit, chosen: str, first: str, last: str) -> None:
        self._visit = visit
        days = _days_of(first, last)
        on = OWN if days else chosen if chosen in RANGES and chosen != OWN else USUAL
        self._own = days or self._latest(30)
        ui.add_head_html(STYLES)
        with ui.element("div").classes("toolbar"):
            self._chips = Chips("Range", RANGES, on, visit.act(self._choose))
            self._fields = DayFields(visit, self._choose_own)
        self._note = words("p", "").classes("muted small")
        with ui.element("div").classes("insights") as self._body:
            self._tiles = Tiles()
            with ui.element("div").classes("charts"):
                self._charts = [Chart(visit) for _ in range(MOST_CHARTS)]
        more = (
            "Deliveries, distances and who was online are counted here by themselves. "
            "Choose other days, or come back after the first delivery."
        )
        self._empty = Empty("insights", "Nothing happened in these days", more)

    async def renew(self) -> None:
        """What is new, where the range goes on until today."""
        _, last = self._range()
        if last >= self._today():
            await self.refresh()

    async def refresh(self) -> None:
        """Read and show the figures."""
        wanted = first, last = self._range()
        visit = self._visit
        self._body.classes(add="is-loading")
        try:
            found = await visit.services.insights.report(first, last, visit.zone, visit.actor)
            late = await self._late_now() if last >= self._today() else 0
        finally:
            self._body.classes(remove="is-loading")
        if wanted == self._range():  # else its own answer comes
            self._show(found, first, last, late)

    async def _late_now(self) -> int:
        """How many open orders are late; as the work list has it."""
        services = self._visit.services
        thresholds = services.preferences.current.thresholds
        return len(await late_orders(services.board, services.now, thresholds))

    def _show(self, found: Report, first: date, last: date, late: int) -> None:
        days = (
            day_words(first) if first == last else f"{_short(first, last)} {DASH} {day_words(last)}"
        )
        self._note.set_text(f"{days}, times in {self._visit.zone.key.replace('_', ' ')}")
        self._fields.set_visibility(self._chips.on == OWN)
        self._fields.show(first, last)
        empty = found.empty and not late
        self._body.set_visibility(not empty)
        self._empty.show(empty)
        if empty:
            return
        self._tiles.show(found.all, late)
        drawings = drawings_of(found)
        for place, chart in enumerate(self._charts):
            chart.set_visibility(place < len(drawings))
            if place < len(drawings):
                chart.show(drawings[place])

    def _range(self) -> tuple[date, date]:
        return self._own if self._chips.on == OWN else self._latest(int(self._chips.on))

    def _latest(self, count: int) -> tuple[date, date]:
        today = self._today()
        return today - timedelta(days=count - 1), today

    def _today(self) -> date:
        return day_of(self._visit.services.now(), self._visit.zone)

    async def _choose(self) -> None:
        self._fields.begin()
        if self._chips.on == OWN:
            self._own = self._fields.shown or self._own
        await self._chosen()

    async def _choose_own(self, first: date, last: date) -> None:
        if self._chips.on == OWN and self._own == (first, last):
            return
        self._own = first, last
        self._chips.choose(OWN)
        await self._chosen()

    async def _chosen(self) -> None:
        if self._chips.on == OWN:
            first, last = self._own
            query = {"from": first.isoformat(), "to": last.isoformat()}
        else:
            query = {"range": self._chips.on}
        keep_address(HOME, query)
        await self.refresh()


class Tiles(ui.element):
    """The figures on top."""

    NAMES: Final = ("Delivered", "On time", "Time to deliver", "Distance", "Failed")

    def __init__(self) -> None:
        super().__init__("dl")
        self.classes("figures")
        self._tiles = []
        with self:
            for name in self.NAMES:
                with ui.element("div").classes("card figure"):
                    words("dt", name).classes("muted")
                    value = words("dd", "").classes("figure-value")
                    self._tiles.append((value, words("dd", "").classes("muted small")))

    def show(self, total: Figures, late: int) -> None:
        """Show the figures of a time, and how many open orders are ``late`` now."""
        ended = total.delivered + total.failed
        texts = (
            (f"{total.delivered:,}", "orders"),
            (
                DASH if total.share is None else percent(total.share),
                on_time_words(total.promised, late),
            ),
            (
                DASH if total.median is None else minutes_words(total.median),
                "median, from order to door",
            ),
            (distance_words(total.metres), "by all drivers"),
            (
                f"{total.failed:,}",
                f"{percent(total.failed / ended)} of {ended:,} tried" if ended else "orders",
            ),
        )
        for (value, note), (text, more) in zip(self._tiles, texts, strict=True):
            value.set_text(text)
            note.set_text(more)


def on_time_words(promised: int, late: int) -> str:
    """What the share on time is of, and what it does not have in it."""
    said = f"of {promised:,} delivered with a promised time"
    if not promised:
        said = "nothing delivered had a promised time"
    if not late:
        return said
    return f"{said}; {late:,} open {'is' if late == 1 else 'are'} late now"


def _short(first: date, last: date) -> str:
    """The first day of two: with its year only where the other has another."""
    return day_words(first) if first.year != last.year else f"{first.day} {first:%b}"


def _days_of(first: str, last: str) -> tuple[date, date] | None:
    """The days that a link names, if they are a range."""
    begin, end = day_in(first), day_in(last)
    if begin is None or end is None or not is_range(begin, end):
        return None
    return begin, end
