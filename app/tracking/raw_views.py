"""The frames of one driver as they come, and our answers, while staff look on.

A driver is watched with all his sockets, also those that he opens meanwhile, and with what his
phone sends over HTTP. Nothing is kept of anybody whom nobody watches: his sockets do not even know
that this exists.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

LINES: Final = 200
"""What a view holds at most."""


class Way(StrEnum):
    """Where a line comes from."""

    IN = "in"
    OUT = "out"
    NOTE = "note"
    """Not a frame: a socket was opened or closed."""


Hear = Callable[[Way, int, str], None]
"""Told of each frame: which way, its bytes, its text with every secret masked."""


class Tappable(Protocol):
    """A socket that can be listened to."""

    def tap(self, hear: Hear | None) -> None:
        """From now on ``hear`` is told of each frame; None: of none."""


@dataclass(frozen=True, slots=True)
class Line:
    """One frame, or a note; ``num`` counts from 1, ``at`` is in microseconds."""

    num: int
    at: int
    way: Way
    size: int
    text: str


class View:
    """What one person sees of a driver; ``count`` lines have come so far."""

    def __init__(self, now: Callable[[], int], stop: "Callable[[View], None]") -> None:
        self._now = now
        self._stop = stop
        self._lines: deque[Line] = deque(maxlen=LINES)
        self.count = 0

    def take(self, way: Way, size: int, text: str) -> None:
        """One more line."""
        self.count += 1
        self._lines.append(Line(self.count, self._now(), way, size, text))

    def after(self, num: int) -> list[Line]:
        """The lines that came after number ``num``, as far as they are still held."""
        return [line for line in self._lines if line.num > num]

    def stop(self) -> None:
        """Nobody looks any more."""
        self._lines.clear()
        self._stop(self)


class RawViews:
    """Who is watched."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._views: dict[int, list[View]] = {}
        self._taps: dict[int, set[Tappable]] = {}

    def watch(self, driver_num: int, sockets: Iterable[Tappable]) -> View:
        """Look on; ``sockets`` are those that he has open now."""

        def stop(view: View) -> None:
            self._leave(driver_num, view)

        view = View(self._now, stop)
        self._views.setdefault(driver_num, []).append(view)
        for socket in sockets:
            self._tap(driver_num, socket)
        return view

    def watched(self, driver_num: int) -> bool:
        """Whether anybody looks at this driver."""
        return driver_num in self._views

    def overheard(self, driver_num: int, way: Way, size: int, text: str) -> None:
        """A request of this driver's phone, or our answer, without its secrets."""
        self._tell(driver_num, way, size, text)

    def opened(self, driver_num: int, socket: Tappable, note: str) -> None:
        """A socket is known to be this driver's."""
        if driver_num in self._views:
            self._tap(driver_num, socket)
            self._tell(driver_num, Way.NOTE, 0, note)

    def closed(self, driver_num: int, socket: Tappable, note: str) -> None:
        """A socket of this driver is gone."""
        if driver_num in self._views:
            self._taps.get(driver_num, set()).discard(socket)
            self._tell(driver_num, Way.NOTE, 0, note)

    def _tap(self, driver_num: int, socket: Tappable) -> None:
        def hear(way: Way, size: int, text: str) -> None:
            self._tell(driver_num, way, size, text)

        self._taps.setdefault(driver_num, set()).add(socket)
        socket.tap(hear)

    def _tell(self, driver_num: int, way: Way, size: int, text: str) -> None:
        for view in self._views.get(driver_num, ()):
            view.take(way, size, text)

    def _leave(self, driver_num: int, view: View) -> None:
        views = self._views.get(driver_num, [])
        if view in views:
            views.remove(view)
        if not views:
            self._views.pop(driver_num, None)
            for socket in self._taps.pop(driver_num, ()):
                socket.tap(None)
