"""What a driver sent without naming an order is told by the index alone."""

from typing import Final

from alembic import op

revision: Final = "0007"
down_revision: Final = "0006"

INDEX: Final = "ix_positions_driver_at"


def upgrade() -> None:
    """Make the index anew: with the order last, and the number before it, so that it sorts."""
    op.drop_index(INDEX, "positions")
    op.create_index(INDEX, "positions", ["driver_num", "at", "num", "order_num"])
