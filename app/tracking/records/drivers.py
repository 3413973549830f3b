"""A driver, his day, and what his phone says."""

from dataclasses import dataclass

from msgspec import Struct

from app.domain.geo import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A driver; ``deleted_at`` set: gone, kept for the history."""

    num: int
    id: str
    name: str
    vehicle: str | None
    phone: str | None
    on_duty: bool
    created_at: int
    deleted_at: int | None = None


@dataclass(frozen=True, slots=True)
class DriverDay:
    """What a driver has done since a time: orders delivered and failed, metres travelled."""

    delivered: int = 0
    failed: int = 0
    metres: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotted:
    """A place that may be only an address."""

    place: Place | None = None
    address: str | None = None


class PhoneReport(Struct, frozen=True, kw_only=True, gc=False):
    """What a driver's phone, or the app on it, said last of itself.

    ``at`` is when anything came, ``app`` and ``device`` are their own names, ``battery`` is 0 to
    1. ``words`` explain a silence, said at ``words_at``. ``verdict`` is what became of the last
    message to `/ingest`, ``unused`` counts those of no use. ``doubtful``: the unit of its speeds
    seems to be another.
    """

    driver_num: int
    at: int
    app: str | None = None
    device: str | None = None
    battery: float | None = None
    charging: bool | None = None
    words: str | None = None
    words_at: int | None = None
    verdict: str | None = None
    unused: int = 0
    doubtful: bool = False
