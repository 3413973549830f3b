"""Lists of orders are read from indexes: sorted ones along their own, others from one for all."""

from typing import Final

from alembic import op
from sqlalchemy import text

revision: Final = "0005"
down_revision: Final = "0004"


def upgrade() -> None:
    """Add the index that holds all that lists need, and one for each way to sort all orders."""
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
    op.create_index("ix_orders_customer", "orders", [text("lower(customer_name)"), "num"])
    op.create_index("ix_orders_promised", "orders", ["window_begin", "num"])
    op.create_index("ix_orders_changed", "orders", ["updated_at", "num"])
