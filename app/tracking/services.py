"""All services of one process in one place, as doors receive them."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.tracking.board import Board
from app.tracking.doors import DriverDoor, ViewerDoor
from app.tracking.fleet import Fleet
from app.tracking.follow import Follow
from app.tracking.hub import Hub
from app.tracking.intake import Intake
from app.tracking.monitor import Monitor, Now
from app.tracking.orders import OrderDesk
from app.tracking.ports import Store
from app.tracking.signin import SignIn
from app.tracking.staff_feed import StaffFeed
from app.tracking.throttle import Buckets, Monotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What pages need to know of the settings.

    ``tile_url`` None: no tiles. ``public_url`` has no slash at its end.
    """

    public_url: str
    business_name: str
    tile_url: str | None
    tile_attribution: str
    timezone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits that doors enforce; 0 means none. Bytes and counts."""

    frame_bytes: int = 131_072
    viewer_frame_bytes: int = 4_096
    body_bytes: int = 65_536
    sockets_per_address: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What can be done."""

    store: Store
    board: Board
    hub: Hub
    monitor: Monitor
    intake: Intake
    orders: OrderDesk
    fleet: Fleet
    follow: Follow
    signin: SignIn
    feed: StaffFeed
    driver_door: DriverDoor
    viewer_door: ViewerDoor
    api_rates: Buckets
    look: Look
    limits: Limits
    now: Now
    monotonic: Monotonic
