"""An order, what happened to it, and how a list of them is asked for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.eta import Window
from app.domain.order import Status
from app.tracking.records.drivers import Spotted


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

    ``event`` is None when the status did not change; ``previous_driver`` is the driver before;
    ``edited`` are the parts of its details that are others now (`app.tracking.order_parts`).
    """

    order: Order
    event: OrderEvent | None
    previous_driver: int | None
    edited: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders to list; ``text`` searches id, customer, address, driver.

    ``during``: those whose day lies in it, from and until before (microseconds): the begin of
    their promised window, else when they were made. ``nums``: these alone.
    """

    statuses: frozenset[Status] = frozenset()
    driver_id: str | None = None
    text: str | None = None
    during: tuple[int, int] | None = None
    nums: frozenset[int] | None = None


class OrderBy(StrEnum):
    """What a list of orders can be sorted by."""

    NUMBER = "number"
    """When it was made."""
    ID = "order"
    STATUS = "status"
    """As far as it got in its life."""
    CUSTOMER = "customer"
    DESTINATION = "destination"
    """By its address."""
    DRIVER = "driver"
    """By the name that he has now."""
    PROMISED = "promised"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class OrderSort:
    """How a list of orders is sorted; where there is no value, an order comes last."""

    by: OrderBy = OrderBy.NUMBER
    descending: bool = True


NEWEST_FIRST: Final = OrderSort()
