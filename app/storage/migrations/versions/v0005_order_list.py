"""Sorted and searched lists of orders are read from one index, without the rows."""

from typing import Final

from alembic import op

revision: Final = "0005"
down_revision: Final = "0003"


def upgrade() -> None:
    """Add the index that holds all that lists are filtered, searched and sorted by."""
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
            "folded",
        ],
    )
