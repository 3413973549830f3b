"""Positions as they are recorded, and as they are looked at afterwards."""

from collections.abc import Sequence
from typing import Protocol

from app.tracking.records import (
    Arrival,
    Driver,
    StoredPosition,
)


class Positions(Protocol):
    """The recorded positions."""

    def record(self, arrival: Arrival) -> None:
        """Judge and store points of one driver, each alone.

        ``arrival.done`` is called on the event loop after the sync, in the order of the commits,
        and possibly before this returns where nothing more can wait (``unavailable``).
        """

    async def of_order(
        self, order_num: int, since: int | None, until: int | None, after: str | None, limit: int
    ) -> tuple[list[StoredPosition], str | None]:
        """A page of an order's positions by live time, and the cursor of the next."""

    async def of_driver(
        self, driver_num: int, since: int | None, until: int | None, after: str | None, limit: int
    ) -> tuple[list[StoredPosition], str | None]:
        """A page of a driver's positions by live time, and the cursor of the next."""

    async def way_of_order(self, order_num: int, since: int, most: int) -> list[StoredPosition]:
        """The newest positions of an order since then that may move a marker, oldest first."""

    async def newest_of_orders(self, order_nums: Sequence[int]) -> dict[int, StoredPosition]:
        """The newest position of each order that may move a marker."""

    async def newest_of_drivers(self, driver_nums: Sequence[int]) -> dict[int, StoredPosition]:
        """The newest position of each driver that may move a marker."""

    async def drivers_before(self, end: int) -> list[int]:
        """The drivers, removed ones too, of whom positions are older than ``end``."""

    async def forget(self, driver_num: int, end: int, most: int) -> int:
        """Delete the oldest positions of a driver, older than ``end``, at most so many; how many
        were deleted."""


class Tracks(Protocol):
    """What is recorded of the whole fleet, and of drivers who were removed too."""

    async def drivers(self) -> list[Driver]:
        """Every driver there ever was, by name."""

    async def driver(self, driver_id: str) -> Driver:
        """One driver; ``not_found``."""

    async def of_order(self, order_num: int) -> list[tuple[int, Driver]]:
        """Who had the order, each with the time from which on, one after the other."""

    async def at(self, moment: int, since: int) -> dict[int, StoredPosition]:
        """The newest position of each driver from ``since`` to ``moment`` (both within) that
        belongs to his track (see `app.domain.track`)."""

    async def first(self, since: int) -> int | None:
        """When the first position from ``since`` on came that belongs to a driver's track."""

    async def sampled(
        self, driver_nums: Sequence[int], begin: int, end: int, step: int
    ) -> dict[int, list[StoredPosition]]:
        """The first position of each ``step`` from ``begin`` to ``end`` (within) that belongs to
        the track, for each of these drivers who has any, by live time."""
