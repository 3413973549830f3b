"""A message and its conversation."""

from dataclasses import dataclass

from app.domain.talk import Kind as MessageKind
from app.tracking.records.orders import OrderChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A question, an answer or a word about an order."""

    id: str
    kind: MessageKind
    text: str
    at: int
    actor_kind: str
    actor_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message that was stored, and the order with it."""

    message: Message
    change: OrderChange
