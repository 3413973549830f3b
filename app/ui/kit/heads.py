"""Heads of a table that sort it: one press for a column's own direction, the next turns it round,
the third goes back to how the table is by itself."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

from nicegui import ui

from app.ui.kit.parts import Choice, Handler, icon_for_eye
from app.ui.kit.visit import Visit
from app.ui.kit.words import Icon, words

REST: Final = 3.0
"""Seconds for which rows keep their places, however fast changes what they are sorted by."""

T = TypeVar("T")


class Heads:
    """How a table is sorted, and what shows and changes it.

    ``choices``: as the address of the page has it -> what it means; "-" turns a column round. The
    first one is how the table is by itself; a column begins with the first of its two. ``asked``
    is what the address says; what is unknown is the first.
    """

    def __init__(
        self, visit: Visit, choices: Mapping[str, str], asked: str, changed: Handler
    ) -> None:
        self._visit = visit
        self._choices = choices
        self._usual = next(iter(choices))
        self._changed = changed
        self._heads: dict[str, tuple[ui.element, Icon]] = {}
        self._list: Choice | None = None
        self.on = asked if asked in choices else self._usual

    @property
    def by(self) -> str:
        """The column by which it is sorted."""
        return self.on.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether what is largest is first."""
        return self.on.startswith("-")

    @property
    def asked(self) -> str:
        """What the address says; nothing of what is so by itself."""
        return "" if self.on == self._usual else self.on

    def build(self, by: str, title: str) -> ui.element:
        """Make the head of a column."""
        with ui.element("div") as head:
            with ui.element("button").classes("sort").props("type=button") as press:
                words("span", title)
                icon = icon_for_eye("").classes("sort-mark")
            press.on("click", self._visit.act(lambda: self._set(self.after(by))), [])
        self._heads[by] = head, icon
        self._mark()
        return head

    def build_choice(self, name: str = "Sorted by") -> None:
        """The list for narrow screens, where a table has no head."""
        self._list = Choice(name, self._set, self._visit.act)
        self._list.classes("sort-choice")
        self._mark()

    def after(self, by: str) -> str:
        """What follows when the head of ``by`` is pressed."""
        own, turned = (one for one in self._choices if one.removeprefix("-") == by)
        if self.by != by:
            return own
        return turned if self.on == own else self._usual

    async def _set(self, on: str) -> None:
        self.on = on
        self._mark()
        result = self._changed()
        if result is not None:
            await result

    def _mark(self) -> None:
        direction = "descending" if self.descending else "ascending"
        for by, (head, icon) in self._heads.items():
            on = by == self.by
            icon.set_name("arrow_downward" if on and self.descending else "arrow_upward")
            icon.classes(add="sort-on" if on else None, remove=None if on else "sort-on")
            head.props["aria-sort"] = direction if on else "none"
        if self._list is not None:
            self._list.show(self._choices, self.on)


class Standing(Generic[T]):
    """Puts rows that are here whole in order, as heads say.

    A row's value is looked at anew only every `REST` seconds, so that one can read and press what
    changes all the time; a new row stands where it belongs at once. Rows without a value (None or
    "") come last, and among equals those stay first who were.
    """

    def __init__(
        self,
        heads: Heads,
        monotonic: Callable[[], float],
        key: Callable[[T], Hashable],
        values: Mapping[str, Callable[[T], Any]],
    ) -> None:
        self._heads = heads
        self._monotonic = monotonic
        self._key = key
        self._values = values
        self._held: dict[Hashable, Any] = {}
        self._by = ""
        self._until = float("-inf")

    def of(self, rows: Sequence[T]) -> list[T]:
        """The same rows in their order."""
        by, now = self._heads.by, self._monotonic()
        if by != self._by or now >= self._until:
            self._by, self._until, self._held = by, now + REST, {}
        valued, valueless = list[tuple[Any, T]](), list[T]()
        for row in rows:
            value = self._value(row)
            if value is None or value == "":
                valueless.append(row)
            else:
                valued.append((value, row))
        valued.sort(key=lambda pair: pair[0], reverse=self._heads.descending)
        return [row for _, row in valued] + valueless

    def _value(self, row: T) -> Any:
        key = self._key(row)
        if key not in self._held:
            self._held[key] = self._values[self._by](row)
        return self._held[key]
