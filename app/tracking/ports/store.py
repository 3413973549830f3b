"""Everything that is kept."""

from typing import Protocol

from app.tracking.ports.business import ActivityLog, Insights, Lessons, Settings
from app.tracking.ports.drivers import Drivers, PhoneReports
from app.tracking.ports.notices import Notices
from app.tracking.ports.orders import Orders
from app.tracking.ports.people import People
from app.tracking.ports.positions import Positions, Tracks
from app.tracking.ports.proofs import Proofs
from app.tracking.ports.talk import Talk


class Store(Protocol):
    """Everything that is kept."""

    positions: Positions
    tracks: Tracks
    orders: Orders
    talk: Talk
    proofs: Proofs
    notices: Notices
    drivers: Drivers
    phones: PhoneReports
    people: People
    activity: ActivityLog
    settings: Settings
    insights: Insights
    lessons: Lessons
    epoch: str

    async def healthy(self) -> bool:
        """Whether a write is kept at the moment."""

    async def close(self) -> None:
        """Finish the writes that wait, then close."""
