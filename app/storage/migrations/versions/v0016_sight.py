"""Customers see name, place and arrival time of the courier each from a status of its own on."""

from typing import Final

from alembic import op

revision: Final = "0016"
down_revision: Final = "0015"

PARTS: Final = ("courier_from", "place_from", "arrival_from")


def upgrade() -> None:
    """What was one choice for all three becomes the same choice for each."""
    for name in PARTS:
        op.execute(
            f"""INSERT INTO settings (name, value, updated_at, "by")
            SELECT '{name}', CASE value WHEN 'true' THEN '"assigned"' ELSE '"picked_up"' END,
            updated_at, "by" FROM settings WHERE name = 'courier_from_assigned'"""
        )
    op.execute("DELETE FROM settings WHERE name = 'courier_from_assigned'")
