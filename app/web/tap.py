"""What stands between a live socket, its session and its outlet while somebody looks on.

Put in place when a view begins and taken out when it ends: a socket that nobody watches has no
part of this on its way, not even a question.
"""

from app.tracking.hub import Run
from app.tracking.raw_views import Hear, Way
from app.web.frames import payloads
from app.web.masks import shown
from app.web.outlet import Outlet
from app.web.sessions import Session


class TappedSession:
    """A session whose messages are told before it gets them."""

    def __init__(self, inner: Session, hear: Hear) -> None:
        self.inner = inner
        self._hear = hear

    def receive(self, text: bytes) -> None:
        """One text message."""
        self._hear(Way.IN, len(text), shown(text))
        self.inner.receive(text)

    def receive_binary(self) -> None:
        """One binary message: it is refused unread."""
        self._hear(Way.IN, 0, "A binary message")
        self.inner.receive_binary()

    def overdue(self) -> None:
        """Five seconds since the handshake."""
        self.inner.overdue()

    def closed(self) -> None:
        """The socket is gone."""
        self.inner.closed()


class TappedOutlet:
    """An outlet whose frames are told as they are handed over for writing."""

    def __init__(self, inner: Outlet, hear: Hear) -> None:
        self.inner = inner
        self.hear = hear

    def send(self, wire: bytes) -> None:
        """Write, or wait in the queue."""
        self._told(wire)
        self.inner.send(wire)

    def send_positions(self, topic: int, wire: bytes, run: Run) -> None:
        """Write all of a run, or let the newest wait."""
        self._told(wire)
        self.inner.send_positions(topic, wire, run)

    def pause(self) -> None:
        """The transport's buffer is full."""
        self.inner.pause()

    def resume(self) -> None:
        """There is room again."""
        self.inner.resume()

    def drop(self) -> None:
        """Forget what waits."""
        self.inner.drop()

    @property
    def waiting(self) -> int:
        """Bytes that wait."""
        return self.inner.waiting

    def _told(self, wire: bytes) -> None:
        for payload in payloads(wire):
            self.hear(Way.OUT, len(payload), shown(payload))
