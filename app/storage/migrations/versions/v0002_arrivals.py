"""Positions are kept in groups first, and filed later; two indexes cost more than they gave."""

from typing import Final

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary

revision: Final = "0002"
down_revision: Final = "0001"

BIG: Final = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Add the table of groups, drop the indexes of positions that move a marker."""
    op.create_table(
        "arrivals",
        Column("num", BIG, primary_key=True),
        Column("positions", LargeBinary, nullable=False),
    )
    op.drop_index("ix_positions_driver_moves", "positions")
    op.drop_index("ix_positions_order_moves", "positions")
