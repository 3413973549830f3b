"""What insights are read from: ended orders by time, ways added up, the most that was online."""

from typing import Final

from alembic import op
from sqlalchemy import BigInteger, Column, Float, ForeignKey, Integer, text

revision: Final = "0004"
down_revision: Final = "0003"

BIG: Final = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Add the index and the tables; positions that are there are added up from the first on."""
    op.create_index(
        "ix_orders_ended",
        "orders",
        ["status", "ended_at", "window_end", "created_at", "driver_num"],
        sqlite_where=text("ended_at IS NOT NULL"),
    )
    op.create_table(
        "odometers",
        _driver(),
        Column("lat", Float, nullable=False),
        Column("lng", Float, nullable=False),
        Column("at", BigInteger, nullable=False),
    )
    op.create_table(
        "travels",
        Column("begin", BigInteger, primary_key=True),
        _driver(),
        Column("metres", Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "quarters",
        Column("begin", BIG, primary_key=True),
        Column("metres", Float, nullable=False),
        Column("drivers", Integer, nullable=False),
        Column("viewers", Integer, nullable=False),
    )


def _driver() -> Column[int]:
    return Column("driver_num", Integer, ForeignKey("drivers.num"), primary_key=True)
