"""Proof of deliveries."""

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class ProofRow(SQLModel, table=True):
    """Proof of a delivery; its picture is a file (see `proof_files`), ``file`` its name.

    ``name`` is the driver's own, unique among his; ``file`` is gone once it is too old.
    """

    __tablename__ = "proofs"
    __table_args__ = (
        UniqueConstraint("driver_num", "name", name="uq_proofs_name"),
        Index("ix_proofs_order", "order_num", "num"),
        Index("ix_proofs_file", "stored_at", sqlite_where=text("file IS NOT NULL")),
    )

    num: int | None = Field(default=None, primary_key=True)
    order_num: int = Field(foreign_key="orders.num")
    driver_num: int = Field(foreign_key="drivers.num")
    id: str = Field(unique=True)
    kind: str
    name: str | None = None
    at: int = Field(sa_type=BigInteger)
    stored_at: int = Field(sa_type=BigInteger)
    metres: float | None = None
    file: str | None = None
    media_type: str | None = None
