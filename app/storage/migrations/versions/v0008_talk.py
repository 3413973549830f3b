"""What customers, staff and drivers tell each other about an order, its proof and its rating."""

from typing import Final

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    text,
)

revision: Final = "0008"
down_revision: Final = "0007"

NEW: Final = (
    ("customer_note", String),
    ("customer_note_at", BigInteger),
    ("asked_at", BigInteger),
    ("words", String),
    ("stars", Integer),
    ("rating_note", String),
    ("rated_at", BigInteger),
)


def upgrade() -> None:
    """Add the columns and the tables."""
    for name, kind in NEW:
        op.add_column("orders", Column(name, kind))
    op.create_index(
        "ix_orders_asked", "orders", ["asked_at"], sqlite_where=text("asked_at IS NOT NULL")
    )
    op.create_table(
        "messages",
        Column("num", Integer, primary_key=True),
        _belongs("order_num", "orders.num"),
        Column("id", String, nullable=False, unique=True),
        Column("kind", String, nullable=False),
        Column("text", String, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("actor_kind", String, nullable=False),
        Column("actor_id", String, nullable=False),
    )
    op.create_index("ix_messages_order", "messages", ["order_num", "num"])
    op.create_table(
        "proofs",
        Column("num", Integer, primary_key=True),
        _belongs("order_num", "orders.num"),
        _belongs("driver_num", "drivers.num"),
        Column("id", String, nullable=False, unique=True),
        Column("kind", String, nullable=False),
        Column("name", String),
        Column("at", BigInteger, nullable=False),
        Column("stored_at", BigInteger, nullable=False),
        Column("metres", Float),
        Column("file", String),
        Column("media_type", String),
        UniqueConstraint("driver_num", "name", name="uq_proofs_name"),
    )
    op.create_index("ix_proofs_order", "proofs", ["order_num", "num"])
    op.create_index(
        "ix_proofs_file", "proofs", ["stored_at"], sqlite_where=text("file IS NOT NULL")
    )


def _belongs(name: str, key: str) -> Column[int]:
    return Column(name, Integer, ForeignKey(key), nullable=False)
