"""Orders are also filtered by their day: the promised one, else the one they were made on."""

from typing import Final

from alembic import op
from sqlalchemy import text

revision: Final = "0018"
down_revision: Final = "0017"


def upgrade() -> None:
    """Add an index of the days, and when orders were made to the one that holds all of a list."""
    op.create_index(
        "ix_orders_day",
        "orders",
        [text("coalesce(window_begin, created_at)"), "num", "status", "driver_num"],
    )
    op.drop_index("ix_orders_list", "orders")
    op.create_index(
        "ix_orders_list",
        "orders",
        [
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
        ],
    )
