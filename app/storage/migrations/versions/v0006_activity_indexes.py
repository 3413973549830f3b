"""The activity log is searched by person, subject, kind and time."""

from typing import Final

from alembic import op

revision: Final = "0006"
down_revision: Final = "0005"

INDEXES: Final = {
    "ix_activity_at": ["at"],
    "ix_activity_kind": ["kind", "at"],
    "ix_activity_actor": ["actor_id", "kind", "at"],
    "ix_activity_subject": ["subject", "kind", "at"],
}


def upgrade() -> None:
    """Add the indexes."""
    for name, columns in INDEXES.items():
        op.create_index(name, "activity", columns)
