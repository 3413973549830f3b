"""The live page: the map edge to edge, the work list on it, one card in a drawer.

The map is drawn by static/live/live.js, which follows the staff's socket. The attributes of the
page's root say to it what is open; its event "pick" says to us what was chosen on the map.
"""

from collections.abc import Callable
from typing import Any, Final

from nicegui import ui
from starlette.requests import Request

from app.domain.access import Action
from app.ui.drivers import pairing
from app.ui.kit.map import empty_map
from app.ui.kit.needs import Group
from app.ui.kit.parts import button, icon_for_eye
from app.ui.kit.scripts import preloads
from app.ui.kit.visit import Visit
from app.ui.kit.words import Words, words
from app.ui.kit.workbook import WorkRows
from app.ui.live.drawer import Drawer
from app.ui.live.filters import Filters, Only, filters_of
from app.ui.live.map_marks import MapMarks
from app.ui.live.worklist import WorkList
from app.ui.orders import new as new_order
from app.ui.orders.new import NewOrder

EVERY: Final = 5.0
"""Seconds after which the page looks again without a change: time alone makes orders late."""
COUNTERS: Final[dict[str, Only | None]] = {
    "open": None,
    "late": Only.LATE,
    "unassigned": Only.UNASSIGNED,
    "online": Only.ONLINE,
    "watching": None,
}
"""What is counted, and which part of the list shows just that."""
HEAD: Final = "".join(
    f'<link rel="stylesheet" href="/static/{name}.css">'
    for name in ("staff/order-card", "live/live")
) + preloads("live/live.js")
BODY: Final = '<script type="module" src="/static/live/live.js"></script>'


async def build(visit: Visit, request: Request) -> None:
    """Build the page; ``?order=`` or ``?driver=`` opens a card, ``?only=``, ``?status=`` and
    ``?of=`` filter."""
    ui.add_head_html(HEAD)
    ui.add_head_html(pairing.STYLES)
    ui.add_body_html(BODY)
    if visit.may(Action.DISPATCH):
        ui.add_body_html(new_order.SCRIPT)
    rows, let_go = await visit.work.open(visit.zone)
    visit.client.on_delete(let_go)
    page = LivePage(visit, rows, filters_of(request.query_params))
    order, driver = (request.query_params.get(name, "") for name in ("order", "driver"))
    await visit.act(lambda: page.drawer.open(order, driver))()
    visit.keep_fresh(page.refresh)
    ui.timer(EVERY, visit.act(page.refresh))


class LivePage:
    """One open live page."""

    def __init__(self, visit: Visit, rows: WorkRows, filters: Filters) -> None:
        self._visit = visit
        self._filters = filters
        self._rows = rows
        self._counters: dict[str, Words] = {}
        self._pressed: dict[Only, Words] = {}
        self._silent_after = 0
        with ui.element("div").classes("live") as root:
            self._build_map(root)
            self._root = root
            self._build_counters()
            self._marks = MapMarks(rows)
            self._build_panel()
            self.drawer = Drawer(visit, root, self._list.select)
        root.on("pick", visit.act(self._picked), ["detail"])
        self._refresh_list()

    async def refresh(self) -> None:
        """Show everything as it is now."""
        self._refresh_list()
        await self.drawer.refresh()

    # building

    def _build_map(self, root: ui.element) -> None:
        empty_map(self._visit, root, "live-map")
        root.props["data-zone"] = self._visit.zone.key
        with ui.element("div").classes("live-tools"):
            _tool("fit", "zoom_out_map", "Show all")
            _tool("follow", "near_me", "Follow").props("aria-pressed=false hidden")

    def _build_counters(self) -> None:
        with ui.element("dl").classes("counters").props('aria-label="Right now"'):
            for name, only in COUNTERS.items():
                with ui.element("div").classes("counter").props(f"data-counter={name}"):
                    term = words("dt", name)
                    with ui.element("dd"):
                        self._counters[name] = count = words("button" if only else "span", "0")
                if only is not None:
                    count.props(f'type=button aria-labelledby="{term.html_id} {count.html_id}"')
                    count.on("click", self._visit.act(self._toggler(only)), [])
                    self._pressed[only] = count

    def _build_panel(self) -> None:
        visit = self._visit
        with ui.element("section").classes("panel").props('aria-label="Open orders"'):
            grip = ui.element("button").classes("panel-grip").props("type=button data-tool=panel")
            grip.props('aria-expanded=false aria-label="More of the list"')
            self._list = WorkList(
                visit,
                self._rows,
                lambda order_id: self.drawer.open_order(order_id),
                lambda driver_id: self.drawer.open_driver(driver_id),
                self._filters,
                self._tell_filters,
            )
            with ui.element("div").classes("panel-foot"):
                with ui.element("span").classes("muted panel-state"):
                    self._count = words("span", "")
                    words("span", "").props("data-live role=status")
                if visit.may(Action.DISPATCH):
                    button("New order", visit.act(self._new_order), "btn-primary")

    # showing and choosing

    def _toggler(self, only: Only) -> Callable[[], None]:
        return lambda: self._list.bar.toggle(only)

    def _tell_filters(self) -> None:
        """The map, the counters and the address show what the list shows."""
        bar = self._list.bar
        self._marks.tell(bar.filters, bar.text, self._list.driver_ids)
        if self._root.props.get("data-filters", "") != bar.filters.query:
            self._root.props["data-filters"] = bar.filters.query
        for only, counter in self._pressed.items():
            counter.props["aria-pressed"] = "true" if only is bar.filters.only else "false"

    def _refresh_list(self) -> None:
        services, rows = self._visit.services, self._rows
        rows.refresh()
        self._show_thresholds()
        driverless = not services.board.drivers and self._visit.may(Action.DISPATCH)
        self._list.show(driverless=driverless)
        late, online = rows.count(Group.LATE), services.hub.drivers_online()
        open_now = len(rows) - rows.over
        counts = (open_now, late, rows.pending, online, services.hub.viewers())
        for name, count in zip(COUNTERS, counts, strict=True):
            self._counters[name].set_text(f"{count:,}")
        if late:
            self._counters["late"].classes(add="is-late")
        else:
            self._counters["late"].classes(remove="is-late")
        self._count.set_text(f"{open_now:,} open")

    def _show_thresholds(self) -> None:
        """The map judges a signal by itself, as the list does."""
        seconds = self._visit.services.preferences.current.silent_after
        if seconds != self._silent_after:
            self._silent_after = self._root.props["data-silent"] = seconds

    def _picked(self, event: Any) -> Any:
        """The map, a key or the browser's history chose; what comes may be anything."""
        detail = event.args.get("detail") if isinstance(event.args, dict) else None
        if not isinstance(detail, dict):
            return None
        order, driver = detail.get("order"), detail.get("driver")
        return self.drawer.open(
            order if isinstance(order, str) else "", driver if isinstance(driver, str) else ""
        )

    def _new_order(self) -> None:
        NewOrder(self._visit, self.drawer.open_order)


def _tool(name: str, icon: str, word: str) -> ui.element:
    tool = ui.element("button").classes("live-tool").props(f"type=button data-tool={name}")
    with tool:
        icon_for_eye(icon)
        words("span", word)
    return tool
