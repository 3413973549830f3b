"""What all services stand on, and what the settings alone decide."""

import time
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from app.config import PREFIX, Settings, secret_key, setting_of
from app.domain.limits import Rate
from app.domain.preferences import RULES, Preferences
from app.domain.sight import SeenFrom
from app.domain.times import HOUR
from app.geocoder import Nominatim
from app.tracking.addresses import AddressDesk
from app.tracking.arrivals import Arrivals
from app.tracking.board import Board
from app.tracking.credentials import Passwords
from app.tracking.hub import Hub
from app.tracking.monitor import Monitor
from app.tracking.ports import Store
from app.tracking.preferences import PreferenceDesk
from app.tracking.services import Limits, Look
from app.tracking.signin import SignIn
from app.tracking.throttle import Buckets, Gauges

NOTED_REFUSALS: Final = Rate(1, 1_000)
"""Refusals in the activity log per second and burst, per address."""


def now() -> int:
    """The wall clock, in microseconds since the epoch."""
    return time.time_ns() // 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all services stand on."""

    settings: Settings
    store: Store
    public_url: str
    secret: bytes
    zone: ZoneInfo
    arrivals: Arrivals
    board: Board
    hub: Hub
    monitor: Monitor
    preferences: PreferenceDesk


def lay_ground(settings: Settings, store: Store, public_url: str) -> Ground:
    """What all services stand on."""
    zone = ZoneInfo(settings.timezone)
    arrivals = Arrivals(store.lessons, zone)
    board = Board(store, arrivals)
    monitor = Monitor(store.activity, now, Buckets(NOTED_REFUSALS, time.monotonic))
    preferences = _preferences(settings, store, monitor)
    preferences.watch(lambda _before, _after: board.changed("settings", 0))
    return Ground(
        settings=settings,
        store=store,
        public_url=public_url,
        secret=secret_key(settings),
        zone=zone,
        arrivals=arrivals,
        board=board,
        hub=Hub(),
        monitor=monitor,
        preferences=preferences,
    )


def look(ground: Ground) -> Look:
    """What pages look like, and where they are."""
    return Look(
        public_url=ground.public_url,
        timezone=ground.zone,
        preferences=ground.preferences,
        embed_origins=ground.settings.embed_origins,
    )


def sign_in(ground: Ground) -> SignIn:
    """People and programs, with the limits of wrong passwords."""
    settings = ground.settings
    return SignIn(
        ground.store.people,
        Passwords(),
        ground.monitor,
        now,
        by_account=Gauges(settings.limit_signin_account, time.monotonic),
        by_address=Gauges(settings.limit_signin_address, time.monotonic),
        lifetime=int(settings.session_hours * HOUR),
    )


def addresses(ground: Ground) -> AddressDesk | None:
    """Places by their addresses, where a server for that is named."""
    url = ground.settings.geocoder_url
    if url is None:
        return None
    return AddressDesk(Nominatim(url, ground.public_url), time.monotonic)


def limits(settings: Settings) -> Limits:
    """What the doors enforce."""
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
    since = SeenFrom.ASSIGNED if settings.courier_from_assigned else SeenFrom.PICKED_UP
    given = Preferences(
        business_name=settings.business_name,
        tile_url=None if settings.tile_url == "none" else settings.tile_url,
        tile_attribution=settings.tile_attribution,
        courier_from=since,
        place_from=since,
        arrival_from=since,
    )
    locked = {
        name: PREFIX + setting_of(name).upper()
        for name in RULES
        if setting_of(name) in settings.model_fields_set
    }
    return PreferenceDesk(store.settings, monitor, now, given, locked)
