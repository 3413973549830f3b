"""What is kept, as services and doors see it: frozen records without behaviour.

All times are microseconds since the epoch. ``num`` are row numbers, never shown outside.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from app.domain.access import Role
from app.domain.errors import OnthewayError
from app.domain.eta import Window
from app.domain.geo import Place
from app.domain.order import Status
from app.domain.position import Flag
from app.domain.proof import Proof
from app.domain.push import PushAddress
from app.domain.talk import Kind as MessageKind
from app.protocol.point import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A driver; ``deleted_at`` set: gone, kept for the history."""

    num: int
    id: str
    name: str
    vehicle: str | None
    phone: str | None
    on_duty: bool
    created_at: int
    deleted_at: int | None = None


@dataclass(frozen=True, slots=True)
class DriverDay:
    """What a driver has done since a time: orders delivered and failed, metres travelled."""

    delivered: int = 0
    failed: int = 0
    metres: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotted:
    """A place that may be only an address."""

    place: Place | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who gets the order; plain text, any may be missing."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetails:
    """What people enter about an order."""

    customer: Customer | None = None
    destination: Spotted | None = None
    pickup: Spotted | None = None
    window: Window | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """What the staff told the driver of an order."""

    id: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Rating:
    """What the customer says of a delivery: 1 to 5 stars; ``at`` is the first time."""

    stars: int
    note: str | None
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as it stands.

    ``customer_note`` is the customer's own, for the driver; ``asked_at`` is since when a question
    of his waits for an answer; ``words`` are the newest of the staff to the driver, oldest first.
    """

    num: int
    id: str
    status: Status
    seq: int
    driver_num: int | None
    driver_id: str | None
    details: OrderDetails
    created_at: int
    updated_at: int
    ended_at: int | None
    customer_note: str | None = None
    customer_note_at: int | None = None
    asked_at: int | None = None
    words: tuple[Word, ...] = ()
    rating: Rating | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A question, an answer or a word about an order."""

    id: str
    kind: MessageKind
    text: str
    at: int
    actor_kind: str
    actor_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRecord:
    """What shows that an order arrived, and how far from its door the driver was.

    ``at`` is when it was taken, ``metres`` None where that is not known. ``file`` is the name of
    its picture in the store, and ``media_type`` what that is; None without one.
    """

    id: str
    kind: Proof
    at: int
    driver_id: str
    metres: float | None
    file: str | None
    media_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """One change of status: who, when, from where.

    ``metres`` is how far its driver was from the door as he ended it; None where that is not known
    or says nothing.
    """

    seq: int
    status: Status
    at: int
    note: str | None
    actor_kind: str
    actor_id: str
    address: str | None
    metres: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """The result of a write on an order.

    ``event`` is None when the status did not change; ``previous_driver`` is the driver before.
    """

    order: Order
    event: OrderEvent | None
    previous_driver: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message that was stored, and the order with it."""

    message: Message
    change: OrderChange


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProof:
    """Proof to be stored. ``name`` is the driver's own name for it, so that a repeat is known."""

    id: str
    kind: Proof
    at: int
    metres: float | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """Proof that is stored, or was before (``repeat``), and its order."""

    proof: ProofRecord
    order: Order
    repeat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A tracking link; the token itself is derived from ``id`` and ``salt`` when needed."""

    id: str
    order_id: str
    order_num: int
    salt: bytes
    created_at: int
    expires_at: int | None
    revoked_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """A link to be made, its token hashed (SHA-256)."""

    id: str
    salt: bytes
    token_hash: bytes
    expires_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A browser that is told of the order of a link; ``locale`` is the language of its page, as
    BCP 47 names it."""

    num: int
    link: Link
    address: PushAddress
    locale: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told: the sender's name, one sentence, and the language of it."""

    title: str
    text: str
    locale: str
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPosition:
    """A position from the history. ``id`` is the driver's own name for it, if he gave one."""

    num: int
    id: str | None
    lat: float
    lng: float
    fix_time: int | None
    at: int
    arrived_at: int
    accuracy: float | None
    speed: float | None
    heading: float | None
    altitude: float | None
    battery: float | None
    flags: Flag


