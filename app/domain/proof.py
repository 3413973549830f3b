"""Proof of delivery: its kinds, when it is taken, who may see it, how far from the door. Pure."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Protocol

from app.domain.errors import OnthewayError
from app.domain.geo import Located, Place, distance
from app.domain.order import OPEN, Status
from app.domain.position import Flag
from app.domain.times import DAY, MINUTE
from app.domain.track import LEFT_OUT

MOST_PROOFS: Final = 10
"""Of one order."""
LATEST: Final = DAY
"""So long after its end an order still takes proof: a phone may have been without a network."""
FRESH: Final = 2 * MINUTE
"""An older fix says nothing about where the driver stood."""

AT_THE_DOOR: Final = frozenset({Status.DELIVERED, Status.FAILED})
"""Where a driver should stand as he ends an order so."""

_CODE: Final = re.compile(r"[0-9]{4}", re.ASCII)
_TAKES: Final = frozenset(Status) - {Status.PENDING, Status.CANCELLED}


class Proof(StrEnum):
    """What shows that an order arrived."""

    PHOTO = "photo"
    SIGNATURE = "signature"
    CODE = "code"
    """The four digits that the customer's page shows."""


PICTURES: Final = frozenset({Proof.PHOTO, Proof.SIGNATURE})


class Fix(Located, Protocol):
    """A recorded position, as far as it matters here."""

    @property
    def flags(self) -> Flag:
        """What is remarkable about it."""


def proof_kind(text: str) -> Proof:
    """The kind that is meant; raises ``invalid_field`` kind."""
    try:
        return Proof(text)
    except ValueError:
        allowed = ", ".join(Proof)
        raise OnthewayError(
            "invalid_field", f"kind must be one of {allowed}.", field="kind"
        ) from None


def is_code(text: str) -> bool:
    """Whether these are four digits."""
    return _CODE.fullmatch(text) is not None


def check_proof(status: Status, ended_at: int | None, now: int) -> None:
    """Raise ``illegal_step`` unless an order takes proof now."""
    if status not in _TAKES:
        raise OnthewayError("illegal_step", f"The order is {status}; there is nothing to prove.")
    if ended_at is not None and now > ended_at + LATEST:
        raise OnthewayError("illegal_step", "The order ended more than a day ago.")


def customer_sees_code(status: Status) -> bool:
    """Whether the customer's page shows the code: while somebody may ask for it."""
    return status in _TAKES & OPEN


def customer_sees_proof(status: Status) -> bool:
    """Whether the customer may see what was proved."""
    return status is Status.DELIVERED


def metres_from_door(fixes: Iterable[Fix], door: Place | None) -> float | None:
    """How far the last good one of ``fixes`` was from the door, in metres; None: not known."""
    good = [fix for fix in fixes if not fix.flags & LEFT_OUT]
    if not good or door is None:
        return None
    return distance(good[-1], door)
