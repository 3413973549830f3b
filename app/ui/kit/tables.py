"""A table whose rows stay: each is found again by its key and changed in place.

Knows nothing of what is in the rows; what has the focus or is being read is never built anew.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from nicegui import events, ui

from app.ui.kit.heads import Heads
from app.ui.kit.parts import Handler, button, icon_for_eye
from app.ui.kit.visit import Visit
from app.ui.kit.words import Words, words

STYLES: Final = '<link rel="stylesheet" href="/static/staff/pages.css">'
PAGE: Final = 50
"""Rows shown at once."""
MAX_SEARCH: Final = 100
SEARCH_PAUSE: Final = 300
"""Milliseconds without a key pressed before a search."""

T = TypeVar("T")
Update = Callable[[T], None]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its grid track, and the classes of its cells.

    Where the least widths together are more than the window has, the table is moved sideways.

    ``by`` is what its head sorts by, where the table has `Heads`; ``build_head`` makes a head that
    is more than that.
    """

    title: str
    width: str = "minmax(0, 1fr)"
    classes: str = ""
    build_head: Callable[[], ui.element] | None = None
    by: str = ""


class Table(Generic[T]):
    """Rows of ``T``. ``build`` makes one cell per column and returns what fills them."""

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        key: Callable[[T], Hashable],
        build: Callable[[], Update[T]],
        heads: Heads | None = None,
    ) -> None:
        self._columns = columns
        self._key = key
        self._build = build
        self._rows: dict[Hashable, tuple[ui.element, Update[T]]] = {}
        self.wrap = ui.element("div").classes("table-wrap table-cards")
        with self.wrap:
            self._table = ui.element("div").classes("table").props("role=table")
        self._table.props["aria-label"] = name
        self._table.style(f"--columns: {' '.join(column.width for column in columns)}")
        with self._table, ui.element("div").classes("table-head").props("role=row"):
            for column in columns:
                head = _head(column, heads)
                head.classes(column.classes).props("role=columnheader")

    def show(self, items: Sequence[T]) -> None:
        """Show exactly these, in this order."""
        wanted = {self._key(item): item for item in items}
        for key in [key for key in self._rows if key not in wanted]:
            self._rows.pop(key)[0].delete()
        for key, item in wanted.items():
            if key not in self._rows:
                self._rows[key] = self._new_row()
            self._rows[key][1](item)
        self._arrange([self._rows[key][0] for key in wanted])
        self.wrap.set_visibility(bool(wanted))

    def _new_row(self) -> tuple[ui.element, Update[T]]:
        with self._table:
            row = ui.element("div").classes("table-row").props("role=row")
        with row:
            update = self._build()
        for cell, column in zip(row.default_slot.children, self._columns, strict=True):
            cell.classes(column.classes).props("role=cell")
            cell.props["data-label"] = column.title
        return row, update

    def _arrange(self, rows: list[ui.element]) -> None:
        children = self._table.default_slot.children
        if children[1:] != rows:
            children[1:] = rows
            self._table.update()


def _head(column: Column, heads: Heads | None) -> ui.element:
    """What it is, and what sorts by it; what can be done in a row is under a head that only screen
    readers have."""
    if column.build_head is not None:
        return column.build_head()
    if heads is not None and column.by:
        return heads.build(column.by, column.title)
    with ui.element("div") as head:
        words("span", column.title or "Actions").classes("" if column.title else "sr-only")
    return head


class Pages:
    """Where one is in a list that is read page by page: cursors of the pages before."""

    def __init__(self) -> None:
        self.before: list[str | None] = []
        self.here: str | None = None
        self.next: str | None = None

    def first(self) -> None:
        """Begin again."""
        self.before, self.here, self.next = [], None, None

    def forward(self) -> None:
        """To the next page, if there is one."""
        if self.next is not None:
            self.before.append(self.here)
            self.here = self.next

    def back(self) -> None:
        """To the page before, if there is one."""
        if self.before:
            self.here = self.before.pop()

    def of(self, items: Sequence[T], size: int = PAGE) -> Sequence[T]:
        """The page of a list that is here whole; its cursors are offsets."""
        begin = int(self.here or 0)
        if begin and begin >= len(items):
            self.first()
            begin = 0
        self.next = str(begin + size) if begin + size < len(items) else None
        return items[begin : begin + size]


