"""Rows that are picked for a deed on all of them: their boxes, and what is picked by its id."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from nicegui import ui

from app.ui.kit.visit import Visit

MOST: Final = 5_000
"""Rows that can be picked at once."""

T = TypeVar("T")


class Selection(Generic[T]):
    """What is picked, also on pages that were turned; ``changed`` is told after each pick."""

    def __init__(
        self, visit: Visit, name: Callable[[T], str], changed: Callable[[], object]
    ) -> None:
        self._visit = visit
        self._name = name
        self._changed = changed
        self._picked: dict[str, T] = {}
        self._shown: list[T] = []
        self._boxes: dict[str, ui.element] = {}
        self._all: ui.element | None = None

    @property
    def items(self) -> list[T]:
        """What is picked, in the order of the picks."""
        return list(self._picked.values())

    @property
    def hidden(self) -> int:
        """How many are picked that are not shown now."""
        return len(self._picked.keys() - {self._name(item) for item in self._shown})

    def replace(self, items: Sequence[T]) -> None:
        """Pick exactly these, at most `MOST`, wherever they are shown."""
        self._picked = {self._name(item): item for item in items[:MOST]}
        self._mark()

    def renew(self, items: Sequence[T]) -> None:
        """What is picked of these is like this now."""
        self._picked.update((self._name(item), item) for item in items if self._has(item))
        self._mark()

    def drop(self, items: Sequence[T]) -> None:
        """Pick these no more."""
        for item in items:
            self._picked.pop(self._name(item), None)
        self._mark()

    def clear(self) -> None:
        """Pick nothing."""
        self._picked.clear()
        self._mark()

    def head(self) -> ui.element:
        """The box of the head: all rows that are shown."""
        with ui.element("div") as head:
            self._all = self._box("All rows of this page", self._pick_all)
        return head

    def build_row(self) -> Callable[[T], None]:
        """The box of a row; returns what tells it its item."""
        here: list[T] = []

        def pick(on: bool) -> None:
            if here:
                self._pick(here[0], on)

        box = self._box("", pick)

        def update(item: T) -> None:
            name = self._name(item)
            here[:] = [item]
            self._boxes = {key: one for key, one in self._boxes.items() if one is not box}
            self._boxes[name] = box
            box.props["aria-label"] = f"Select {name}"
            if name in self._picked:
                self._picked[name] = item
            self._set(box, name in self._picked)

        return update

    def shows(self, items: Sequence[T]) -> None:
        """These rows are shown now."""
        self._shown = list(items)
        names = {self._name(item) for item in items}
        self._boxes = {name: box for name, box in self._boxes.items() if name in names}
        self._mark()

    def _has(self, item: T) -> bool:
        return self._name(item) in self._picked

    def _box(self, label: str, pick: Callable[[bool], None]) -> ui.element:
        with ui.element("label").classes("pick"):
            # Else a browser that goes back ticks what was ticked, whatever is picked now.
            box = ui.element("input").props("type=checkbox autocomplete=off")
        box.props["aria-label"] = label

        def picked(event: Any) -> None:
            on = event.args is True
            box.props["checked"] = on
            pick(on)

        box.on("change", self._visit.act(picked), js_handler="(e) => emit(e.target.checked)")
        return box

    def _pick(self, item: T, on: bool) -> None:
        self._pick_these([item], on)

    def _pick_all(self, on: bool) -> None:
        self._pick_these(self._shown, on)

    def _pick_these(self, items: Sequence[T], on: bool) -> None:
        taken = [self._put(item, on) for item in items]
        self._mark()
        if not all(taken):
            self._visit.say(f"At most {MOST:,} rows can be picked at once.", bad=True)

    def _put(self, item: T, on: bool) -> bool:
        """Whether there was room for it."""
        name = self._name(item)
        if not on:
            self._picked.pop(name, None)
        elif name in self._picked or len(self._picked) < MOST:
            self._picked[name] = item
        else:
            return False
        return True

    def _mark(self) -> None:
        for name, box in self._boxes.items():
            self._set(box, name in self._picked)
        if self._all is not None:
            shown = [self._name(item) for item in self._shown]
            self._set(self._all, bool(shown) and all(name in self._picked for name in shown))
        self._changed()

    @staticmethod
    def _set(box: ui.element, on: bool) -> None:
        if bool(box.props.get("checked")) is not on:
            box.props["checked"] = on
