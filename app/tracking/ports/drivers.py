"""Drivers, their tokens and what their phones report."""

from collections.abc import Callable
from typing import Any, Protocol

from app.tracking.records import (
    Driver,
    Once,
    PhoneReport,
)


class Drivers(Protocol):
    """Drivers and their tokens."""

    async def create(
        self,
        driver_id: str,
        name: str,
        vehicle: str | None,
        phone: str | None,
        token_hash: bytes,
        now: int,
        *,
        once: Once | None,
        then: Callable[[Driver], None],
    ) -> Driver:
        """Make a driver with his token."""

    async def edit(
        self, driver_id: str, changes: dict[str, Any], then: Callable[[Driver], None]
    ) -> Driver:
        """Set ``name``, ``vehicle``, ``phone`` by name; ``not_found``."""

    async def set_duty(
        self,
        driver_num: int,
        on: bool,
        now: int,
        message_id: str | None,
        then: Callable[[Driver], None],
    ) -> Driver:
        """On or off duty from ``now`` on."""

    async def remove(self, driver_id: str, now: int, then: Callable[[Driver], None]) -> Driver:
        """End his tokens, keep his history; ``not_found``; ``conflict`` with open orders."""

    async def restore(
        self,
        driver_id: str,
        token_hash: bytes,
        now: int,
        then: Callable[[Driver], None],
    ) -> Driver:
        """One who was removed is there again, with this token; ``not_found``."""

    async def rotate_token(
        self,
        driver_id: str,
        token_hash: bytes,
        now: int,
        *,
        once: Once | None,
        then: Callable[[Driver], None],
    ) -> Driver:
        """End all his tokens and add this one; ``not_found``."""

    async def get(self, driver_id: str) -> Driver:
        """One driver who is not removed; ``not_found``."""

    async def all(self) -> list[Driver]:
        """Every driver who is not removed, by name."""

    async def removed(self) -> list[Driver]:
        """Every driver who was removed, the last one first."""

    async def find_token(self, token_hash: bytes) -> tuple[Driver, bool] | None:
        """The driver of a token and whether it still holds; None: never was one."""


class PhoneReports(Protocol):
    """What drivers' phones said last: one for each driver."""

    def keep(self, report: PhoneReport) -> None:
        """Keep it in place of the one before; returns at once, is stored with the next group."""

    async def all(self) -> list[PhoneReport]:
        """Of every driver of whom there is one."""
