"""How many orders need somebody, said on every page of the staff: whoever looks at another page
than the live one must not miss a question, or that an order is late."""

from collections.abc import Callable
from typing import Final

from nicegui import background_tasks, ui

from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.kit.workbook import WorkRows

EVERY: Final = 5.0
"""Seconds after which is looked again without a change: time alone makes orders late."""
MOST: Final = 99
"""What the small mark has room for."""


class Attention:
    """The number, which goes on by itself.

    The rows that it counts are those of the work list, made once for all pages of a time zone; a
    page does not wait for them. ``kinds``: what is looked at again at once, as in `keep_fresh`.
    """

    def __init__(self, visit: Visit, *kinds: str) -> None:
        self.count = 0
        self._visit = visit
        self._rows: WorkRows | None = None
        self._tell: list[Callable[[], object]] = []
        visit.keep_fresh(self._look, *kinds)
        visit.every(EVERY, self._look)
        background_tasks.create(self._open(), name="what needs somebody")

    def listen(self, tell: Callable[[], object]) -> None:
        """Call ``tell`` whenever the number is another."""
        self._tell.append(tell)

    async def _open(self) -> None:
        client = self._visit.client
        rows, let_go = await self._visit.work.open(self._visit.zone)
        if client.is_deleted:
            let_go()
            return
        client.on_delete(let_go)
        self._rows = rows
        with client:
            self._look()

    def _look(self) -> None:
        if self._rows is None:
            return
        self._rows.refresh()
        if self._rows.needing == self.count:
            return
        self.count = self._rows.needing
        for tell in self._tell:
            tell()


def mark(attention: Attention, link: ui.element, word: str) -> None:
    """Show the number at the icon of ``link``, whose word is ``word``; say it in its name."""
    with link:
        number = words("span", "").classes("rail-count").props("aria-hidden=true")

    def show() -> None:
        count = attention.count
        number.set_text(f"{MOST}+" if count > MOST else str(count or ""))
        if not count:
            link.props(remove="aria-label title")
            return
        said = "1 order needs you" if count == 1 else f"{count:,} orders need you"
        link.props["aria-label"] = f"{word}, {said}"
        link.props["title"] = said

    attention.listen(show)
