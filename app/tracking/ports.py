"""What the services need from a store, and the promises of each method.

Every write is one transaction, synced to disk before its awaitable ends. ``then`` runs on the
event loop in the order of the commits, before the awaitable of the same write ends; services
publish there, so that viewers see changes in the order in which they were stored. A write that
cannot be kept raises `OnthewayError` ``unavailable`` and has changed nothing.
All times are microseconds since the epoch. ``num`` are row numbers, never shown outside.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from app.domain.access import Actor, Role
from app.domain.eta import Calibration
from app.domain.figures import Deliveries, Quarter
from app.domain.lessons import Lesson
from app.domain.notice import Event
from app.domain.order import Status
from app.domain.push import PushAddress, Reply
from app.domain.talk import Kind
from app.protocol.found_places import FoundPlace
from app.tracking.records import (
    NEWEST_FIRST,
    Activity,
    ActivityFilter,
    ApiKey,
    Arrival,
    Driver,
    DriverDay,
    Link,
    Listener,
    Login,
    Message,
    NewLink,
    NewProof,
    Once,
    Order,
    OrderChange,
    OrderDetails,
    OrderEvent,
    OrderFilter,
    OrderSort,
    PhoneReport,
    ProofRecord,
    Proved,
    Said,
    Setting,
    StoredPosition,
    User,
)

Then = Callable[[Any], None]


class Positions(Protocol):
    """The recorded positions."""

    def record(self, arrival: Arrival) -> None:
        """Judge and store points of one driver, each alone.

        ``arrival.done`` is called on the event loop after the sync, in the order of the commits,
        and possibly before this returns where nothing more can wait (``unavailable``).
        """

    async def of_order(
        self, order_num: int, since: int | None, until: int | None, after: str | None, limit: int
    ) -> tuple[list[StoredPosition], str | None]:
        """A page of an order's positions by live time, and the cursor of the next."""

    async def of_driver(
        self, driver_num: int, since: int | None, until: int | None, after: str | None, limit: int
    ) -> tuple[list[StoredPosition], str | None]:
        """A page of a driver's positions by live time, and the cursor of the next."""

    async def newest_of_orders(self, order_nums: Sequence[int]) -> dict[int, StoredPosition]:
        """The newest position of each order that may move a marker."""

    async def newest_of_drivers(self, driver_nums: Sequence[int]) -> dict[int, StoredPosition]:
        """The newest position of each driver that may move a marker."""

    async def drivers_before(self, end: int) -> list[int]:
        """The drivers, removed ones too, of whom positions are older than ``end``."""

    async def forget(self, driver_num: int, end: int, most: int) -> int:
        """Delete the oldest positions of a driver, older than ``end``, at most so many; how many
        were deleted."""


class Tracks(Protocol):
    """What is recorded of the whole fleet, and of drivers who were removed too."""

    async def drivers(self) -> list[Driver]:
        """Every driver there ever was, by name."""

    async def driver(self, driver_id: str) -> Driver:
        """One driver; ``not_found``."""

    async def at(self, moment: int, since: int) -> dict[int, StoredPosition]:
        """The newest position of each driver from ``since`` to ``moment`` (both within) that
        belongs to his track (see `app.domain.track`)."""

    async def sampled(
        self, driver_nums: Sequence[int], begin: int, end: int, step: int
    ) -> dict[int, list[StoredPosition]]:
        """The first position of each ``step`` from ``begin`` to ``end`` (within) that belongs to
        the track, for each of these drivers who has any, by live time."""


