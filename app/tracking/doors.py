"""What the sessions of one kind of socket share: services and budgets."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from app.domain.access import Actor
from app.tracking.acks import AckTray
from app.tracking.fleet import Fleet
from app.tracking.follow import Follow
from app.tracking.hub import Hub
from app.tracking.intake import Intake
from app.tracking.monitor import Monitor
from app.tracking.orders import OrderDesk
from app.tracking.reporting import Reporting
from app.tracking.throttle import Buckets


@dataclass(slots=True, kw_only=True)
class DriverDoor:
    """For all drivers' sockets. ``refusals`` are counted by address, ``rates`` by driver;
    ``rejected`` counts the messages rejected since the start."""

    fleet: Fleet
    intake: Intake
    orders: OrderDesk
    reporting: Reporting
    hub: Hub
    monitor: Monitor
    rates: Buckets
    refusals: Buckets
    rejected: int = 0
    acks: AckTray = field(default_factory=AckTray)


@dataclass(slots=True, kw_only=True)
class ViewerDoor:
    """For all viewers' sockets. ``by_key`` finds the program of an API key."""

    follow: Follow
    hub: Hub
    monitor: Monitor
    rates: Buckets
    refusals: Buckets
    sockets_per_link: int
    by_key: Callable[[str, str | None], Awaitable[Actor | None]]
    _open: dict[str, int] = field(default_factory=dict)

    def enter(self, link_id: str) -> bool:
        """Count one more socket of a link; False when there are too many."""
        count = self._open.get(link_id, 0)
        if self.sockets_per_link and count >= self.sockets_per_link:
            return False
        self._open[link_id] = count + 1
        return True

    def leave(self, link_id: str | None) -> None:
        """One less; None: it was no link's."""
        if link_id is None:
            return
        left = self._open.pop(link_id, 0) - 1
        if left > 0:
            self._open[link_id] = left
