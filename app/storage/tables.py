"""The tables, as SQLModel classes: what is kept, and the indexes that keep it quick. No rules.

Times are microseconds since the epoch. ``num`` are row numbers. Schema changes need a step in
``migrations/versions`` that says the same.
"""

from typing import Final

from sqlalchemy import BigInteger, Index, Integer, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.domain.position import KEEPS_MARKER, Flag

BIG: Final = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit integer that SQLite can use as its row id."""

MOVES: Final = f"(flags & {int(KEEPS_MARKER)}) = 0"
"""SQL for "may move a marker"."""
FUTURE: Final = f"(flags & {int(Flag.FUTURE)}) <> 0"
"""SQL for "was dated ahead of its arrival"; queries must say exactly this to use the index."""
WRITTEN: Final = "customer_note IS NOT NULL OR rating_note IS NOT NULL OR words IS NOT NULL"
"""SQL for "people wrote something that the order itself keeps"; exactly this uses the index."""


class MetaRow(SQLModel, table=True):
    """Facts about the database itself, such as its epoch."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: str


class DriverRow(SQLModel, table=True):
    """A driver; removed ones stay, for the history."""

    __tablename__ = "drivers"

    num: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    name: str
    folded: str
    """The name as it is searched."""
    vehicle: str | None = None
    phone: str | None = None
    on_duty: bool = True
    created_at: int = Field(sa_type=BigInteger)
    deleted_at: int | None = Field(default=None, sa_type=BigInteger)


class DriverTokenRow(SQLModel, table=True):
    """A driver's token, hashed; ended ones stay, so that their bearers can be told."""

    __tablename__ = "driver_tokens"

    token_hash: bytes = Field(primary_key=True)
    driver_num: int = Field(foreign_key="drivers.num", index=True)
    created_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)


class PhoneReportRow(SQLModel, table=True):
    """What a driver's phone said last of itself: see `app.tracking.records.PhoneReport`."""

    __tablename__ = "phone_reports"

    driver_num: int = Field(foreign_key="drivers.num", primary_key=True)
    at: int = Field(sa_type=BigInteger)
    app: str | None = None
    device: str | None = None
    battery: float | None = None
    charging: bool | None = None
    words: str | None = None
    words_at: int | None = Field(default=None, sa_type=BigInteger)
    verdict: str | None = None
    unused: int
    doubtful: bool


class OffDutyRow(SQLModel, table=True):
    """A time in which a driver was off duty: from ``from_at``, until before ``to_at``."""

    __tablename__ = "off_duty"

    num: int | None = Field(default=None, primary_key=True)
    driver_num: int = Field(foreign_key="drivers.num", index=True)
    from_at: int = Field(sa_type=BigInteger)
    to_at: int | None = Field(default=None, sa_type=BigInteger)


class DriverMessageRow(SQLModel, table=True):
    """The id of a driver's message that was no position, so that its repeat is known."""

    __tablename__ = "driver_messages"

    driver_num: int = Field(foreign_key="drivers.num", primary_key=True)
    id: str = Field(primary_key=True)
    order_num: int | None = Field(default=None, foreign_key="orders.num")


class OrderRow(SQLModel, table=True):
    """An order as it stands."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_driver_num", "driver_num", "num"),
        Index("ix_orders_status", "status", "num"),
        Index(
            "ix_orders_list",
            "num",
            "status",
            "driver_num",
            "id",
            "customer_name",
            "window_begin",
            "updated_at",
            "folded",
        ),
        Index("ix_orders_customer", text("lower(customer_name)"), "num"),
        Index("ix_orders_promised", "window_begin", "num"),
        Index("ix_orders_changed", "updated_at", "num"),
        Index("ix_orders_asked", "asked_at", sqlite_where=text("asked_at IS NOT NULL")),
        Index("ix_orders_written", "ended_at", sqlite_where=text(WRITTEN)),
        Index(
            "ix_orders_ended",
            *("status", "ended_at", "window_end", "created_at", "driver_num"),
            sqlite_where=text("ended_at IS NOT NULL"),
        ),
    )

    num: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    status: str
    seq: int
    driver_num: int | None = Field(default=None, foreign_key="drivers.num")
    customer_name: str | None = None
    customer_phone: str | None = None
    customer_email: str | None = None
    destination_lat: float | None = None
    destination_lng: float | None = None
    destination_address: str | None = None
    pickup_lat: float | None = None
    pickup_lng: float | None = None
    pickup_address: str | None = None
    window_begin: int | None = Field(default=None, sa_type=BigInteger)
    window_end: int | None = Field(default=None, sa_type=BigInteger)
    note: str | None = None
    folded: str
    """Id, customer's name and addresses as they are searched."""
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    customer_note: str | None = None
    customer_note_at: int | None = Field(default=None, sa_type=BigInteger)
    asked_at: int | None = Field(default=None, sa_type=BigInteger)
    words: str | None = None
    """The newest of the staff to the driver, as a JSON list of [id, at, text]."""
    stars: int | None = None
    rating_note: str | None = None
    rated_at: int | None = Field(default=None, sa_type=BigInteger)


