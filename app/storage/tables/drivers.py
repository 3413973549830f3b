"""Drivers and their phones."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class DriverRow(SQLModel, table=True):
    """A driver; removed ones stay, for the history."""

    __tablename__ = "drivers"
    __table_args__ = (Index("ix_drivers_folded", "folded"),)

    num: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    name: str
    folded: str
    """The name as it is searched."""
    vehicle: str | None = None
    phone: str | None = None
    on_duty: bool = True
    created_at: int = Field(sa_type=BigInteger)
    deleted_at: int | None = Field(default=None, sa_type=BigInteger)


class DriverTokenRow(SQLModel, table=True):
    """A driver's token, hashed; ended ones stay, so that their bearers can be told."""

    __tablename__ = "driver_tokens"

    token_hash: bytes = Field(primary_key=True)
    driver_num: int = Field(foreign_key="drivers.num", index=True)
    created_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)


class PhoneReportRow(SQLModel, table=True):
    """What a driver's phone said last of itself: see `app.tracking.records.PhoneReport`."""

    __tablename__ = "phone_reports"

    driver_num: int = Field(foreign_key="drivers.num", primary_key=True)
    at: int = Field(sa_type=BigInteger)
    app: str | None = None
    device: str | None = None
    battery: float | None = None
    charging: bool | None = None
    words: str | None = None
    words_at: int | None = Field(default=None, sa_type=BigInteger)
    verdict: str | None = None
    unused: int
    doubtful: bool


class OffDutyRow(SQLModel, table=True):
    """A time in which a driver was off duty: from ``from_at``, until before ``to_at``."""

    __tablename__ = "off_duty"

    num: int | None = Field(default=None, primary_key=True)
    driver_num: int = Field(foreign_key="drivers.num", index=True)
    from_at: int = Field(sa_type=BigInteger)
    to_at: int | None = Field(default=None, sa_type=BigInteger)


class DriverMessageRow(SQLModel, table=True):
    """The id of a driver's message that was no position, so that its repeat is known."""

    __tablename__ = "driver_messages"

    driver_num: int = Field(foreign_key="drivers.num", primary_key=True)
    id: str = Field(primary_key=True)
    order_num: int | None = Field(default=None, foreign_key="orders.num")
