"""Settings and a store in, all services out; knows no door."""

import time
from dataclasses import dataclass
from typing import Final

from app.config import Settings
from app.domain.limits import Failures, Rate
from app.ground import Ground, addresses, lay_ground, limits, look, now, sign_in
from app.push.sender import WebPush
from app.push.vapid import Vapid
from app.tracking.approach import Approach
from app.tracking.customer import CustomerDesk
from app.tracking.doors import DriverDoor, ViewerDoor
from app.tracking.fleet import Fleet
from app.tracking.follow import Follow
from app.tracking.insights import InsightDesk
from app.tracking.intake import Intake
from app.tracking.notices import NoticeDesk
from app.tracking.order_files import OrderFiles
from app.tracking.orders import OrderDesk
from app.tracking.phones import PhoneDoor
from app.tracking.ports import Pusher, Store
from app.tracking.proofs import ProofDesk
from app.tracking.reporting import Reporting
from app.tracking.reports import Reports
from app.tracking.retention import Retention
from app.tracking.services import Services
from app.tracking.signin import SignIn
from app.tracking.staff_feed import StaffFeed
from app.tracking.talk import TalkDesk
from app.tracking.throttle import Buckets, Gauges
from app.tracking.wishes import Wishes

REFUSALS: Final = Rate(10, 300)
"""Refused credentials per second and burst, per address."""
VIEWER_MESSAGES: Final = Rate(2, 100)
CUSTOMER_WRITES: Final = Rate(1 / 20, 10)
"""What a customer writes, per second and burst, per link."""
WRONG_CODES: Final = Failures(5, 900)
"""Wrong delivery codes within so many seconds that are free, per order."""
DRIVER_UPLOADS: Final = Rate(1 / 5, 20)
"""Proof per second and burst, per driver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Road:
    """Drivers, their positions, and who sees them."""

    fleet: Fleet
    intake: Intake
    follow: Follow
    feed: StaffFeed
    reporting: Reporting


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desks:
    """Orders, and what is said and shown of them."""

    orders: OrderDesk
    talk: TalkDesk
    proofs: ProofDesk
    notices: NoticeDesk


def build(
    settings: Settings, store: Store, public_url: str, pusher: Pusher | None = None
) -> Services:
    """All services over one store; ``pusher`` None: the push services of the known browsers."""
    ground = lay_ground(settings, store, public_url)
    road = _road(ground)
    desks = _desks(ground, road.follow, pusher)
    signin = sign_in(ground)
    reports = Reports(store.phones, ground.board, now)
    ground.monitor.listen(reports)
    refusals = Buckets(REFUSALS, time.monotonic)
    driver_rates = Buckets(settings.limit_driver_rate, time.monotonic)
    return Services(
        store=store,
        board=ground.board,
        hub=ground.hub,
        monitor=ground.monitor,
        intake=road.intake,
        orders=desks.orders,
        order_files=OrderFiles(store.orders, store.tracks, ground.board),
        talk=desks.talk,
        proofs=desks.proofs,
        notices=desks.notices,
        customer=_customer(ground, road, desks),
        fleet=road.fleet,
        follow=road.follow,
        signin=signin,
        feed=road.feed,
        reporting=road.reporting,
        insights=InsightDesk(store.insights, ground.hub, now),
        arrivals=ground.arrivals,
        approach=Approach(ground.board, desks.orders, ground.preferences, now),
        driver_door=_driver_door(ground, road, desks.orders, driver_rates, refusals),
        phone_door=_phone_door(ground, road, reports, driver_rates, refusals),
        viewer_door=_viewer_door(ground, road.follow, signin, refusals),
        api_rates=Buckets(settings.limit_api_rate, time.monotonic),
        preferences=ground.preferences,
        retention=Retention(
            store.positions,
            store.proofs,
            store.talk,
            store.orders,
            ground.preferences,
            now,
            ground.board,
        ),
        look=look(ground),
        limits=limits(settings),
        addresses=addresses(ground),
        now=now,
        monotonic=time.monotonic,
    )


def _road(ground: Ground) -> _Road:
    store, board, hub, preferences = ground.store, ground.board, ground.hub, ground.preferences
    feed = StaffFeed(board, hub)
    return _Road(
        fleet=Fleet(store.drivers, board, hub, ground.monitor, now),
        intake=Intake(store.positions, board, hub, now, preferences),
        follow=Follow(store, board, hub, now, preferences),
        feed=feed,
        reporting=Reporting(board, hub, feed, preferences, now),
    )


def _desks(ground: Ground, follow: Follow, pusher: Pusher | None) -> _Desks:
    store, board, hub, monitor = ground.store, ground.board, ground.hub, ground.monitor
    orders = OrderDesk(store.orders, board, hub, monitor, now, ground.secret)
    notices = NoticeDesk(
        store.notices,
        pusher or WebPush(Vapid(ground.secret, _contact(ground.public_url), now), now),
        follow,
        board,
        hub,
        monitor,
        ground.preferences,
        orders.token_of,
        now,
        time.monotonic,
    )
    orders.watch(notices)
    return _Desks(
        orders=orders,
        talk=TalkDesk(store.talk, board, hub, monitor, now),
        proofs=_proofs(ground),
        notices=notices,
    )


def _proofs(ground: Ground) -> ProofDesk:
    return ProofDesk(
        ground.store,
        ground.board,
        ground.hub,
        ground.monitor,
        now,
        ground.secret,
        rates=Buckets(DRIVER_UPLOADS, time.monotonic),
        wrong_codes=Gauges(WRONG_CODES, time.monotonic),
    )


def _customer(ground: Ground, road: _Road, desks: _Desks) -> CustomerDesk:
    return CustomerDesk(
        road.follow,
        desks.talk,
        desks.proofs,
        desks.notices,
        ground.preferences,
        now,
        Buckets(CUSTOMER_WRITES, time.monotonic),
        ground.monitor,
    )


def _driver_door(
    ground: Ground, road: _Road, orders: OrderDesk, rates: Buckets, refusals: Buckets
) -> DriverDoor:
    return DriverDoor(
        fleet=road.fleet,
        intake=road.intake,
        orders=orders,
        reporting=road.reporting,
        hub=ground.hub,
        monitor=ground.monitor,
        rates=rates,
        refusals=refusals,
    )


def _phone_door(
    ground: Ground, road: _Road, reports: Reports, rates: Buckets, refusals: Buckets
) -> PhoneDoor:
    return PhoneDoor(
        fleet=road.fleet,
        intake=road.intake,
        board=ground.board,
        hub=ground.hub,
        monitor=ground.monitor,
        reports=reports,
        wishes=Wishes(road.reporting, now),
        rates=rates,
        refusals=refusals,
        monotonic=time.monotonic,
    )


def _viewer_door(ground: Ground, follow: Follow, signin: SignIn, refusals: Buckets) -> ViewerDoor:
    return ViewerDoor(
        follow=follow,
        hub=ground.hub,
        monitor=ground.monitor,
        rates=Buckets(VIEWER_MESSAGES, time.monotonic),
        refusals=refusals,
        sockets_per_link=ground.settings.limit_sockets_per_link,
        by_key=signin.by_key,
    )


def _contact(public_url: str) -> str | None:
    """Where the owner of a push service finds us; he takes https addresses only."""
    return public_url if public_url.startswith("https://") else None
