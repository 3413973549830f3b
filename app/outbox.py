"""What a driver has to say and the server has not answered yet: its order, names and frames.

Pure: no socket and no clock.
"""

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

Json = dict[str, Any]

BATCH_POINTS: Final = 500
BATCH_BYTES: Final = 120_000
"""Below the server's limits of 500 positions and 128 KiB a frame."""

IN_FLIGHT: Final = 4 * BATCH_POINTS


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to say, as UTF-8 JSON. ``alone``: nothing else may be under way beside it."""

    number: int
    id: str
    text: bytes
    alone: bool


@dataclass(frozen=True, slots=True)
class Rejection:
    """A message that the server refused for good: what was sent, and why it was refused."""

    sent: Json
    code: str
    message: str
    field: str | None


class Outbox:
    """Messages without a final answer, in their order, in memory.

    A driver's program that must outlive its own restart uses a `DiskOutbox` instead.
    """

    def __init__(self) -> None:
        self._open: dict[str, Message] = {}
        self._waiting: deque[Message] = deque()
        self._under_way: dict[str, Message] = {}
        self._number = 0

    def __len__(self) -> int:
        return len(self._open)

    def under_way(self) -> list[str]:
        """The ids that were sent and not answered."""
        return list(self._under_way)

    def add(self, message_id: str, text: bytes, *, alone: bool) -> None:
        """Keep a message until it is answered; one that is kept already changes nothing."""
        if message_id in self._open:
            return
        self._number += 1
        self._open[message_id] = Message(self._number, message_id, text, alone)
        self._waiting.append(self._open[message_id])

    def take(self, most_bytes: int) -> list[Message]:
        """What to send now as one frame: a status or duty, or as many positions as fit.

        Fewer than a full batch wait for the last answer and grow meanwhile (as in RFC 896).
        """
        if not self._waiting or (self._under_way and not self._may_follow()):
            return []
        taken = [self._waiting.popleft()]
        size = len(taken[0].text)
        while not taken[0].alone and self._waiting and len(taken) < BATCH_POINTS:
            size += len(self._waiting[0].text) + 1
            if self._waiting[0].alone or size > most_bytes:
                break
            taken.append(self._waiting.popleft())
        self._under_way.update((message.id, message) for message in taken)
        return taken

    def _may_follow(self) -> bool:
        if len(self._waiting) < BATCH_POINTS or len(self._under_way) > IN_FLIGHT - BATCH_POINTS:
            return False
        return not self._waiting[0].alone and not any(m.alone for m in self._under_way.values())

    def answered(self, message_id: str) -> Message | None:
        """Forget a message that has its final answer."""
        if self._under_way.pop(message_id, None) is None:
            return None
        return self._open.pop(message_id)

    def rejected(self, answer: Json) -> Rejection | None:
        """Forget what a ``reject`` names; where it names nothing, the only one under way."""
        under_way = self.under_way()
        only = under_way[0] if len(under_way) == 1 else ""
        if (message := self.answered(answer.get("id") or only)) is None:
            return None
        field = answer.get("field")
        return Rejection(json.loads(message.text), answer["code"], answer["message"], field)

    def again(self, ids: Iterable[str]) -> None:
        """Send these again, in their old places."""
        back = [self._under_way.pop(id) for id in ids if id in self._under_way]
        self._waiting = deque(sorted((*back, *self._waiting), key=lambda message: message.number))


def frame(batch: list[Message]) -> bytes:
    """The text frame for what `Outbox.take` gave."""
    if batch[0].alone:
        return batch[0].text
    if len(batch) == 1:
        return b'{"type":"location_update",' + batch[0].text[1:]
    return b'{"type":"location_batch","locations":[' + b",".join(m.text for m in batch) + b"]}"


def content_id(order_id: str | int | None, moment: str | float, lat: float, lng: float) -> str:
    """A point's id from what it says: the same order, fix time and place give the same id."""
    order = None if order_id is None else str(order_id)
    content = json.dumps([order, moment, float(lat), float(lng)])
    return "p-" + sha256(content.encode()).hexdigest()[:40]
