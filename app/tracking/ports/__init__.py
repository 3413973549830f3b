"""What the services need from a store, and the promises of each method.

Every write is one transaction, synced to disk before its awaitable ends. ``then`` runs on the
event loop in the order of the commits, before the awaitable of the same write ends; services
publish there, so that viewers see changes in the order in which they were stored. A write that
cannot be kept raises `OnthewayError` ``unavailable`` and has changed nothing.
All times are microseconds since the epoch. ``num`` are row numbers, never shown outside.
"""

from app.tracking.ports.business import (
    ActivityLog,
    Insights,
    Lessons,
    Settings,
)
from app.tracking.ports.drivers import (
    Drivers,
    PhoneReports,
)
from app.tracking.ports.notices import (
    Notices,
    Pusher,
)
from app.tracking.ports.orders import (
    Orders,
    Then,
)
from app.tracking.ports.people import (
    People,
)
from app.tracking.ports.places import (
    Geocoder,
)
from app.tracking.ports.positions import (
    Positions,
    Tracks,
)
from app.tracking.ports.proofs import (
    Proofs,
)
from app.tracking.ports.store import (
    Store,
)
from app.tracking.ports.talk import (
    Talk,
)

__all__ = [
    "ActivityLog",
    "Drivers",
    "Geocoder",
    "Insights",
    "Lessons",
    "Notices",
    "Orders",
    "People",
    "PhoneReports",
    "Positions",
    "Proofs",
    "Pusher",
    "Settings",
    "Store",
    "Talk",
    "Then",
    "Tracks",
]
