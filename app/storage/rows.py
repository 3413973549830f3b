"""Between table rows and the records of the ports."""

import unicodedata
from collections.abc import Callable
from typing import Any, Final

import msgspec

from app.domain.access import Role
from app.domain.eta import Window
from app.domain.geo import Place
from app.domain.order import Status
from app.domain.proof import Proof
from app.domain.talk import Kind
from app.storage.tables import (
    ApiKeyRow,
    DriverRow,
    LinkRow,
    LoginRow,
    MessageRow,
    OrderEventRow,
    OrderRow,
    ProofRow,
    UserRow,
)
from app.tracking.records import (
    ApiKey,
    Customer,
    Driver,
    Link,
    Login,
    Message,
    Order,
    OrderDetails,
    OrderEvent,
    ProofRecord,
    Rating,
    Spotted,
    User,
    Word,
)


def stored(num: int | None) -> int:
    """The number of a row that is in its table."""
    if num is None:
        raise ValueError("the row is not stored")
    return num


def fold(text: str | None) -> str:
    """``text`` as it is searched: without case, composed alike."""
    return unicodedata.normalize("NFKC", text or "").casefold()


def driver_of(row: DriverRow) -> Driver:
    """The record of a driver."""
    return Driver(
        num=stored(row.num),
        id=row.id,
        name=row.name,
        vehicle=row.vehicle,
        phone=row.phone,
        on_duty=row.on_duty,
        created_at=row.created_at,
        deleted_at=row.deleted_at,
    )


def order_of(row: OrderRow, driver_id: str | None) -> Order:
    """The record of an order."""
    return Order(
        num=stored(row.num),
        id=row.id,
        status=Status(row.status),
        seq=row.seq,
        driver_num=row.driver_num,
        driver_id=driver_id,
        details=_details_of(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
        ended_at=row.ended_at,
        customer_note=row.customer_note,
        customer_note_at=row.customer_note_at,
        asked_at=row.asked_at,
        words=_words_of(row.words),
        rating=_rating_of(row),
    )


def _words_of(text: str | None) -> tuple[Word, ...]:
    return tuple(Word(*word) for word in msgspec.json.decode(text)) if text else ()


def _rating_of(row: OrderRow) -> Rating | None:
    if row.stars is None or row.rated_at is None:
        return None
    return Rating(row.stars, row.rating_note, row.rated_at)


def _details_of(row: OrderRow) -> OrderDetails:
    customer = Customer(name=row.customer_name, phone=row.customer_phone, email=row.customer_email)
    window = None
    if row.window_begin is not None and row.window_end is not None:
        window = Window(row.window_begin, row.window_end)
    return OrderDetails(
        customer=None if customer == Customer() else customer,
        destination=_spotted(row.destination_lat, row.destination_lng, row.destination_address),
        pickup=_spotted(row.pickup_lat, row.pickup_lng, row.pickup_address),
        window=window,
        note=row.note,
    )


def _spotted(lat: float | None, lng: float | None, address: str | None) -> Spotted | None:
    place = None if lat is None or lng is None else Place(lat, lng)
    return None if place is None and address is None else Spotted(place=place, address=address)


def set_details(row: OrderRow, changes: dict[str, Any]) -> None:
    """Set fields of `OrderDetails` by name; an empty customer or place counts as none."""
    for name, value in changes.items():
        _SETTERS[name](row, value)
    searched = (row.id, row.customer_name, row.destination_address, row.pickup_address)
    row.folded = "\n".join(fold(text) for text in searched)


def _set_customer(row: OrderRow, customer: Customer | None) -> None:
    customer = customer or Customer()
    row.customer_name = customer.name
    row.customer_phone = customer.phone
    row.customer_email = customer.email


def _set_destination(row: OrderRow, spotted: Spotted | None) -> None:
    lat, lng = _lat_lng(spotted)
    row.destination_lat, row.destination_lng = lat, lng
    row.destination_address = spotted.address if spotted else None


def _set_pickup(row: OrderRow, spotted: Spotted | None) -> None:
    lat, lng = _lat_lng(spotted)
    row.pickup_lat, row.pickup_lng = lat, lng
    row.pickup_address = spotted.address if spotted else None


def _lat_lng(spotted: Spotted | None) -> tuple[float | None, float | None]:
    return spotted.place if spotted and spotted.place else (None, None)


def _set_window(row: OrderRow, window: Window | None) -> None:
    row.window_begin = window.begin if window else None
    row.window_end = window.end if window else None


def _set_note(row: OrderRow, note: str | None) -> None:
    row.note = note


_SETTERS: Final[dict[str, Callable[[OrderRow, Any], None]]] = {
    "customer": _set_customer,
    "destination": _set_destination,
    "pickup": _set_pickup,
    "window": _set_window,
    "note": _set_note,
}


def event_of(row: OrderEventRow) -> OrderEvent:
    """The record of a change of status."""
    return OrderEvent(
        seq=row.seq,
        status=Status(row.status),
        at=row.at,
        note=row.note,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        address=row.address,
        metres=row.metres,
    )


def message_of(row: MessageRow) -> Message:
    """The record of a message."""
    return Message(
        id=row.id,
        kind=Kind(row.kind),
        text=row.text,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
    )


def proof_of(row: ProofRow, driver_id: str) -> ProofRecord:
    """The record of proof."""
    return ProofRecord(
        id=row.id,
        kind=Proof(row.kind),
        at=row.at,
        driver_id=driver_id,
        metres=row.metres,
        file=row.file,
        media_type=row.media_type,
    )


def link_of(row: LinkRow, order_id: str) -> Link:
    """The record of a link."""
    return Link(
        id=row.id,
        order_id=order_id,
        order_num=row.order_num,
        salt=row.salt,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


def user_of(row: UserRow) -> User:
    """The record of a user."""
    return User(
        num=stored(row.num),
        name=row.name,
        role=Role(row.role),
        password_hash=row.password_hash,
        created_at=row.created_at,
    )


def login_of(row: LoginRow, user: UserRow) -> Login:
    """The record of a login."""
    return Login(
        num=stored(row.num),
        user=user_of(user),
        created_at=row.created_at,
        seen_at=row.seen_at,
        address=row.address,
        agent=row.agent,
    )


def key_of(row: ApiKeyRow) -> ApiKey:
    """The record of an API key."""
    return ApiKey(
        num=stored(row.num),
        name=row.name,
        role=Role(row.role),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
