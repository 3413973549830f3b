"""Orders, who had them, what happened to them, and their links."""

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.storage.tables.kinds import NAMED, WRITTEN


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
            "created_at",
            "folded",
            "destination_address",
        ),
        Index("ix_orders_customer", text("lower(customer_name)"), "num"),
        Index("ix_orders_destination", text("lower(destination_address)"), "num"),
        Index("ix_orders_promised", "window_begin", "num"),
        Index("ix_orders_changed", "updated_at", "num"),
        Index(
            "ix_orders_day",
            text("coalesce(window_begin, created_at)"),
            *("num", "status", "driver_num"),
        ),
        Index("ix_orders_asked", "asked_at", sqlite_where=text("asked_at IS NOT NULL")),
        Index("ix_orders_written", "ended_at", sqlite_where=text(WRITTEN)),
        Index("ix_orders_named", "ended_at", sqlite_where=text(NAMED)),
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
