"""How the live state looks on the wire: one place that turns records into messages."""

from typing import NamedTuple

from msgspec import UNSET, UnsetType

from app.domain.errors import OnthewayError
from app.domain.eta import Window
from app.domain.order import Status
from app.domain.sight import Sight
from app.domain.times import format_time
from app.protocol import messages
from app.tracking.board import Board, LiveDriver, LiveOrder, Marker
from app.tracking.hub import Hub
from app.tracking.records import Message, Order, OrderEvent, ProofRecord, Spotted

ENDED_BADLY = frozenset({Status.FAILED, Status.RETURNED})
"""Statuses whose reason the customer may read."""


def position(marker: Marker) -> messages.Position:
    """A marker as a position."""
    return messages.Position(
        lat=marker.lat,
        lng=marker.lng,
        heading=marker.heading,
        speed=marker.speed,
        accuracy=marker.accuracy,
        recorded_at=format_time(marker.at),
    )


def location_update(order_id: str, marker: Marker, eta: Window | None) -> messages.LocationUpdate:
    """A marker as a live update."""
    return messages.LocationUpdate(
        order_id,
        marker.lat,
        marker.lng,
        marker.heading,
        marker.speed,
        marker.accuracy,
        format_time(marker.at),
        messages.time_window(eta),
    )


def spotted(value: Spotted | None) -> messages.Destination | None:
    """A destination or pick-up."""
    return None if value is None else messages.destination(value.place, value.address)


def status_update(order_id: str, event: OrderEvent) -> messages.StatusUpdate:
    """A change of status, with its reason where the order ended badly."""
    return messages.StatusUpdate(
        order_id=order_id,
        status=event.status,
        seq=event.seq,
        at=format_time(event.at),
        note=_reason(event),
    )


def step(event: OrderEvent) -> messages.Step:
    """A status that was reached, for the timeline."""
    return messages.Step(
        status=event.status, seq=event.seq, at=format_time(event.at), note=_reason(event)
    )


def _reason(event: OrderEvent) -> str | UnsetType:
    return event.note if event.note and event.status in ENDED_BADLY else UNSET


def order_brief(order: Order) -> messages.OrderBrief:
    """An order as its driver sees it."""
    details = order.details
    return messages.OrderBrief(
        order_id=order.id,
        status=order.status,
        destination=spotted(details.destination),
        pickup=spotted(details.pickup),
        customer=details.customer.name if details.customer else None,
        phone=details.customer.phone if details.customer else None,
        note=details.note,
        window=messages.time_window(details.window),
        customer_note=order.customer_note,
        words=[
            messages.WordToDriver(id=word.id, text=word.text, at=format_time(word.at))
            for word in order.words
        ],
    )


def order_message(order_id: str, message: Message) -> messages.OrderMessage:
    """A question, an answer or a word."""
    return messages.OrderMessage(
        order_id=order_id,
        kind=message.kind,
        id=message.id,
        text=message.text,
        at=format_time(message.at),
    )


def customer_note(order: Order, now: int) -> messages.OrderMessage:
    """The customer's note as it is now; an empty text where there is none any more."""
    at = order.customer_note_at
    return messages.OrderMessage(
        order_id=order.id,
        kind="note",
        id=None,
        text=order.customer_note or "",
        at=format_time(now if at is None else at),
    )


def order_proof(order_id: str, proof: ProofRecord) -> messages.OrderProof:
    """That there is proof."""
    return messages.OrderProof(
        order_id=order_id, kind=proof.kind, id=proof.id, at=format_time(proof.at)
    )


def courier(live: LiveDriver, hub: Hub) -> messages.DriverBrief:
    """The courier as a customer may see him: the first name only."""
    name = live.driver.name.split()[0] if live.driver.name.split() else ""
    return messages.DriverBrief(
        name=name, vehicle=live.driver.vehicle, online=hub.online(live.driver.num)
    )


class Seen(NamedTuple):
    """What somebody sees of a courier; None for what there is not, or may not be seen."""

    marker: Marker | None
    eta: Window | None
    driver: messages.DriverBrief | None


def seen(board: Board, hub: Hub, live: LiveOrder, sight: Sight) -> Seen:
    """What may be seen of the courier of an order now."""
    order, status = live.order, live.order.status
    driver = board.drivers.get(order.driver_num) if order.driver_num is not None else None
    return Seen(
        marker=live.marker if status in sight.place else None,
        eta=board.eta(live) if status in sight.arrival else None,
        driver=courier(driver, hub) if driver and status in sight.courier else None,
    )


def snapshot(
    board: Board, hub: Hub, live: LiveOrder, *, sight: Sight, epoch: str
) -> messages.Snapshot:
    """The whole state of an order, as far as it may be seen."""
    order = live.order
    if live.events is None:
        raise OnthewayError("internal", "The history of the order is not loaded.")
    marker, eta, driver = seen(board, hub, live, sight)
    return messages.Snapshot(
        order_id=order.id,
        status=order.status,
        seq=order.seq,
        epoch=epoch,
        recovered=False,
        position=position(marker) if marker else None,
        eta=messages.time_window(eta),
        driver=driver,
        destination=spotted(order.details.destination),
        timeline=[step(event) for event in live.events],
    )
