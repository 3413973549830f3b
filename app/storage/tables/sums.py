"""What is added up of positions, and learned from orders."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from app.storage.tables.kinds import BIG


class OdometerRow(SQLModel, table=True):
    """Up to where a driver's way is added up: see `app.domain.travel.Odometer`."""

    __tablename__ = "odometers"

    driver_num: int = Field(foreign_key="drivers.num", primary_key=True)
    lat: float
    lng: float
    at: int = Field(sa_type=BigInteger)


class TravelRow(SQLModel, table=True):
    """Metres that a driver travelled in a quarter of an hour, which begins at ``begin``."""

    __tablename__ = "travels"
    __table_args__ = {"sqlite_with_rowid": False}

    begin: int = Field(primary_key=True, sa_type=BigInteger)
    driver_num: int = Field(foreign_key="drivers.num", primary_key=True)
    metres: float


class QuarterRow(SQLModel, table=True):
    """A quarter of an hour of the whole fleet: metres travelled, and the most drivers online, and
    viewers of orders, at one time."""

    __tablename__ = "quarters"

    begin: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    metres: float
    drivers: int
    viewers: int


class LessonRow(SQLModel, table=True):
    """What orders of an hour of the day taught about arrivals: `app.domain.lessons.Lesson` in
    JSON."""

    __tablename__ = "lessons"

    hour: int | None = Field(default=None, primary_key=True)
    lesson: str