class MessageRow(SQLModel, table=True):
    """A question of the customer, an answer to him, or a word to the driver."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_order", "order_num", "num"),
        Index("ix_messages_at", "at"),
    )

    num: int | None = Field(default=None, primary_key=True)
    order_num: int = Field(foreign_key="orders.num")
    id: str = Field(unique=True)
    kind: str
    text: str
    at: int = Field(sa_type=BigInteger)
    actor_kind: str
    actor_id: str


class ProofRow(SQLModel, table=True):
    """Proof of a delivery; its picture is a file (see `proof_files`), ``file`` its name.

    ``name`` is the driver's own, unique among his; ``file`` is gone once it is too old.
    """

    __tablename__ = "proofs"
    __table_args__ = (
        UniqueConstraint("driver_num", "name", name="uq_proofs_name"),
        Index("ix_proofs_order", "order_num", "num"),
        Index("ix_proofs_file", "stored_at", sqlite_where=text("file IS NOT NULL")),
    )

    num: int | None = Field(default=None, primary_key=True)
    order_num: int = Field(foreign_key="orders.num")
    driver_num: int = Field(foreign_key="drivers.num")
    id: str = Field(unique=True)
    kind: str
    name: str | None = None
    at: int = Field(sa_type=BigInteger)
    stored_at: int = Field(sa_type=BigInteger)
    metres: float | None = None
    file: str | None = None
    media_type: str | None = None


class AssignmentRow(SQLModel, table=True):
    """A time in which an order was a driver's: from ``from_at``, until before ``to_at``."""

    __tablename__ = "assignments"
    __table_args__ = (Index("ix_assignments_driver_order", "driver_num", "order_num"),)

    num: int | None = Field(default=None, primary_key=True)
    order_num: int = Field(foreign_key="orders.num", index=True)
    driver_num: int = Field(foreign_key="drivers.num")
    from_at: int = Field(sa_type=BigInteger)
    to_at: int | None = Field(default=None, sa_type=BigInteger)


class OrderEventRow(SQLModel, table=True):
    """One change of an order's status; ``metres`` from the door, where that is known and counts."""

    __tablename__ = "order_events"

    order_num: int = Field(foreign_key="orders.num", primary_key=True)
    seq: int = Field(primary_key=True)
    status: str
    at: int = Field(sa_type=BigInteger)
    note: str | None = None
    actor_kind: str
    actor_id: str
    address: str | None = None
    metres: float | None = None


class LinkRow(SQLModel, table=True):
    """A tracking link."""

    __tablename__ = "links"

    num: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    order_num: int = Field(foreign_key="orders.num", index=True)
    salt: bytes
    token_hash: bytes = Field(unique=True)
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int | None = Field(default=None, sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)


class ListenerRow(SQLModel, table=True):
    """A browser that is told of an order: see `app.tracking.records.Listener`.

    ``name`` is its address hashed; ``told`` are the events that it is not told any more, with
    spaces between.
    """

    __tablename__ = "listeners"
    __table_args__ = (UniqueConstraint("link_num", "name", name="uq_listeners_name"),)

    num: int | None = Field(default=None, primary_key=True)
    link_num: int = Field(foreign_key="links.num")
    name: str
    endpoint: str
    key: bytes
    auth: bytes
    locale: str
    told: str


