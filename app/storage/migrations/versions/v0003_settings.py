"""What admins change on the settings page is kept."""

from typing import Final

from alembic import op
from sqlalchemy import BigInteger, Column, String

revision: Final = "0003"
down_revision: Final = "0002"


def upgrade() -> None:
    """Add the table of settings."""
    op.create_table(
        "settings",
        Column("name", String, primary_key=True),
        Column("value", String, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
        Column("by", String, nullable=False),
    )
