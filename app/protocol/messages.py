"""Every message that we send, on all sockets, as msgspec structs, and `encode`.

The protocol page of the documentation is generated from these docstrings. No I/O.
"""

from functools import lru_cache
from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from app.domain.eta import Window
from app.domain.geo import Place
from app.domain.times import format_time

_encoder: Final = msgspec.json.Encoder()


def encode(message: object) -> bytes:
    """The JSON text of one message, UTF-8."""
    return _encoder.encode(message)


class Out(Struct, rename="camel", frozen=True):
    """Base of what we send: camelCase names."""


class Destination(Out, frozen=True):
    """A place with an address; all three may be null."""

    lat: float | None = None
    lng: float | None = None
    address: str | None = None


class TimeWindow(Out, frozen=True, gc=False):
    """Two times, RFC 3339 in UTC."""

    from_: str = msgspec.field(name="from")
    to: str


class Position(Out, frozen=True):
    """A position as viewers see it: degrees, m/s, metres; null is unknown."""

    lat: float
    lng: float
    heading: float | None
    speed: float | None
    accuracy: float | None
    recorded_at: str


class WordToDriver(Out, frozen=True):
    """What the staff told the driver of an order."""

    id: str
    text: str
    at: str


class OrderBrief(Out, frozen=True):
    """An order as its driver sees it."""

    order_id: str
    status: str
    destination: Destination | None
    pickup: Destination | None = None
    customer: str | None = None
    phone: str | None = None
    note: str | None = None
    window: TimeWindow | None = None
    customer_note: str | None = None
    words: list[WordToDriver] = []


class Welcome(Out, tag="welcome", tag_field="type", frozen=True):
    """The first message to a driver whose token is right."""

    driver_id: str
    driver_name: str
    orders: list[OrderBrief]
    report_interval: int
    on_duty: bool


class Ack(Out, tag="ack", tag_field="type", frozen=True):
    """Stored and synced to disk: never send these again. `count` includes points without an id."""

    ids: list[str]
    count: int


class Reject(Out, tag="reject", tag_field="type", omit_defaults=True, frozen=True):
    """Refused for good: never send it again. `index` counts from 0 inside a batch."""

    id: str | None
    code: str
    message: str
    index: int | UnsetType = UNSET
    field: str | UnsetType = UNSET


class Retry(Out, tag="retry", tag_field="type", frozen=True):
    """Not stored now: send again after so many milliseconds."""

    ids: list[str]
    count: int
    after_ms: int


class OrderAssigned(Out, tag="order_assigned", tag_field="type", frozen=True):
    """An order became this driver's, or something about it changed: its details, the customer's
    note, a word of the staff. It replaces what the driver knew of that order."""

    order: OrderBrief


class OrderUnassigned(Out, tag="order_unassigned", tag_field="type", frozen=True):
    """An order is no longer this driver's."""

    order_id: str


class StatusUpdate(Out, tag="status_update", tag_field="type", omit_defaults=True, frozen=True):
    """A change of status: every one, in order, exactly once; `seq` starts at 1 and has no gap."""

    order_id: str
    status: str
    seq: int
    at: str
    note: str | UnsetType = UNSET


class ReportInterval(Out, tag="report_interval", tag_field="type", frozen=True):
    """How often the driver should report."""

    seconds: int


class DutyChanged(Out, tag="duty", tag_field="type", frozen=True):
    """The staff put this driver on duty, or off."""

    on: bool


class Pong(Out, tag="pong", tag_field="type", frozen=True):
    """The answer to a ping."""


class Error(Out, tag="error", tag_field="type", omit_defaults=True, frozen=True):
    """Something about the connection, not about one message; viewers get it for a message too."""

    code: str
    message: str
    order_id: str | UnsetType = UNSET
    field: str | UnsetType = UNSET


class DriverBrief(Out, frozen=True):
    """The courier as a customer may see him."""

    name: str
    vehicle: str | None
    online: bool


class Step(Out, frozen=True, omit_defaults=True):
    """One status that was reached; with its reason where the order ended badly."""

    status: str
    seq: int
    at: str
    note: str | UnsetType = UNSET


class Snapshot(Out, tag="snapshot", tag_field="type", frozen=True):
    """The whole state of an order at `seq`; with `recovered`, the statuses missed follow."""

    order_id: str
    status: str
    seq: int
    epoch: str
    recovered: bool
    position: Position | None
    eta: TimeWindow | None
    driver: DriverBrief | None
    destination: Destination | None
    timeline: list[Step]


class LocationUpdate(Out, tag="location_update", tag_field="type", frozen=True, gc=False):
    """A newer position of an order's courier; never an older one."""

    order_id: str
    lat: float
    lng: float
    heading: float | None
    speed: float | None
    accuracy: float | None
    recorded_at: str
    eta: TimeWindow | None


class OrderMessage(Out, tag="message", tag_field="type", frozen=True):
    """A question, an answer, or the customer's note, which replaces the one before; a word to the
    driver comes to staff only."""

    order_id: str
    kind: str
    id: str | None
    text: str
    at: str


class OrderProof(Out, tag="proof", tag_field="type", frozen=True):
    """Proof that the order arrived; customers get it once it is delivered."""

    order_id: str
    kind: str
    id: str
    at: str


class FleetDriver(Out, omit_defaults=True, frozen=True):
    """A driver on the staff's map."""

    id: str
    name: str
    online: bool
    on_duty: bool
    vehicle: str | None = None
    lat: float | None = None
    lng: float | None = None
    heading: float | None = None
    speed: float | None = None
    accuracy: float | None = None
    battery: float | None = None
    recorded_at: str | None = None
    orders: list[str] = []


class FleetMove(Out, array_like=True, frozen=True, gc=False):
    """Where a driver is of whom nothing else changed: an array of these, in this order."""

    id: str
    lat: float
    lng: float
    recorded_at: int
    heading: float | None
    speed: float | None
    accuracy: float | None
    battery: float | None


class FleetOrder(Out, omit_defaults=True, frozen=True):
    """An open order on the staff's map; with `gone`, it left the map."""

    order_id: str
    status: str
    driver_id: str | None = None
    customer: str | None = None
    lat: float | None = None
    lng: float | None = None
    gone: bool = False


class Fleet(Out, tag="fleet", tag_field="type", frozen=True):
    """The staff's map, rounded to what it can show: what changed; with `whole`, everything."""

    whole: bool
    drivers: list[FleetDriver]
    orders: list[FleetOrder]
    removed: list[str]
    moved: list[FleetMove] = []


ToDriver = (
    Welcome
    | Ack
    | Reject
    | Retry
    | OrderAssigned
    | OrderUnassigned
    | StatusUpdate
    | ReportInterval
    | DutyChanged
    | Pong
    | Error
)
ToViewer = Snapshot | LocationUpdate | StatusUpdate | OrderMessage | OrderProof | Pong | Error
ToStaff = Fleet | Pong | Error


@lru_cache(maxsize=1_024)
def time_window(window: Window | None) -> TimeWindow | None:
    """The wire form of an arrival window; it changes every few minutes, fixes every second."""
    if window is None:
        return None
    return TimeWindow(from_=format_time(window.begin), to=format_time(window.end))


def destination(place: Place | None, address: str | None) -> Destination | None:
    """The wire form of a destination; None when nothing is known of it."""
    if place is None and address is None:
        return None
    if place is None:
        return Destination(address=address)
    return Destination(lat=place.lat, lng=place.lng, address=address)
