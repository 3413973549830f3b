"""The shapes of our answers, as types: what mypy checks, OpenAPI shows and programs get."""

from typing import NotRequired

# pydantic needs this one below Python 3.12.
from typing_extensions import TypedDict

from app.domain.order import Status
from app.domain.proof import Proof
from app.domain.talk import Kind as MessageKind

TimeSpan = TypedDict("TimeSpan", {"from": str, "to": str})
"""Two times, RFC 3339 in UTC."""


class ErrorPart(TypedDict):
    """What went wrong; field: the name on the wire of what is wrong."""

    code: str
    message: str
    field: NotRequired[str]


class ErrorAnswer(TypedDict):
    """Every refusal."""

    error: ErrorPart


class MarkerShape(TypedDict):
    """Where a driver was last seen: degrees, metres, m/s."""

    lat: float
    lng: float
    heading: float | None
    speed: float | None
    accuracy: float | None
    recordedAt: str


class DriverShape(TypedDict):
    """A driver; orders: the ids of his open ones."""

    id: str
    name: str
    vehicle: str | None
    phone: str | None
    onDuty: bool
    online: bool
    createdAt: str
    position: MarkerShape | None
    orders: list[str]


class DriverWithToken(DriverShape):
    """A driver with his token, shown once; null when the request was a repeat."""

    token: str | None
    driverUrl: str | None


class CustomerShape(TypedDict):
    """Who gets the order."""

    name: str | None
    phone: str | None
    email: str | None


class PlaceShape(TypedDict):
    """A place, an address, or both."""

    lat: float | None
    lng: float | None
    address: str | None


class RatingShape(TypedDict):
    """What the customer says of the delivery: 1 to 5 stars."""

    stars: int
    note: str | None
    at: str


class OrderShape(TypedDict):
    """An order; customerNote: from the customer to the driver; askedAt: since when a question of
    the customer waits for an answer."""

    id: str
    status: Status
    seq: int
    driverId: str | None
    customer: CustomerShape | None
    destination: PlaceShape | None
    pickup: PlaceShape | None
    window: TimeSpan | None
    note: str | None
    createdAt: str
    updatedAt: str
    endedAt: str | None
    customerNote: str | None
    askedAt: str | None
    rating: RatingShape | None


class OrderWithUrl(OrderShape):
    """An order with its newest valid tracking link; null when there is none."""

    trackingUrl: str | None


class OrderMade(OrderShape):
    """A new order with its first tracking link."""

    trackingUrl: str
    trackingToken: str


class LinkShape(TypedDict):
    """A tracking link, without its secret."""

    id: str
    createdAt: str
    expiresAt: str | None
    revokedAt: str | None


class LinkWithUrl(LinkShape):
    """A tracking link."""

    trackingUrl: str


class LinkMade(LinkWithUrl):
    """A new tracking link."""

    trackingToken: str


class ActorShape(TypedDict):
    """Somebody who acted."""

    kind: str
    id: str


class EventShape(TypedDict):
    """One change of an order's status; metres: its driver from the door as he ended it, null is
    unknown."""

    seq: int
    status: Status
    at: str
    note: str | None
    actor: ActorShape
    address: str | None
    metres: float | None


class MessageShape(TypedDict):
    """A question, an answer or a word to the driver."""

    id: str
    kind: MessageKind
    text: str
    at: str
    actor: ActorShape


class ProofShape(TypedDict):
    """What shows that the order arrived; metres: from the door, null is unknown; url: its picture,
    null where it has none, or none any more."""

    id: str
    kind: Proof
    at: str
    driverId: str
    metres: float | None
    url: str | None


class PositionShape(TypedDict):
    """A recorded position; recordedAt as the driver's device said, else its arrival."""

    lat: float
    lng: float
    recordedAt: str
    receivedAt: str
    accuracy: float | None
    speed: float | None
    heading: float | None
    altitude: float | None
    battery: float | None
    id: str | None
    flags: list[str]


class ConnectionShape(TypedDict):
    """An open socket; counts are messages and bytes of payload. kind: driver, viewer, staff (a
    live map) or page (any page of the dashboard), whose title page is."""

    id: str
    kind: str
    page: NotRequired[str]
    actor: ActorShape | None
    address: str | None
    agent: str | None
    openedAt: str
    lastAt: str | None
    orders: list[str]
    received: int
    receivedBytes: int
    sent: int
    sentBytes: int


class ActivityShape(TypedDict):
    """One line of the activity log."""

    at: str
    kind: str
    actor: ActorShape
    address: str | None
    subject: str | None
    detail: dict[str, object]


class Updated(TypedDict):
    """A status was stored."""

    message: str
    orderId: str
    status: Status
    seq: int


class DriverPage(TypedDict):
    """A page of drivers."""

    items: list[DriverShape]
    next: str | None


class OrderPage(TypedDict):
    """A page of orders."""

    items: list[OrderShape]
    next: str | None


class LinkPage(TypedDict):
    """A page of links."""

    items: list[LinkWithUrl]
    next: str | None


class EventPage(TypedDict):
    """A page of events."""

    items: list[EventShape]
    next: str | None


class MessagePage(TypedDict):
    """A page of messages, oldest first."""

    items: list[MessageShape]
    next: str | None


class ProofPage(TypedDict):
    """A page of proof, oldest first."""

    items: list[ProofShape]
    next: str | None


class WayPlace(TypedDict):
    """Where an order comes from ("bag") or goes to ("door")."""

    kind: str
    lat: float
    lng: float
    address: str | None


class WayShape(TypedDict):
    """A way as a map draws it.

    points: [milliseconds since the epoch, lat, lng], by time; gaps: the numbers, from 0, of the
    points that follow a time without positions. metres: its length. count: positions of it, each
    at most "within" metres from the line through the points. leftOut: positions too wrong to be a
    part of it. more: it goes on.
    """

    places: list[WayPlace]
    points: list[tuple[int, float, float]]
    gaps: list[int]
    metres: int
    count: int
    leftOut: int
    within: float
    more: bool


class PositionPage(TypedDict):
    """A page of positions."""

    items: list[PositionShape]
    next: str | None


class SubjectShape(TypedDict):
    """Whose past can be looked at; at: when an order was made."""

    id: str
    name: str | None
    about: str | None
    at: str | None


class SubjectPage(TypedDict):
    """Some of them; next: always null, a longer search finds the rest."""

    items: list[SubjectShape]
    next: str | None


class ConnectionPage(TypedDict):
    """A page of open sockets."""

    items: list[ConnectionShape]
    next: str | None


class ActivityPage(TypedDict):
    """A page of the activity log, newest first."""

    items: list[ActivityShape]
    next: str | None