class Pager:
    """The buttons below a table; hidden while everything fits."""

    def __init__(self, pages: Pages, turned: Handler, *, back: str, forward: str) -> None:
        self._pages = pages
        self._turned = turned
        with ui.element("div").classes("pager") as self._bar:
            self._note = words("span", "").classes("muted small")
            ui.element("span").classes("toolbar-space")
            self._back = button(back, turned_by(pages.back, turned), "btn-small", "chevron_left")
            self._forward = button(
                forward, turned_by(pages.forward, turned), "btn-small btn-forward", "chevron_right"
            )

    def show(self, note: str = "") -> None:
        """Show what can be turned to, and ``note`` on the left."""
        self._note.set_text(note)
        able(self._back, bool(self._pages.before))
        able(self._forward, self._pages.next is not None)
        turns = bool(self._pages.before or self._pages.next)
        self._back.set_visibility(turns)
        self._forward.set_visibility(turns)
        self._bar.set_visibility(turns or bool(note))


def turned_by(turn: Callable[[], None], then: Handler) -> Handler:
    """A handler that turns, then shows."""

    async def handle() -> None:
        turn()
        result = then()
        if result is not None:
            await result

    return handle


def able(element: ui.element, on: bool) -> None:
    """Let a button be pressed, or not."""
    if bool(element.props.get("disabled")) is on:
        element.props.set_bool("disabled", not on)


class Chips:
    """Filters of which one is on, each with a count where there is one."""

    def __init__(self, name: str, choices: Mapping[str, str], on: str, chosen: Handler) -> None:
        self.on = on
        self._chosen = chosen
        self._chips: dict[str, tuple[ui.element, Words]] = {}
        with ui.element("div").classes("chips").props("role=group") as group:
            for key, word in choices.items():
                self._chips[key] = self._make(key, word)
        group.props["aria-label"] = name
        self._mark()

    def choose(self, key: str) -> None:
        """Switch one on, without telling."""
        self.on = key
        self._mark()

    def count(self, counts: Mapping[str, int]) -> None:
        """Show the counts."""
        for key, (_, number) in self._chips.items():
            if key in counts:
                number.set_text(f"{counts[key]:,}")

    def _make(self, key: str, word: str) -> tuple[ui.element, Words]:
        async def press() -> None:
            self.choose(key)
            result = self._chosen()
            if result is not None:
                await result

        chip = ui.element("button").classes("chip").props("type=button").on("click", press, [])
        with chip:
            words("span", word)
            number = words("span", "").classes("chip-count")
        return chip, number

    def _mark(self) -> None:
        for key, (chip, _) in self._chips.items():
            if key == self.on:
                chip.classes(add="chip-on")
            else:
                chip.classes(remove="chip-on")
            chip.props["aria-pressed"] = "true" if key == self.on else "false"


class Search:
    """The field above a table; `text` is what to look for, as it was typed."""

    def __init__(self, visit: Visit, placeholder: str, found: Handler, text: str = "") -> None:
        self.text = text.strip()[:MAX_SEARCH]
        self._found = found
        field = ui.input(value=self.text, placeholder=placeholder)
        field.props(f"outlined dense clearable maxlength={MAX_SEARCH} debounce={SEARCH_PAUSE}")
        field.props["aria-label"] = "Search"
        field.props("data-search").classes("table-search").on_value_change(visit.act(self._typed))

    def fits(self, *texts: str | None) -> bool:
        """Whether one of them holds what is looked for."""
        wanted = self.text.casefold()
        return not wanted or any(wanted in text.casefold() for text in texts if text)

    async def _typed(self, event: events.ValueChangeEventArguments[str | None]) -> None:
        value = event.value
        self.text = value.strip()[:MAX_SEARCH] if isinstance(value, str) else ""
        result = self._found()
        if result is not None:
            await result


class Empty:
    """What is shown instead of a table without rows: what to do first, or why there is none."""

    def __init__(self, icon: str, title: str, more: str) -> None:
        with ui.element("div").classes("empty card") as self.box:
            icon_for_eye(icon)
            self._title = words("h2", title)
            self._more = words("p", more)

    def show(self, on: bool, title: str | None = None, more: str | None = None) -> None:
        """Show it or not, with other words where given."""
        self.box.set_visibility(on)
        if title is not None:
            self._title.set_text(title)
        if more is not None:
            self._more.set_text(more)


def cell(classes: str = "") -> ui.element:
    """A cell that holds elements."""
    return ui.element("div").classes(classes)


def text_cell(classes: str = "whole") -> Words:
    """A cell that holds one text: "whole", or "few-lines" of what may be very long."""
    return words("div", "").classes(classes)


def set_text(element: Words, text: str, *, whole: bool = True) -> None:
    """Change a text in place; where it may be cut the pointer shows the whole."""
    element.set_text(text)
    if whole and element.props.get("title") != text:
        element.props["title"] = text
