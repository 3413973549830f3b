"""The first schema: drivers, orders, positions, people, the log."""

from typing import Any, Final

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)

revision: Final = "0001"
down_revision: Final = None

BIG: Final = BigInteger().with_variant(Integer(), "sqlite")
MOVES: Final = "(flags & 55) = 0"
FUTURE: Final = "(flags & 8) <> 0"


def upgrade() -> None:
    """Make all tables."""
    op.create_table("meta", Column("key", String, primary_key=True), _text("value"))
    _make_drivers()
    _make_orders()
    _make_what_belongs_to_both()
    _make_positions()
    _make_people()
    _make_logs()


def _num() -> Column[int]:
    return Column("num", Integer, primary_key=True)


def _text(name: str, *, unique: bool = False) -> Column[str]:
    return Column(name, String, nullable=False, unique=unique)


def _words(*names: str) -> list[Column[str]]:
    return [Column(name, String) for name in names]


def _numbers(*names: str) -> list[Column[float]]:
    return [Column(name, Float) for name in names]


def _time(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _time_or_none(name: str) -> Column[int]:
    return Column(name, BigInteger)


def _refers(name: str, target: str, **options: Any) -> Column[int]:
    return Column(name, Integer, ForeignKey(target), **options)


def _make_drivers() -> None:
    op.create_table(
        "drivers",
        _num(),
        _text("id", unique=True),
        _text("name"),
        _text("folded"),
        *_words("vehicle", "phone"),
        Column("on_duty", Boolean, nullable=False),
        _time("created_at"),
        _time_or_none("deleted_at"),
    )
    op.create_table(
        "driver_tokens",
        Column("token_hash", LargeBinary, primary_key=True),
        _refers("driver_num", "drivers.num", nullable=False, index=True),
        _time("created_at"),
        _time_or_none("ended_at"),
    )
    op.create_table(
        "off_duty",
        _num(),
        _refers("driver_num", "drivers.num", nullable=False, index=True),
        _time("from_at"),
        _time_or_none("to_at"),
    )


def _make_orders() -> None:
    op.create_table(
        "orders",
        _num(),
        _text("id", unique=True),
        _text("status"),
        Column("seq", Integer, nullable=False),
        _refers("driver_num", "drivers.num"),
        *_words("customer_name", "customer_phone", "customer_email"),
        *_numbers("destination_lat", "destination_lng"),
        *_words("destination_address"),
        *_numbers("pickup_lat", "pickup_lng"),
        *_words("pickup_address"),
        _time_or_none("window_begin"),
        _time_or_none("window_end"),
        *_words("note"),
        _text("folded"),
        _time("created_at"),
        _time("updated_at"),
        _time_or_none("ended_at"),
    )
    op.create_index("ix_orders_driver_num", "orders", ["driver_num", "num"])
    op.create_index("ix_orders_status", "orders", ["status", "num"])
    op.create_table(
        "order_events",
        _refers("order_num", "orders.num", primary_key=True),
        Column("seq", Integer, primary_key=True),
        _text("status"),
        _time("at"),
        *_words("note"),
        _text("actor_kind"),
        _text("actor_id"),
        *_words("address"),
    )
    op.create_table(
        "links",
        _num(),
        _text("id", unique=True),
        _refers("order_num", "orders.num", nullable=False, index=True),
        Column("salt", LargeBinary, nullable=False),
        Column("token_hash", LargeBinary, nullable=False, unique=True),
        _time("created_at"),
        _time_or_none("expires_at"),
        _time_or_none("revoked_at"),
    )


def _make_what_belongs_to_both() -> None:
    op.create_table(
        "assignments",
        _num(),
        _refers("order_num", "orders.num", nullable=False, index=True),
        _refers("driver_num", "drivers.num", nullable=False),
        _time("from_at"),
        _time_or_none("to_at"),
    )
    op.create_index("ix_assignments_driver_order", "assignments", ["driver_num", "order_num"])
    op.create_table(
        "driver_messages",
        _refers("driver_num", "drivers.num", primary_key=True),
        Column("id", String, primary_key=True),
        _refers("order_num", "orders.num"),
    )


def _make_positions() -> None:
    op.create_table(
        "positions",
        Column("num", BIG, primary_key=True),
        _refers("driver_num", "drivers.num", nullable=False),
        _refers("order_num", "orders.num"),
        *_words("name"),
        Column("lat", Float, nullable=False),
        Column("lng", Float, nullable=False),
        _time_or_none("fix_time"),
        _time("at"),
        _time("arrived_at"),
        *_numbers("accuracy", "speed", "heading", "altitude", "battery"),
        Column("flags", Integer, nullable=False),
        UniqueConstraint("driver_num", "name", name="uq_positions_name"),
    )
    indexes: tuple[tuple[str, list[str], str | None], ...] = (
        ("ix_positions_driver_at", ["driver_num", "at"], None),
        ("ix_positions_order_at", ["order_num", "at"], "order_num IS NOT NULL"),
        ("ix_positions_driver_moves", ["driver_num", "at"], MOVES),
        (
            "ix_positions_order_moves",
            ["order_num", "driver_num", "at"],
            f"order_num IS NOT NULL AND {MOVES}",
        ),
        ("ix_positions_future", ["driver_num", "fix_time"], FUTURE),
    )
    for name, columns, where in indexes:
        condition = None if where is None else text(where)
        op.create_index(name, "positions", columns, sqlite_where=condition)


def _make_people() -> None:
    op.create_table(
        "users",
        _num(),
        _text("name", unique=True),
        _text("role"),
        _text("password_hash"),
        _time("created_at"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "logins",
        _num(),
        _refers("user_num", "users.num", nullable=False, index=True),
        Column("token_hash", LargeBinary, nullable=False, unique=True),
        _time("created_at"),
        _time("seen_at"),
        *_words("address", "agent"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "api_keys",
        _num(),
        _text("name", unique=True),
        _text("role"),
        Column("key_hash", LargeBinary, nullable=False, unique=True),
        _time("created_at"),
        _time_or_none("revoked_at"),
    )


def _make_logs() -> None:
    op.create_table(
        "activity",
        _num(),
        _time("at"),
        _text("kind"),
        _text("actor_kind"),
        _text("actor_id"),
        *_words("address", "subject"),
        _text("detail"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "kept_answers",
        Column("holder", String, primary_key=True),
        Column("key", String, primary_key=True),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("status", Integer, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("at", BigInteger, nullable=False, index=True),
    )
