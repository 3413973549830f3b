"""The raw view of one driver: what his phone sends as it comes and our answers, in a dialog."""

from collections import deque
from typing import Final

from nicegui import ui

from app.domain.times import to_datetime
from app.tracking.raw_views import LINES, Line, Way
from app.ui.kit.dialog import Dialog
from app.ui.kit.parts import button
from app.ui.kit.tables import set_text
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

EVERY: Final = 0.5
"""Seconds between two looks."""
WAYS: Final = {
    Way.IN: ("\N{DOWNWARDS ARROW}", "From the driver"),
    Way.OUT: ("\N{UPWARDS ARROW}", "Our answer"),
    Way.NOTE: ("\N{MIDDLE DOT}", "Note"),
}
NOTHING: Final = "Nothing yet. What the phone sends appears here at once."
EXPLAINED: Final = (
    f"The last {LINES} messages, the newest at the end. Tokens are masked; nothing is kept once "
    "this is closed."
)


class RawView(Dialog):
    """Watches from when it opens until it is closed, or its page is gone."""

    def __init__(self, visit: Visit, driver_num: int, name: str) -> None:
        super().__init__(visit, f"Messages of {name}")
        self._visit = visit
        self._view = visit.services.monitor.watch(driver_num, name, visit.actor)
        self._shown = 0
        self._held = False
        self._rows: deque[ui.element] = deque()
        visit.client.on_delete(self._view.stop)
        with self.body.classes("raw-view"):
            words("p", EXPLAINED).classes("muted small")
            # Reversed by the style sheet: the newest stays in sight while one is at the end.
            with ui.element("div").classes("raw-box").props('tabindex=0 role="log"') as box:
                self._list = ui.element("div").classes("raw-lines")
            box.props["aria-label"] = f"Messages of {name}"
            with self._list:
                self._nothing = words("p", NOTHING).classes("muted raw-nothing")
        with self.foot:
            self._news = words("span", "").classes("muted small raw-news").props("role=status")
            button("Clear", visit.act(self._clear), "btn-quiet")
            self._hold = button("Pause", visit.act(self._pause), "")
            button("Done", self.close, "btn-primary")
        with self.body:
            visit.every(EVERY, self._refresh)

    def _refresh(self) -> None:
        """Show what has come, unless it is paused."""
        if self._held:
            waiting = self._view.count - self._shown
            set_text(self._news, f"Paused, {waiting:,} new" if waiting else "Paused", whole=False)
            return
        for line in self._view.after(self._shown):
            self._add(line)
        self._shown = self._view.count
        while len(self._rows) > LINES:
            self._rows.popleft().delete()
        self._nothing.set_visibility(not self._rows)

    def _add(self, line: Line) -> None:
        mark, way = WAYS[line.way]
        at = to_datetime(line.at).astimezone(self._visit.zone)
        time = f"{at:%H:%M:%S}.{line.at // 1_000 % 1_000:03}"
        with self._list, ui.element("div").classes(f"raw-line raw-{line.way}") as row:
            words("span", time).classes("raw-time")
            words("span", mark).classes("raw-way").props["aria-label"] = way
            words("span", f"{line.size:,} B" if line.size else "").classes("raw-size")
            words("code", line.text)
        self._rows.append(row)

    def _pause(self) -> None:
        self._held = not self._held
        with self._hold:
            self._hold.clear()
            words("span", "Resume" if self._held else "Pause").classes("btn-word")
        self._news.set_text("")
        self._refresh()

    def _clear(self) -> None:
        self._shown = self._view.count
        while self._rows:
            self._rows.popleft().delete()
        self._nothing.set_visibility(True)

    def _gone(self) -> None:
        self._view.stop()
        super()._gone()
