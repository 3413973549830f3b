"""Settings and a store in, all services out; knows no door."""

import time
from typing import Final
from zoneinfo import ZoneInfo

from app.config import PREFIX, Settings, secret_key
from app.domain.limits import Failures, Rate
from app.domain.preferences import RULES, Preferences
from app.domain.times import HOUR
from app.geocoder import Nominatim
from app.push.sender import WebPush
from app.push.vapid import Vapid
from app.tracking.addresses import AddressDesk
from app.tracking.arrivals import Arrivals
from app.tracking.board import Board
from app.tracking.credentials import Passwords
from app.tracking.customer import CustomerDesk
from app.tracking.doors import DriverDoor, ViewerDoor
from app.tracking.fleet import Fleet
from app.tracking.follow import Follow
from app.tracking.hub import Hub
from app.tracking.insights import InsightDesk
from app.tracking.intake import Intake
from app.tracking.monitor import Monitor
from app.tracking.notices import NoticeDesk
from app.tracking.order_files import OrderFiles
from app.tracking.orders import OrderDesk
from app.tracking.phones import PhoneDoor
from app.tracking.ports import Pusher, Store
from app.tracking.preferences import PreferenceDesk
from app.tracking.proofs import ProofDesk
from app.tracking.reporting import Reporting
from app.tracking.reports import Reports
from app.tracking.retention import Retention
from app.tracking.services import Limits, Look, Services
from app.tracking.signin import SignIn
from app.tracking.staff_feed import StaffFeed
from app.tracking.talk import TalkDesk
from app.tracking.throttle import Buckets, Gauges
from app.tracking.wishes import Wishes

REFUSALS: Final = Rate(10, 300)
"""Refused credentials per second and burst, per address."""
NOTED_REFUSALS: Final = Rate(1, 1_000)
"""Refusals in the activity log per second and burst, per address."""
VIEWER_MESSAGES: Final = Rate(2, 100)
CUSTOMER_WRITES: Final = Rate(1 / 20, 10)
"""What a customer writes, per second and burst, per link."""
WRONG_CODES: Final = Failures(5, 900)
"""Wrong delivery codes within so many seconds that are free, per order."""
DRIVER_UPLOADS: Final = Rate(1 / 5, 20)
"""Proof per second and burst, per driver."""


def now() -> int:
    """The wall clock, in microseconds since the epoch."""
    return time.time_ns() // 1_000


