"""Facts, settings, the log and kept answers."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class MetaRow(SQLModel, table=True):
    """Facts about the database itself, such as its epoch."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: str


class ActivityRow(SQLModel, table=True):
    """One line of the activity log; ``detail`` is JSON."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_at", "at"),
        Index("ix_activity_kind", "kind", "at"),
        Index("ix_activity_actor", "actor_id", "kind", "at"),
        Index("ix_activity_subject", "subject", "kind", "at"),
        {"sqlite_autoincrement": True},
    )

    num: int | None = Field(default=None, primary_key=True)
    at: int = Field(sa_type=BigInteger)
    kind: str
    actor_kind: str
    actor_id: str
    address: str | None = None
    subject: str | None = None
    detail: str


class SettingRow(SQLModel, table=True):
    """A value that was changed on the settings page; ``value`` is JSON."""

    __tablename__ = "settings"

    name: str = Field(primary_key=True)
    value: str
    updated_at: int = Field(sa_type=BigInteger)
    by: str
    """The name of who changed it."""


class KeptAnswerRow(SQLModel, table=True):
    """The answer to a write with an idempotency key."""

    __tablename__ = "kept_answers"

    holder: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: bytes
    status: int
    body: bytes
    at: int = Field(sa_type=BigInteger, index=True)
