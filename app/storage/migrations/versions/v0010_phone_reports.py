"""What drivers' phones said last of themselves."""

from typing import Final

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Integer, String

revision: Final = "0010"
down_revision: Final = "0009"


def upgrade() -> None:
    """Add the table; it fills as phones report."""
    op.create_table(
        "phone_reports",
        Column("driver_num", Integer, ForeignKey("drivers.num"), primary_key=True),
        Column("at", BigInteger, nullable=False),
        Column("app", String),
        Column("device", String),
        Column("battery", Float),
        Column("charging", Boolean),
        Column("words", String),
        Column("words_at", BigInteger),
        Column("verdict", String),
        Column("unused", Integer, nullable=False),
        Column("doubtful", Boolean, nullable=False),
    )