def build(
    settings: Settings, store: Store, public_url: str, pusher: Pusher | None = None
) -> Services:
    """All services over one store; ``pusher`` None: the push services of the known browsers."""
    zone = ZoneInfo(settings.timezone)
    arrivals = Arrivals(store.lessons, zone)
    hub, board = Hub(), Board(store, arrivals)
    monitor = Monitor(store.activity, now, Buckets(NOTED_REFUSALS, time.monotonic))
    preferences = _preferences(settings, store, monitor)
    preferences.watch(lambda _before, _after: board.changed("settings", 0))
    refusals = Buckets(REFUSALS, time.monotonic)
    driver_rates = Buckets(settings.limit_driver_rate, time.monotonic)
    reports = Reports(store.phones, board, now)
    monitor.listen(reports)
    fleet = Fleet(store.drivers, board, hub, monitor, now)
    secret = secret_key(settings)
    orders = OrderDesk(store.orders, board, hub, monitor, now, secret)
    talk = TalkDesk(store.talk, board, hub, monitor, now)
    proofs = ProofDesk(
        store,
        board,
        hub,
        monitor,
        now,
        secret,
        rates=Buckets(DRIVER_UPLOADS, time.monotonic),
        wrong_codes=Gauges(WRONG_CODES, time.monotonic),
    )
    intake = Intake(store.positions, board, hub, now, preferences)
    follow = Follow(store, board, hub, now, preferences)
    notices = NoticeDesk(
        store.notices,
        pusher or WebPush(Vapid(secret, _contact(public_url), now), now),
        follow,
        board,
        hub,
        monitor,
        preferences,
        orders.token_of,
        now,
        time.monotonic,
    )
    orders.watch(notices)
    feed = StaffFeed(board, hub)
    reporting = Reporting(board, hub, feed, preferences, now)
    signin = _sign_in(settings, store, monitor)
    return Services(
        store=store,
        board=board,
        hub=hub,
        monitor=monitor,
        intake=intake,
        orders=orders,
        order_files=OrderFiles(store.orders, board),
        talk=talk,
        proofs=proofs,
        notices=notices,
        customer=CustomerDesk(
            follow,
            talk,
            proofs,
            notices,
            preferences,
            now,
            Buckets(CUSTOMER_WRITES, time.monotonic),
            monitor,
        ),
        fleet=fleet,
        follow=follow,
        signin=signin,
        feed=feed,
        reporting=reporting,
        insights=InsightDesk(store.insights, hub, now),
        arrivals=arrivals,
        driver_door=DriverDoor(
            fleet=fleet,
            intake=intake,
            orders=orders,
            reporting=reporting,
            hub=hub,
            monitor=monitor,
            rates=driver_rates,
            refusals=refusals,
        ),
        phone_door=PhoneDoor(
            fleet=fleet,
            intake=intake,
            board=board,
            hub=hub,
            monitor=monitor,
            reports=reports,
            wishes=Wishes(reporting, now),
            rates=driver_rates,
            refusals=refusals,
            monotonic=time.monotonic,
        ),
        viewer_door=ViewerDoor(
            follow=follow,
            hub=hub,
            monitor=monitor,
            rates=Buckets(VIEWER_MESSAGES, time.monotonic),
            refusals=refusals,
            sockets_per_link=settings.limit_sockets_per_link,
            by_key=signin.by_key,
        ),
        api_rates=Buckets(settings.limit_api_rate, time.monotonic),
        preferences=preferences,
        retention=Retention(store.positions, store.proofs, store.talk, preferences, now),
        look=Look(
            public_url=public_url,
            timezone=zone,
            preferences=preferences,
            embed_origins=settings.embed_origins,
        ),
        limits=_limits(settings),
        addresses=_addresses(settings, public_url),
        now=now,
        monotonic=time.monotonic,
    )


def _sign_in(settings: Settings, store: Store, monitor: Monitor) -> SignIn:
    return SignIn(
        store.people,
        Passwords(),
        monitor,
        now,
        by_account=Gauges(settings.limit_signin_account, time.monotonic),
        by_address=Gauges(settings.limit_signin_address, time.monotonic),
        lifetime=int(settings.session_hours * HOUR),
    )


def _contact(public_url: str) -> str | None:
    """Where the owner of a push service finds us; he takes https addresses only."""
    return public_url if public_url.startswith("https://") else None


def _addresses(settings: Settings, public_url: str) -> AddressDesk | None:
    if settings.geocoder_url is None:
        return None
    return AddressDesk(Nominatim(settings.geocoder_url, public_url), time.monotonic)


def _limits(settings: Settings) -> Limits:
    return Limits(
        frame_bytes=settings.limit_frame_bytes,
        viewer_frame_bytes=settings.limit_viewer_frame_bytes,
        body_bytes=settings.limit_body_bytes,
        upload_bytes=settings.limit_upload_bytes,
        ingest_body_bytes=settings.limit_ingest_body_bytes,
        sockets_per_address=settings.limit_sockets_per_address,
    )


def _preferences(settings: Settings, store: Store, monitor: Monitor) -> PreferenceDesk:
    """What the environment sets is locked on the settings page."""
    given = Preferences(
        business_name=settings.business_name,
        tile_url=None if settings.tile_url == "none" else settings.tile_url,
        tile_attribution=settings.tile_attribution,
        courier_from_assigned=settings.courier_from_assigned,
    )
    locked = {name: PREFIX + name.upper() for name in RULES.keys() & settings.model_fields_set}
    return PreferenceDesk(store.settings, monitor, now, given, locked)
