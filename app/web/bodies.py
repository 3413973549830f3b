"""Request bodies: strict types, bounded lengths, camelCase names; what is unknown is ignored.

Turns them into the records of the services; decides nothing.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel

from app.domain.errors import OnthewayError
from app.domain.eta import Window
from app.domain.geo import Place
from app.domain.order import ORDER_ID, Status, is_order_id
from app.domain.talk import LONGEST_TEXT
from app.domain.times import parse_time
from app.protocol.fields import MAX_NOTE
from app.tracking import records

MAX_LINE: Final = 200
MAX_ADDRESS: Final = 500
NOT_BY_PATCH: Final = {
    "status": "status is changed by POST /admin/update.",
    "driverId": "driverId is changed by POST /api/v1/orders/{id}/assign.",
}


def _plain(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not hold NUL")
    return text


def _visible(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def _order_id(value: object) -> object:
    """1 and "1" are the same order."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**64:
        value = str(value)
    if isinstance(value, str) and not is_order_id(value):
        raise ValueError("must be 1 to 64 letters, digits or . _ ~ -, or an integer")
    return value


def _time(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("must be a time: RFC 3339, or epoch seconds or milliseconds")
    try:
        return parse_time(value)
    except (ValueError, OverflowError):
        raise ValueError("must be a time: RFC 3339, or epoch seconds or milliseconds") from None


Line = Annotated[str, StringConstraints(max_length=MAX_LINE), AfterValidator(_plain)]
Name = Annotated[Line, StringConstraints(min_length=1), AfterValidator(_visible)]
Address = Annotated[str, StringConstraints(max_length=MAX_ADDRESS), AfterValidator(_plain)]
Note = Annotated[str, StringConstraints(max_length=MAX_NOTE), AfterValidator(_plain)]
OrderId = Annotated[
    str,
    BeforeValidator(_order_id),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": f"^{ORDER_ID.pattern}$"},
                {"type": "integer", "minimum": 0},
            ]
        }
    ),
]
Time = Annotated[
    int,
    BeforeValidator(_time),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "number"}]}),
]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Body(BaseModel):
    """Base of all bodies."""

    model_config = ConfigDict(
        strict=True, alias_generator=to_camel, extra="ignore", allow_inf_nan=False
    )


class Part(Body):
    """A part of a body that is kept as a record."""

    def record(self) -> object:
        """As the services keep it; None when nothing is said."""
        raise NotImplementedError


class DriverNew(Body):
    """A driver to be made."""

    name: Name
    vehicle: Line | None = None
    phone: Line | None = None


class DriverChanges(Body):
    """What changes about a driver; only what is named."""

    name: Name = ""
    vehicle: Line | None = None
    phone: Line | None = None
    on_duty: bool = True

    def changes(self) -> dict[str, Any]:
        """The fields that were named, but for `onDuty`."""
        return {name: getattr(self, name) for name in self.model_fields_set - {"on_duty"}}

    def duty(self) -> bool | None:
        """Whether he shall be on duty; None: not named."""
        return self.on_duty if "on_duty" in self.model_fields_set else None


class CustomerIn(Part):
    """Who gets the order."""

    name: Line | None = None
    phone: Line | None = None
    email: Line | None = None

    def record(self) -> records.Customer | None:
        """As the services keep it; None when nothing is said."""
        if not (self.name or self.phone or self.email):
            return None
        return records.Customer(name=self.name, phone=self.phone, email=self.email)


class PlaceIn(Part):
    """A place, an address, or both."""

    lat: Latitude | None = None
    lng: Longitude | None = None
    address: Address | None = None

    @model_validator(mode="after")
    def _both(self) -> "PlaceIn":
        if (self.lat is None) != (self.lng is None):
            raise ValueError("lat and lng belong together")
        return self

    def record(self) -> records.Spotted | None:
        """As the services keep it; None when nothing is said."""
        place = None
        if self.lat is not None and self.lng is not None:
            place = Place(self.lat, self.lng)
        address = self.address or None
        return records.Spotted(place=place, address=address) if place or address else None


class WindowIn(Part):
    """When the customer expects it."""

    from_: Time = Field(alias="from")
    to: Time

    @model_validator(mode="after")
    def _in_order(self) -> "WindowIn":
        if self.to < self.from_:
            raise ValueError("to must not lie before from")
        return self

    def record(self) -> Window:
        """As the services keep it."""
        return Window(self.from_, self.to)


class OrderFields(Body):
    """What people enter about an order. A part that is named replaces that whole part."""

    customer: CustomerIn | None = None
    destination: PlaceIn | None = None
    pickup: PlaceIn | None = None
    window: WindowIn | None = None
    note: Note | None = None

    def values(self) -> dict[str, Any]:
        """The fields of `OrderDetails` that were named."""
        values: dict[str, Any] = {}
        for name in OrderFields.model_fields.keys() & self.model_fields_set:
            value = getattr(self, name)
            values[name] = value.record() if isinstance(value, Part) else value
        return values


class OrderNew(OrderFields):
    """An order to be made; without an id it gets one."""

    id: OrderId | None = None
    driver_id: Line | None = None

    def details(self) -> records.OrderDetails:
        """As the services keep it."""
        return records.OrderDetails(**self.values())


class OrderChanges(OrderFields):
    """What changes about an order; never its status or driver."""

    model_config = ConfigDict(extra="allow")

    def changes(self) -> dict[str, Any]:
        """The fields that were named; raises ``invalid_field`` for status and driver."""
        for name, sentence in NOT_BY_PATCH.items():
            if name in (self.model_extra or {}):
                raise OnthewayError("invalid_field", sentence, field=name)
        return self.values()


class Assignment(Body):
    """Who drives; null: nobody."""

    driver_id: Line | None


class LinkNew(Body):
    """A tracking link to be made; without an end it ends after the order."""

    expires_at: Time | None = None


class Update(Body):
    """A new status; force: against the legal steps, for admins."""

    order_id: OrderId
    status: Annotated[Status, Field(strict=False)]
    note: Note | None = None
    force: bool = False


class MessageNew(Body):
    """A text to the customer or to the driver of an order."""

    to: Literal["customer", "driver"]
    text: Annotated[str, WithJsonSchema({"type": "string", "maxLength": LONGEST_TEXT})]


class Written(Body):
    """What a customer writes."""

    text: str


class PushKeys(Body):
    """Two secrets of a browser, in base64url."""

    p256dh: str = Field(alias="p256dh")
    auth: str


class ListenerNew(Body):
    """A browser that wants to be told: what `PushSubscription.toJSON()` says, and the language."""

    endpoint: str
    keys: PushKeys
    locale: str


class RatingNew(Body):
    """What a customer says of a delivery."""

    stars: int
    note: str | None = None
