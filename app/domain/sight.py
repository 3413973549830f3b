"""What a customer may see of the courier, and from which status of the order on. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from app.domain.order import PATH, UNDERWAY, Status


class SeenFrom(StrEnum):
    """From which status on something is seen; whatever it is, not after the order's end."""

    ASSIGNED = "assigned"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    ARRIVING = "arriving"
    NEVER = "never"


_COURIER: Final = UNDERWAY | {Status.ASSIGNED}
SEEN: Final[dict[SeenFrom, frozenset[Status]]] = {
    since: frozenset(
        status
        for status in _COURIER
        if since is not SeenFrom.NEVER and PATH.index(status) >= PATH.index(Status(since))
    )
    for since in SeenFrom
}
"""The statuses in which it is seen."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The statuses in which a customer sees each part.

    ``courier``: his first name and vehicle; ``place``: where he is, and his way; ``arrival``: when
    he probably comes.
    """

    courier: frozenset[Status]
    place: frozenset[Status]
    arrival: frozenset[Status]


EVERYTHING: Final = Sight(*3 * [frozenset(Status)])
"""What staff see."""


@lru_cache
def sight(courier: SeenFrom, place: SeenFrom, arrival: SeenFrom) -> Sight:
    """What is seen where each part is seen since then."""
    return Sight(SEEN[courier], SEEN[place], SEEN[arrival])


def changed(before: Sight, after: Sight) -> frozenset[Status]:
    """The statuses in which something else is seen."""
    return (
        (before.courier ^ after.courier)
        | (before.place ^ after.place)
        | (before.arrival ^ after.arrival)
    )
