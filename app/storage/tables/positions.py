"""Positions, filed and waiting."""

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.storage.tables.kinds import BIG, FUTURE


class PositionRow(SQLModel, table=True):
    """A recorded position.

    ``order_num`` only where the driver named the order; ``name`` is what makes it unique among
    the driver's (see `recorder.name_of`); ``at`` its live time.
    """

    __tablename__ = "positions"
    __table_args__ = (
        UniqueConstraint("driver_num", "name", name="uq_positions_name"),
        # With the order, so that points which name another are passed over without being read.
        Index("ix_positions_driver_at", "driver_num", "at", "num", "order_num"),
        Index(
            "ix_positions_order_at",
            "order_num",
            "at",
            sqlite_where=text("order_num IS NOT NULL"),
        ),
        Index("ix_positions_future", "driver_num", "fix_time", sqlite_where=text(FUTURE)),
    )

    num: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    driver_num: int = Field(foreign_key="drivers.num")
    order_num: int | None = Field(default=None, foreign_key="orders.num")
    name: str | None = None
    lat: float
    lng: float
    fix_time: int | None = Field(default=None, sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    arrived_at: int = Field(sa_type=BigInteger)
    accuracy: float | None = None
    speed: float | None = None
    heading: float | None = None
    altitude: float | None = None
    battery: float | None = None
    flags: int


class ArrivalsRow(SQLModel, table=True):
    """Positions that are stored, and not yet filed in `positions` (see `unfiled`): one group.

    ``num`` is the first one's; ``positions`` are its rows in MessagePack.
    """

    __tablename__ = "arrivals"

    num: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    positions: bytes
