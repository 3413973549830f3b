"""The frames of one driver as they come, and our answers, while staff look on.

A driver is watched with all his sockets, also those that he opens meanwhile, and with what his
phone sends over HTTP. While anybody is watched, what comes on a socket before it is known whose it
is waits here, and is told or forgotten once it is. Nothing else is kept of anybody whom nobody
watches: his sockets do not even know that this exists.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

LINES: Final = 200
"""What a view holds at most."""
GONE: Final = 20
"""Sockets that are remembered though they were closed before it was known whose they were."""


class Way(StrEnum):
    """Where a line comes from."""

    IN = "in"
    OUT = "out"
    NOTE = "note"
    """Not a frame: a socket was opened or closed."""


Heard = deque[tuple[int, Way, int, str]]
"""The newest lines of a socket: when, and as in `Line`."""
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

    def __init__(self, stop: "Callable[[View], None]") -> None:
        self._stop = stop
        self._lines: deque[Line] = deque(maxlen=LINES)
        self.count = 0

    def take(self, at: int, way: Way, size: int, text: str) -> None:
        """One more line, of the time ``at``."""
        self.count += 1
        self._lines.append(Line(self.count, at, way, size, text))

    def after(self, num: int) -> list[Line]:
        """The lines that came after number ``num``, as far as they are still held."""
        return [line for line in self._lines if line.num > num]

    def stop(self) -> None:
        """Nobody looks any more."""
        self._lines.clear()
        self._stop(self)


@dataclass(frozen=True, slots=True)
class Came:
    """A driver's socket that was opened at ``at``; ``note`` says from where, with what."""

    socket: Tappable
    at: int
    note: str


class RawViews:
    """Who is watched."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._views: dict[int, list[View]] = {}
        self._taps: dict[int, set[Tappable]] = {}
        self._unknown: dict[Tappable, Heard] = {}
        """What was heard of sockets of which nobody knows yet whose they are."""
        self._gone: dict[Tappable, Heard] = {}
        """The same of those that were closed meanwhile: the answer may still be on its way."""

    def watch(
        self, driver_num: int, sockets: Iterable[Tappable], unknown: Iterable[Tappable] = ()
    ) -> View:
        """Look on; ``sockets`` are those that he has open now, of the ``unknown`` ones nobody
        knows yet whose they are."""

        def stop(view: View) -> None:
            self._leave(driver_num, view)

        view = View(stop)
        self._views.setdefault(driver_num, []).append(view)
        for socket in sockets:
            self._tap(driver_num, socket)
        for socket in unknown:
            self.knocked(socket)
        return view

    @property
    def watching(self) -> bool:
        """Whether anybody is watched."""
        return bool(self._views)

    def watched(self, driver_num: int) -> bool:
        """Whether anybody looks at this driver."""
        return driver_num in self._views

    def overheard(self, driver_num: int, way: Way, size: int, text: str) -> None:
        """A request of this driver's phone, or our answer, without its secrets."""
        self._tell(driver_num, self._now(), way, size, text)

    def knocked(self, socket: Tappable) -> None:
        """A driver's socket; nobody knows yet whose."""
        if not self._views or socket in self._unknown:
            return
        heard = self._unknown[socket] = Heard(maxlen=LINES)

        def hear(way: Way, size: int, text: str) -> None:
            heard.append((self._now(), way, size, text))

        socket.tap(hear)

    def opened(self, driver_num: int, came: Came) -> None:
        """A socket is known to be this driver's; what came on it before is told first."""
        self._tell_all(driver_num, came)
        if driver_num in self._views:
            self._tap(driver_num, came.socket)

    def not_let_in(self, driver_num: int, came: Came, why: str = "") -> None:
        """A socket with a token of this driver was turned away, or gone before it was looked up."""
        self._tell_all(driver_num, came)
        if why:
            self._tell(driver_num, self._now(), Way.NOTE, 0, why)

    def closed(self, driver_num: int, socket: Tappable, note: str) -> None:
        """A socket of this driver is gone."""
        if driver_num in self._views:
            self._taps.get(driver_num, set()).discard(socket)
            self._tell(driver_num, self._now(), Way.NOTE, 0, note)

    def vanished(self, socket: Tappable, note: str) -> None:
        """A socket is gone before anybody knew whose it was."""
        heard = self._unknown.pop(socket, None)
        if heard is None:
            return
        heard.append((self._now(), Way.NOTE, 0, note))
        self._gone[socket] = heard
        while len(self._gone) > GONE:
            del self._gone[next(iter(self._gone))]

    def _tap(self, driver_num: int, socket: Tappable) -> None:
        def hear(way: Way, size: int, text: str) -> None:
            self._tell(driver_num, self._now(), way, size, text)

        self._taps.setdefault(driver_num, set()).add(socket)
        socket.tap(hear)

    def _tell_all(self, driver_num: int, came: Came) -> None:
        """That it came, and what was heard of it until now."""
        self._tell(driver_num, came.at, Way.NOTE, 0, came.note)
        heard = self._unknown.pop(came.socket, None)
        if heard is None:
            heard = self._gone.pop(came.socket, None)
        else:
            came.socket.tap(None)
        for line in heard or ():
            self._tell(driver_num, *line)

    def _tell(self, driver_num: int, at: int, way: Way, size: int, text: str) -> None:
        for view in self._views.get(driver_num, ()):
            view.take(at, way, size, text)

    def _leave(self, driver_num: int, view: View) -> None:
        views = self._views.get(driver_num, [])
        if view in views:
            views.remove(view)
        if not views:
            self._views.pop(driver_num, None)
            for socket in self._taps.pop(driver_num, ()):
                socket.tap(None)
        if not self._views:
            unknown, self._unknown, self._gone = self._unknown, {}, {}
            for socket in unknown:
                socket.tap(None)
