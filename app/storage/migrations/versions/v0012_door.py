"""How far the driver was from the door as he ended an order."""

from typing import Final

from alembic import op
from sqlalchemy import Column, Float

revision: Final = "0012"
down_revision: Final = "0011"


def upgrade() -> None:
    """Add the column; of earlier events nothing is known."""
    op.add_column("order_events", Column("metres", Float))