class Orders(Protocol):
    """Orders, their events and links."""

    async def create(
        self,
        order_id: str,
        details: OrderDetails,
        driver_id: str | None,
        link: NewLink,
        actor: Actor,
        now: int,
        *,
        once: Once | None,
        then: Callable[[OrderChange], None],
    ) -> OrderChange:
        """Make an order with its first link; ``already_exists``, or ``invalid_field`` driverId."""

    async def edit(
        self,
        order_id: str,
        changes: dict[str, Any],
        now: int,
        then: Callable[[OrderChange], None],
        seen: OrderDetails | None = None,
    ) -> OrderChange:
        """Set fields of `OrderDetails` by name; ``not_found``.

        With ``seen``, the details as they were read: ``conflict`` if one of the fields is another
        now, and nothing is set.
        """

    async def assign(
        self,
        order_id: str,
        driver_id: str | None,
        actor: Actor,
        now: int,
        *,
        once: Once | None,
        then: Callable[[OrderChange], None],
    ) -> OrderChange:
        """Give to a driver or to none; ``not_found``, ``illegal_step``, ``invalid_field``."""

    async def set_status(
        self,
        order_id: str,
        status: Status,
        note: str | None,
        actor: Actor,
        now: int,
        *,
        force: bool = False,
        message_id: str | None = None,
        metres: float | None = None,
        once: Once | None = None,
        then: Callable[[OrderChange], None],
    ) -> OrderChange:
        """Change the status; the same again is done already (event None).

        A driver (``actor.kind``) may only change orders that are his now: ``unknown_order``.
        ``message_id`` seen before for this driver: nothing changes, event None. ``metres``: how far
        he is from the door, kept with the event.
        """

    async def get(self, order_id: str) -> Order:
        """One order; ``not_found``."""

    async def by_num(self, order_num: int) -> Order:
        """One order; ``not_found``."""

    async def open_orders(self) -> list[Order]:
        """All that are not final, or whose customer waits for an answer."""

    async def of_driver(self, driver_num: int) -> list[Order]:
        """The open orders of one driver, oldest first."""

    async def page(
        self,
        wanted: OrderFilter,
        after: str | None,
        limit: int,
        sort: OrderSort = NEWEST_FIRST,
    ) -> tuple[list[Order], str | None]:
        """A page of orders, sorted, and the cursor of the next; ``invalid_field`` cursor."""

    async def existing(self, order_ids: Sequence[str]) -> set[str]:
        """Which of these orders there are."""

    async def events(self, order_num: int, after_seq: int, limit: int) -> list[OrderEvent]:
        """Events with a seq above ``after_seq``, in order."""

    async def links(self, order_num: int) -> list[Link]:
        """All links of an order, newest first."""

    async def add_link(self, order_id: str, link: NewLink, now: int, once: Once | None) -> Link:
        """Make another link; ``not_found``."""

    async def revoke_link(
        self, order_id: str, link_id: str, now: int, then: Callable[[Link], None]
    ) -> Link:
        """End a link; again is the same; ``not_found``."""

    async def find_link(self, token_hash: bytes) -> Link | None:
        """The link with this token, also an ended one."""


class Talk(Protocol):
    """What people write about orders. Each write gives the order as it is then."""

    async def set_note(
        self, order_id: str, note: str | None, now: int, then: Callable[[OrderChange], None]
    ) -> OrderChange:
        """The customer's note in place of the one before, None for none; ``not_found``,
        ``illegal_step`` once the order is over."""

    async def add(
        self,
        order_id: str,
        message_id: str,
        kind: Kind,
        text: str,
        actor: Actor,
        now: int,
        *,
        once: Once | None,
        then: Callable[[Said], None],
    ) -> Said:
        """Keep a message: a question makes the order wait for an answer, which ends that.

        ``not_found``; ``conflict`` when the order has too many; ``illegal_step`` for a word that
        no driver would read.
        """

    async def settle(self, order_id: str, then: Callable[[OrderChange], None]) -> OrderChange:
        """The customer's question needs no answer any more; ``not_found``."""

    async def rate(
        self,
        order_id: str,
        stars: int,
        note: str | None,
        now: int,
        then: Callable[[OrderChange], None],
    ) -> OrderChange:
        """The customer's rating, or another within a day; ``not_found``, ``illegal_step``."""

    async def messages(self, order_num: int, *, for_customer: bool = False) -> list[Message]:
        """All of an order, oldest first; or those that its customer reads."""

    async def forget(self, end: int, most: int) -> int:
        """Delete the oldest of what was written before ``end`` about orders that were over by
        then, at most so many messages and so many orders' notes; how many."""