class Taken(Struct, frozen=True, gc=False):
    """A point that is now stored (or was before: ``repeat``).

    ``live_orders`` are the open orders, his now, whose marker it moves (empty unless
    ``moves``); ``moves`` says whether it moves the driver's own marker.
    """

    at: int
    flags: Flag
    repeat: bool
    moves: bool
    live_orders: tuple[int, ...]


class NotTaken(Struct, frozen=True, gc=False):
    """A point that is refused for good: ``unknown_order`` or ``off_duty``."""

    code: str
    message: str
    field: str | None


Outcome = Taken | NotTaken


class Arrival(Struct, gc=False):
    """Points of one driver that arrived together, and what became of them.

    ``at`` is the time of arrival. ``done`` is called on the loop once they are stored, or cannot
    be: then ``failure`` says why; else ``outcomes`` hold one for each point. The door that took
    them may leave how to ``answer``, and the ``indexes`` of the points in their batch.
    """

    driver_num: int
    points: list[Point]
    at: int
    done: "Callable[[Arrival], object]"
    answer: "Callable[[Arrival], object] | None" = None
    indexes: tuple[int, ...] | None = None
    outcomes: list[Outcome] = []
    failure: OnthewayError | None = None


class PhoneReport(Struct, frozen=True, kw_only=True, gc=False):
    """What a driver's phone, or the app on it, said last of itself.

    ``at`` is when anything came, ``app`` and ``device`` are their own names, ``battery`` is 0 to
    1. ``words`` explain a silence, said at ``words_at``. ``verdict`` is what became of the last
    message to `/ingest`, ``unused`` counts those of no use. ``doubtful``: the unit of its speeds
    seems to be another.
    """

    driver_num: int
    at: int
    app: str | None = None
    device: str | None = None
    battery: float | None = None
    charging: bool | None = None
    words: str | None = None
    words_at: int | None = None
    verdict: str | None = None
    unused: int = 0
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who may sign in."""

    num: int
    name: str
    role: Role
    password_hash: str
    created_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A person signed in on one browser."""

    num: int
    user: User
    created_at: int
    seen_at: int
    address: str | None
    agent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A program's key."""

    num: int
    name: str
    role: Role
    created_at: int
    revoked_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One line of the activity log. ``kind`` is a dotted word such as "login.failed"."""

    at: int
    kind: str
    actor_kind: str
    actor_id: str
    address: str | None
    subject: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    num: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A value that was changed on the settings page; ``value`` is JSON, ``by`` who did it."""

    name: str
    value: str
    updated_at: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFilter:
    """Which lines of the log: of these kinds, by these actors (their ids), about this subject or by
    its customer, from ``since`` to before ``until``; None is any."""

    kinds: frozenset[str] | None = None
    actors: frozenset[str] | None = None
    subject: str | None = None
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Once:
    """An `Idempotency-Key`: the write happens once in 24 hours per holder and key.

    ``render`` makes the kept answer from the result of the write; ``fingerprint`` is a hash
    of method, path and body.
    """

    holder: str
    key: str
    fingerprint: bytes
    status: int
    render: Callable[[Any], bytes]


class DoneBefore(Exception):
    """The same idempotency key came before: here is the answer of then."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__("done before")
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders to list; ``text`` searches id, customer, address, driver."""

    statuses: frozenset[Status] = frozenset()
    driver_id: str | None = None
    text: str | None = None


class OrderBy(StrEnum):
    """What a list of orders can be sorted by."""

    NUMBER = "number"
    """When it was made."""
    ID = "order"
    STATUS = "status"
    """As far as it got in its life."""
    CUSTOMER = "customer"
    PROMISED = "promised"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class OrderSort:
    """How a list of orders is sorted; where there is no value, an order comes last."""

    by: OrderBy = OrderBy.NUMBER
    descending: bool = True


NEWEST_FIRST: Final = OrderSort()
