"""What delivered orders teach about arrivals, by hour of the day."""

from typing import Final

from alembic import op
from sqlalchemy import Column, Integer, String

revision: Final = "0009"
down_revision: Final = "0008"


def upgrade() -> None:
    """Add the table; the newest orders that are there are learned from."""
    op.create_table(
        "lessons",
        Column("hour", Integer, primary_key=True),
        Column("lesson", String, nullable=False),
    )