class Proofs(Protocol):
    """What shows that orders arrived."""

    async def known(self, driver_num: int, order_id: str, name: str) -> ProofRecord | None:
        """The proof of this order that this driver gave under this name before.

        Raises ``conflict`` id where he gave it for another order.
        """

    async def add(
        self,
        order_id: str,
        new: NewProof,
        picture: bytes | None,
        actor: Actor,
        now: int,
        then: Callable[[Proved], None],
    ) -> Proved:
        """Keep proof of an order that is this driver's, its picture made anew.

        The same name again keeps nothing, and gives what was kept. Raises ``unknown_order`` for an
        order that is not his, ``illegal_step`` for one that takes no proof, ``conflict`` where
        there is too much of it, ``conflict`` id where another order has proof of this name,
        ``invalid_field`` file for what is no picture.
        """

    async def of_order(self, order_num: int) -> list[ProofRecord]:
        """All of an order, oldest first."""

    async def picture(self, proof: ProofRecord) -> bytes:
        """The picture of a proof; ``not_found`` when it has none, or none any more."""

    async def forget(self, end: int, most: int) -> int:
        """Delete the oldest pictures, stored before ``end``, at most so many; how many."""


class Notices(Protocol):
    """Browsers that are told of an order, each by one of its links."""

    async def add(
        self,
        link_id: str,
        address: PushAddress,
        locale: str,
        told: Collection[Event],
        then: Callable[[bool], None],
    ) -> bool:
        """Tell this browser too, but not what is ``told`` or reached already; whether it is new.

        Raises ``illegal_step`` once the order is over, ``revoked`` for a link that was ended
        meanwhile, and ``conflict`` for too many.
        """

    async def has(self, link_id: str, name: str) -> bool:
        """Whether the browser of this name is told."""

    async def remove(self, link_id: str, name: str) -> int | None:
        """Tell it no more; its row number, None where it was not told anyway."""

    async def claim(self, order_num: int, event: Event, now: int) -> list[Listener]:
        """Those who are to be told of this now, and never again: who was, or whose link ended, is
        not among them. With one of the `LAST` events they are all removed."""

    async def drop(self, num: int) -> None:
        """Nobody is there any more."""

    async def forget(self, now: int, then: Callable[[set[int]], None]) -> set[int]:
        """Remove those whose link ended, or whose order did a while ago; the orders of the
        others."""


class Drivers(Protocol):
    """Drivers and their tokens."""

    async def create(
        self,
        driver_id: str,
        name: str,
        vehicle: str | None,
        phone: str | None,
        token_hash: bytes,
        now: int,
        *,
        once: Once | None,
        then: Callable[[Driver], None],
    ) -> Driver:
        """Make a driver with his token."""

    async def edit(
        self, driver_id: str, changes: dict[str, Any], then: Callable[[Driver], None]
    ) -> Driver:
        """Set ``name``, ``vehicle``, ``phone`` by name; ``not_found``."""

    async def set_duty(
        self,
        driver_num: int,
        on: bool,
        now: int,
        message_id: str | None,
        then: Callable[[Driver], None],
    ) -> Driver:
        """On or off duty from ``now`` on."""

    async def remove(self, driver_id: str, now: int, then: Callable[[Driver], None]) -> Driver:
        """End his tokens, keep his history; ``not_found``; ``conflict`` with open orders."""

    async def rotate_token(
        self,
        driver_id: str,
        token_hash: bytes,
        now: int,
        *,
        once: Once | None,
        then: Callable[[Driver], None],
    ) -> Driver:
        """End all his tokens and add this one; ``not_found``."""

    async def get(self, driver_id: str) -> Driver:
        """One driver who is not removed; ``not_found``."""

    async def all(self) -> list[Driver]:
        """Every driver who is not removed, by name."""

    async def find_token(self, token_hash: bytes) -> tuple[Driver, bool] | None:
        """The driver of a token and whether it still holds; None: never was one."""


class PhoneReports(Protocol):
    """What drivers' phones said last: one for each driver."""

    def keep(self, report: PhoneReport) -> None:
        """Keep it in place of the one before; returns at once, is stored with the next group."""

    async def all(self) -> list[PhoneReport]:
        """Of every driver of whom there is one."""


