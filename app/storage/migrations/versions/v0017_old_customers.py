"""Who the customer of an order was is deleted when the order is old."""

from typing import Final

from alembic import op
from sqlalchemy import text

revision: Final = "0017"
down_revision: Final = "0016"

NAMED: Final = (
    "ended_at IS NOT NULL AND (customer_name IS NOT NULL OR customer_phone IS NOT NULL"
    " OR customer_email IS NOT NULL OR destination_lat IS NOT NULL"
    " OR destination_address IS NOT NULL OR note IS NOT NULL)"
)


def upgrade() -> None:
    """Add the index that finds what is old."""
    op.create_index("ix_orders_named", "orders", ["ended_at"], sqlite_where=text(NAMED))
