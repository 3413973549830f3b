"""Cells of the table of sockets: what went over each, what waits, how long an answer takes."""

from typing import Final

from nicegui import ui

from app.ui.kit.parts import DASH
from app.ui.kit.words import Words, words

SLOW: Final = 1.0
"""Seconds of lag from which it is worth a look."""


class Traffic(ui.element):
    """A cell: messages, and bytes below."""

    def __init__(self) -> None:
        super().__init__("div")
        with self, ui.element("div").classes("two-lines"):
            self._messages: Words = words("div", "")
            self._bytes: Words = words("div", "").classes("muted small")

    def show(self, messages: int, size: int) -> None:
        """Show these counts."""
        self._messages.set_text(f"{messages:,}")
        self._bytes.set_text(size_words(size))


def show_queue(element: Words, ours: int, transport: int) -> None:
    """What waits for a slow reader, in bytes: in our queue, and in the transport's buffer."""
    waiting = ours + transport
    element.set_text(size_words(waiting))
    title = f"{size_words(ours)} in our queue, {size_words(transport)} on the way out"
    if element.props.get("title") != title:
        element.props["title"] = title
        element.classes(replace="number level-warn" if waiting else "number")


def show_lag(element: Words, seconds: float | None) -> None:
    """The time from our ping to its answer."""
    text = lag_words(seconds)
    if element.text == text:
        return
    element.set_text(text)
    title = "Not measured yet" if seconds is None else "From our ping to its answer"
    element.props["title"] = title
    slow = seconds is not None and seconds >= SLOW
    element.classes(replace="number level-warn" if slow else "number")


def lag_words(seconds: float | None) -> str:
    """A short time: "34 ms", "1,200 ms", "12 s"; a dash for none."""
    if seconds is None:
        return DASH
    return f"{seconds:.0f} s" if seconds >= 10 else f"{max(1, round(seconds * 1_000)):,} ms"


def size_words(size: int) -> str:
    """Bytes as people write them: "812 B", "14 kB", "3.2 MB"."""
    if size < 1_000:
        return f"{size} B"
    for unit, word in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            value = size / unit
            return f"{value:.0f} {word}" if value >= 10 else f"{value:.1f} {word}"
    return f"{size} B"