class PositionRow(SQLModel, table=True):
    """A recorded position.

    ``order_num`` only where the driver named the order; ``name`` is what makes it unique among
    the driver's (see `recorder.name_of`); ``at`` its live time.
    """

    __tablename__ = "positions"
    __table_args__ = (
        UniqueConstraint("driver_num", "name", name="uq_positions_name"),
        # With the order, so that points which name another are passed over without being read.
        Index("ix_positions_driver_at", "driver_num", "at", "num", "order_num"),
        Index(
            "ix_positions_order_at",
            "order_num",
            "at",
            sqlite_where=text("order_num IS NOT NULL"),
        ),
        Index("ix_positions_future", "driver_num", "fix_time", sqlite_where=text(FUTURE)),
    )

    num: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    driver_num: int = Field(foreign_key="drivers.num")
    order_num: int | None = Field(default=None, foreign_key="orders.num")
    name: str | None = None
    lat: float
    lng: float
    fix_time: int | None = Field(default=None, sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    arrived_at: int = Field(sa_type=BigInteger)
    accuracy: float | None = None
    speed: float | None = None
    heading: float | None = None
    altitude: float | None = None
    battery: float | None = None
    flags: int


class ArrivalsRow(SQLModel, table=True):
    """Positions that are stored, and not yet filed in `positions` (see `unfiled`): one group.

    ``num`` is the first one's; ``positions`` are its rows in MessagePack.
    """

    __tablename__ = "arrivals"

    num: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    positions: bytes


class OdometerRow(SQLModel, table=True):
    """Up to where a driver's way is added up: see `app.domain.travel.Odometer`."""

    __tablename__ = "odometers"

    driver_num: int = Field(foreign_key="drivers.num", primary_key=True)
    lat: float
    lng: float
    at: int = Field(sa_type=BigInteger)


class TravelRow(SQLModel, table=True):
    """Metres that a driver travelled in a quarter of an hour, which begins at ``begin``."""

    __tablename__ = "travels"
    __table_args__ = {"sqlite_with_rowid": False}

    begin: int = Field(primary_key=True, sa_type=BigInteger)
    driver_num: int = Field(foreign_key="drivers.num", primary_key=True)
    metres: float


class QuarterRow(SQLModel, table=True):
    """A quarter of an hour of the whole fleet: metres travelled, and the most drivers online, and
    viewers of orders, at one time."""

    __tablename__ = "quarters"

    begin: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    metres: float
    drivers: int
    viewers: int


class LessonRow(SQLModel, table=True):
    """What orders of an hour of the day taught about arrivals: `app.domain.lessons.Lesson` in
    JSON."""

    __tablename__ = "lessons"

    hour: int | None = Field(default=None, primary_key=True)
    lesson: str


class UserRow(SQLModel, table=True):
    """A person who may sign in."""

    __tablename__ = "users"
    __table_args__ = {"sqlite_autoincrement": True}

    num: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    role: str
    password_hash: str
    created_at: int = Field(sa_type=BigInteger)


class LoginRow(SQLModel, table=True):
    """A person signed in. Its number is never used again: pages remember it."""

    __tablename__ = "logins"
    __table_args__ = {"sqlite_autoincrement": True}

    num: int | None = Field(default=None, primary_key=True)
    user_num: int = Field(foreign_key="users.num", index=True)
    token_hash: bytes = Field(unique=True)
    created_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger)
    address: str | None = None
    agent: str | None = None


class ApiKeyRow(SQLModel, table=True):
    """A program's key, hashed."""

    __tablename__ = "api_keys"

    num: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    role: str
    key_hash: bytes = Field(unique=True)
    created_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)


class ActivityRow(SQLModel, table=True):
    """One line of the activity log; ``detail`` is JSON."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_at", "at"),
        Index("ix_activity_kind", "kind", "at"),
        Index("ix_activity_actor", "actor_id", "kind", "at"),
        Index("ix_activity_subject", "subject", "kind", "at"),
        {"sqlite_autoincrement": True},
    )

    num: int | None = Field(default=None, primary_key=True)
    at: int = Field(sa_type=BigInteger)
    kind: str
    actor_kind: str
    actor_id: str
    address: str | None = None
    subject: str | None = None
    detail: str


class SettingRow(SQLModel, table=True):
    """A value that was changed on the settings page; ``value`` is JSON."""

    __tablename__ = "settings"

    name: str = Field(primary_key=True)
    value: str
    updated_at: int = Field(sa_type=BigInteger)
    by: str
    """The name of who changed it."""


class KeptAnswerRow(SQLModel, table=True):
    """The answer to a write with an idempotency key."""

    __tablename__ = "kept_answers"

    holder: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: bytes
    status: int
    body: bytes
    at: int = Field(sa_type=BigInteger, index=True)
