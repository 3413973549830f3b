"""Browsers that are told of an order."""

from typing import Final

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, UniqueConstraint

revision: Final = "0011"
down_revision: Final = "0010"


def upgrade() -> None:
    """Add the table; it fills as customers ask for it."""
    op.create_table(
        "listeners",
        Column("num", Integer, primary_key=True),
        Column("link_num", Integer, ForeignKey("links.num"), nullable=False),
        Column("name", String, nullable=False),
        Column("endpoint", String, nullable=False),
        Column("key", LargeBinary, nullable=False),
        Column("auth", LargeBinary, nullable=False),
        Column("locale", String, nullable=False),
        Column("told", String, nullable=False),
        UniqueConstraint("link_num", "name", name="uq_listeners_name"),
    )
