"""Positions on their way in, and as they are stored."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec import Struct

from app.domain.errors import OnthewayError
from app.domain.position import Flag
from app.protocol.point import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPosition:
    """A position from the history. ``id`` is the driver's own name for it, if he gave one."""

    num: int
    id: str | None
    lat: float
    lng: float
    fix_time: int | None
    at: int
    arrived_at: int
    accuracy: float | None
    speed: float | None
    heading: float | None
    altitude: float | None
    battery: float | None
    flags: Flag


class Taken(Struct, frozen=True, gc=False):
    """A point that is now stored (or was before: ``repeat``).

    ``live_orders`` are the open orders, his now, whose marker it moves (empty unless
    ``moves``); ``moves`` says whether it moves the driver's own marker.
    """

    at: int
    flags: Flag
    repeat: bool
    moves: bool
    live_orders: tuple[int, ...]


class NotTaken(Struct, frozen=True, gc=False):
    """A point that is refused for good: ``unknown_order`` or ``off_duty``."""

    code: str
    message: str
    field: str | None


Outcome = Taken | NotTaken


class Arrival(Struct, gc=False):
    """Points of one driver that arrived together, and what became of them.

    ``at`` is the time of arrival. ``done`` is called on the loop once they are stored, or cannot
    be: then ``failure`` says why; else ``outcomes`` hold one for each point. The door that took
    them may leave how to ``answer``, and the ``indexes`` of the points in their batch.
    """

    driver_num: int
    points: list[Point]
    at: int
    done: "Callable[[Arrival], object]"
    answer: "Callable[[Arrival], object] | None" = None
    indexes: tuple[int, ...] | None = None
    outcomes: list[Outcome] = []
    failure: OnthewayError | None = None
