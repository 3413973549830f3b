"""An order's trail has two parts: what names it, and what its driver sent without naming any."""

from typing import Final

from alembic import op
from sqlalchemy import text

revision: Final = "0007"
down_revision: Final = "0006"


def upgrade() -> None:
    """Add the index of the second part."""
    op.create_index(
        "ix_positions_unnamed",
        "positions",
        ["driver_num", "at"],
        sqlite_where=text("order_num IS NULL"),
    )
