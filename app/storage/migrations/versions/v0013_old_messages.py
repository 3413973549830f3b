"""What people wrote about orders is deleted when it is old."""

from typing import Final

from alembic import op
from sqlalchemy import text

revision: Final = "0013"
down_revision: Final = "0012"

WRITTEN: Final = "customer_note IS NOT NULL OR rating_note IS NOT NULL OR words IS NOT NULL"


def upgrade() -> None:
    """Add the indexes that find what is old."""
    op.create_index("ix_messages_at", "messages", ["at"])
    op.create_index("ix_orders_written", "orders", ["ended_at"], sqlite_where=text(WRITTEN))