class People(Protocol):
    """Users, their logins, and API keys."""

    async def add_user(self, name: str, role: Role, password_hash: str, now: int) -> User:
        """Make a user; ``already_exists``."""

    async def set_password(self, name: str, password_hash: str, keep_login: int | None) -> User:
        """New password, all other logins ended; ``not_found``."""

    async def remove_user(self, name: str) -> User:
        """Remove a user with his logins; ``not_found``."""

    async def find_user(self, name: str) -> User | None:
        """The user of this name."""

    async def users(self) -> list[User]:
        """All users, by name."""

    async def add_login(
        self, user: User, token_hash: bytes, now: int, address: str | None, agent: str | None
    ) -> Login:
        """A person signed in."""

    async def find_login(self, token_hash: bytes) -> Login | None:
        """The login of this cookie."""

    async def logins(self) -> list[Login]:
        """All logins, also those whose time is over, the newest first."""

    async def set_role(self, name: str, role: Role) -> User:
        """Another role for a user; ``not_found``."""

    async def touch_login(self, login_num: int, now: int) -> None:
        """It is being used."""

    async def end_logins(self, nums: Sequence[int]) -> None:
        """Signed out."""

    async def add_key(self, name: str, role: Role, key_hash: bytes, now: int) -> ApiKey:
        """Make an API key; ``already_exists``."""

    async def find_key(self, key_hash: bytes) -> ApiKey | None:
        """The key, unless revoked."""

    async def keys(self) -> list[ApiKey]:
        """All keys, also revoked ones, by name."""

    async def revoke_key(self, name: str, now: int) -> ApiKey:
        """End a key; again is the same; ``not_found``."""


class ActivityLog(Protocol):
    """The log of all activity."""

    def note(self, entry: Activity) -> None:
        """Keep an entry; returns at once, is stored with the next group."""

    async def page(
        self, after: str | None, limit: int, wanted: ActivityFilter | None = None
    ) -> tuple[list[Activity], str | None]:
        """A page of what is wanted, newest first, and the cursor of the next."""


class Settings(Protocol):
    """What was changed on the settings page."""

    async def all(self) -> list[Setting]:
        """Every value that is kept."""

    async def keep(
        self,
        values: Mapping[str, str],
        by: str,
        now: int,
        then: Callable[[list[Setting]], None],
    ) -> None:
        """Keep these values (JSON by name), all or none."""


class Insights(Protocol):
    """Figures of the past, and what they are made of."""

    async def deliveries(self, spans: Sequence[tuple[int, int]]) -> list[Deliveries]:
        """What was delivered in each span of time (from, until before)."""

    async def failures(self, spans: Sequence[tuple[int, int]]) -> list[int]:
        """How many orders failed in each span of time (from, until before)."""

    async def quarters(self, begin: int, end: int) -> list[Quarter]:
        """The quarters of an hour from ``begin`` until before ``end`` of which something is
        known, oldest first."""

    async def by_driver(self, since: int) -> dict[int, DriverDay]:
        """What each driver, by his number, has done since the quarter of an hour ``since``."""

    def note_peak(self, begin: int, drivers: int, viewers: int) -> None:
        """So many were there at one time of this quarter of an hour; the most is kept. Returns
        at once."""

    async def add_up(self) -> bool:
        """Add up the ways of some newly filed positions; whether there may be more of them."""


class Geocoder(Protocol):
    """Another server that knows where addresses are."""

    async def find(self, address: str) -> list[FoundPlace]:
        """The places that fit, the best first; ``unavailable`` with a sentence that says why."""


class Pusher(Protocol):
    """The push services of browsers' makers."""

    @property
    def key(self) -> str:
        """What browsers ask their services for an address with, where only its owner writes to."""

    @property
    def services(self) -> Collection[str]:
        """Which of them are called: see `app.domain.push.SERVICES`."""

    async def push(
        self, to: PushAddress, text: bytes, *, seconds: int, urgent: bool, topic: str
    ) -> Reply:
        """Send it, readable for that browser alone; never raises what a network does.

        The service keeps it so many seconds for a browser that is away, and of one topic only the
        newest.
        """

    async def close(self) -> None:
        """End the connections."""


class Lessons(Protocol):
    """What delivered orders teach about arrivals, by hour of the day."""

    async def all(self) -> dict[int, Lesson]:
        """The lesson of each hour of the day of which something is known."""

    async def learn(self, hour_of: Callable[[int], int], known: Sequence[Calibration]) -> bool:
        """Learn from the next delivered order; whether there may be more of them.

        ``hour_of`` gives the local hour of a moment; ``known`` is what arrivals are foretold with
        in each hour.
        """


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
