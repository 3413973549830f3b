"""Records as the JSON of the contract. Pure: what is live is handed in."""

from app.domain.eta import Window
from app.domain.position import flag_names
from app.domain.times import format_time
from app.tracking.board import Marker
from app.tracking.monitor import Connection
from app.tracking.records import (
    Activity,
    Customer,
    Driver,
    Link,
    Message,
    Order,
    OrderEvent,
    ProofRecord,
    Rating,
    Spotted,
    StoredPosition,
)
from app.web.shapes import (
    ActivityShape,
    ActorShape,
    ConnectionShape,
    CustomerShape,
    DriverShape,
    EventShape,
    LinkShape,
    MarkerShape,
    MessageShape,
    OrderShape,
    PlaceShape,
    PositionShape,
    ProofShape,
    RatingShape,
    TimeSpan,
    Updated,
)


def driver(record: Driver) -> DriverShape:
    """A driver of whom nothing live is known."""
    return {
        "id": record.id,
        "name": record.name,
        "vehicle": record.vehicle,
        "phone": record.phone,
        "onDuty": record.on_duty,
        "online": False,
        "createdAt": format_time(record.created_at),
        "position": None,
        "orders": [],
    }


def marker(value: Marker) -> MarkerShape:
    """A marker."""
    return {
        "lat": value.lat,
        "lng": value.lng,
        "heading": value.heading,
        "speed": value.speed,
        "accuracy": value.accuracy,
        "recordedAt": format_time(value.at),
    }


def order(record: Order) -> OrderShape:
    """An order without its links."""
    details = record.details
    return {
        "id": record.id,
        "status": record.status,
        "seq": record.seq,
        "driverId": record.driver_id,
        "customer": _customer(details.customer),
        "destination": _place(details.destination),
        "pickup": _place(details.pickup),
        "window": _window(details.window),
        "note": details.note,
        "createdAt": format_time(record.created_at),
        "updatedAt": format_time(record.updated_at),
        "endedAt": _time(record.ended_at),
        "customerNote": record.customer_note,
        "askedAt": _time(record.asked_at),
        "rating": rating(record.rating),
    }


def rating(value: Rating | None) -> RatingShape | None:
    """What the customer says of the delivery."""
    if value is None:
        return None
    return {"stars": value.stars, "note": value.note, "at": format_time(value.at)}


def message(record: Message) -> MessageShape:
    """A message about an order."""
    return {
        "id": record.id,
        "kind": record.kind,
        "text": record.text,
        "at": format_time(record.at),
        "actor": _actor(record.actor_kind, record.actor_id),
    }


def proof(record: ProofRecord, order_path: str) -> ProofShape:
    """Proof of a delivery; its picture is found below ``order_path``."""
    return {
        "id": record.id,
        "kind": record.kind,
        "at": format_time(record.at),
        "driverId": record.driver_id,
        "metres": None if record.metres is None else round(record.metres, 1),
        "url": f"{order_path}/proof/{record.id}" if record.media_type else None,
    }


def updated(record: Order) -> Updated:
    """The answer to a change of status."""
    return {
        "message": "Update broadcasted",
        "orderId": record.id,
        "status": record.status,
        "seq": record.seq,
    }


def link(record: Link) -> LinkShape:
    """A link without its secret."""
    return {
        "id": record.id,
        "createdAt": format_time(record.created_at),
        "expiresAt": _time(record.expires_at),
        "revokedAt": _time(record.revoked_at),
    }


def event(record: OrderEvent) -> EventShape:
    """A change of status."""
    return {
        "seq": record.seq,
        "status": record.status,
        "at": format_time(record.at),
        "note": record.note,
        "actor": _actor(record.actor_kind, record.actor_id),
        "address": record.address,
        "metres": None if record.metres is None else round(record.metres, 1),
    }


def position(record: StoredPosition) -> PositionShape:
    """A recorded position."""
    recorded = record.arrived_at if record.fix_time is None else record.fix_time
    return {
        "lat": record.lat,
        "lng": record.lng,
        "recordedAt": format_time(recorded),
        "receivedAt": format_time(record.arrived_at),
        "accuracy": record.accuracy,
        "speed": record.speed,
        "heading": record.heading,
        "altitude": record.altitude,
        "battery": record.battery,
        "id": record.id,
        "flags": flag_names(record.flags),
    }


def connection(value: Connection) -> ConnectionShape:
    """An open socket."""
    actor = value.actor
    shape: ConnectionShape = {
        "id": value.id,
        "kind": value.kind,
        "actor": None if actor is None else _actor(actor.kind.value, actor.id),
        "address": value.address,
        "agent": value.agent,
        "openedAt": format_time(value.opened_at),
        "lastAt": _time(value.last_at),
        "orders": sorted(value.orders),
        "received": value.received,
        "receivedBytes": value.received_bytes,
        "sent": value.sent,
        "sentBytes": value.sent_bytes,
    }
    if value.page is not None:
        shape["page"] = value.page.title
    return shape


def activity(entry: Activity) -> ActivityShape:
    """One line of the activity log."""
    return {
        "at": format_time(entry.at),
        "kind": entry.kind,
        "actor": _actor(entry.actor_kind, entry.actor_id),
        "address": entry.address,
        "subject": entry.subject,
        "detail": entry.detail,
    }


def _actor(kind: str, name: str) -> ActorShape:
    return {"kind": str(kind), "id": name}


def _customer(value: Customer | None) -> CustomerShape | None:
    if value is None:
        return None
    return {"name": value.name, "phone": value.phone, "email": value.email}


def _place(value: Spotted | None) -> PlaceShape | None:
    if value is None:
        return None
    place = value.place
    return {
        "lat": place.lat if place else None,
        "lng": place.lng if place else None,
        "address": value.address,
    }


def _window(value: Window | None) -> TimeSpan | None:
    if value is None:
        return None
    return {"from": format_time(value.begin), "to": format_time(value.end)}


def _time(moment: int | None) -> str | None:
    return None if moment is None else format_time(moment)
