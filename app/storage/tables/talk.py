"""Messages."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class MessageRow(SQLModel, table=True):
    """A question of the customer, an answer to him, or a word to the driver."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_order", "order_num", "num"),
        Index("ix_messages_at", "at"),
    )

    num: int | None = Field(default=None, primary_key=True)
    order_num: int = Field(foreign_key="orders.num")
    id: str = Field(unique=True)
    kind: str
    text: str
    at: int = Field(sa_type=BigInteger)
    actor_kind: str
    actor_id: str
