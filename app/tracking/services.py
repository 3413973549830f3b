"""All services of one process in one place, as doors receive them."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.tracking.addresses import AddressDesk
from app.tracking.approach import Approach
from app.tracking.arrivals import Arrivals
from app.tracking.board import Board
from app.tracking.customer import CustomerDesk
from app.tracking.doors import DriverDoor, ViewerDoor
from app.tracking.fleet import Fleet
from app.tracking.follow import Follow
from app.tracking.hub import Hub
from app.tracking.insights import InsightDesk
from app.tracking.intake import Intake
from app.tracking.monitor import Monitor, Now
from app.tracking.notices import NoticeDesk
from app.tracking.order_files import OrderFiles
from app.tracking.orders import OrderDesk
from app.tracking.phones import PhoneDoor
from app.tracking.ports import Store
from app.tracking.preferences import PreferenceDesk
from app.tracking.proofs import ProofDesk
from app.tracking.reporting import Reporting
from app.tracking.retention import Retention
from app.tracking.signin import SignIn
from app.tracking.staff_feed import StaffFeed
from app.tracking.talk import TalkDesk
from app.tracking.throttle import Buckets, Monotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What pages need to know of the settings, as they are now.

    ``public_url`` has no slash at its end. ``embed_origins``: whose pages may show the customer's
    in a frame, such as "https://shop.example.com".
    """

    public_url: str
    timezone: ZoneInfo
    preferences: PreferenceDesk
    embed_origins: frozenset[str] = frozenset()

    @property
    def business_name(self) -> str:
        """The name that customers read."""
        return self.preferences.current.business_name

    @property
    def tile_url(self) -> str | None:
        """The map's tiles; None: no tiles."""
        return self.preferences.current.tile_url

    @property
    def tile_attribution(self) -> str:
        """Who made them."""
        return self.preferences.current.tile_attribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits that doors enforce; 0 means none. Bytes and counts."""

    frame_bytes: int = 131_072
    viewer_frame_bytes: int = 4_096
    body_bytes: int = 65_536
    upload_bytes: int = 10_485_760
    ingest_body_bytes: int = 1_048_576
    sockets_per_address: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What can be done; ``addresses`` only where a server for that is named."""

    store: Store
    board: Board
    hub: Hub
    monitor: Monitor
    intake: Intake
    orders: OrderDesk
    order_files: OrderFiles
    talk: TalkDesk
    proofs: ProofDesk
    notices: NoticeDesk
    customer: CustomerDesk
    fleet: Fleet
    follow: Follow
    signin: SignIn
    feed: StaffFeed
    reporting: Reporting
    insights: InsightDesk
    arrivals: Arrivals
    approach: Approach
    driver_door: DriverDoor
    phone_door: PhoneDoor
    viewer_door: ViewerDoor
    api_rates: Buckets
    preferences: PreferenceDesk
    retention: Retention
    look: Look
    limits: Limits
    addresses: AddressDesk | None
    now: Now
    monotonic: Monotonic
