"""The field for a driver: thousands to choose from, a few shown."""

import heapq
from collections.abc import Callable
from typing import Any, Final

from app.tracking.board import Board, LiveDriver
from app.ui.kit.finder import MOST, Finder, Option
from app.ui.kit.visit import Visit

REMOVED: Final = "A driver who was deactivated"


class DriverField(Finder):
    """A driver, or nobody, who is called ``nobody``; with ``nobody`` empty it must be somebody."""

    def __init__(self, visit: Visit, chosen: Callable[[str], Any], nobody: str = "Nobody") -> None:
        self._board = visit.services.board
        self.nobody = nobody
        super().__init__("Driver", self._look, chosen, visit.act)
        self.choose("")

    def choose(self, driver_id: str, *, enabled: bool = True, removed: str = REMOVED) -> None:
        """Show this driver, "" for nobody; ``removed`` is what one who was removed is called."""
        live = self._board.driver_by_id(driver_id) if driver_id else None
        word = live.driver.name if live else removed if driver_id else self.nobody
        self.show(driver_id, word or "Nobody", enabled=enabled)

    def _look(self, text: str) -> tuple[list[Option], int]:
        found, count = drivers_called(self._board, text, MOST)
        options = [(live.driver.id, live.driver.name, self._about(live)) for live in found]
        if self.nobody and not text:
            return [("", self.nobody, ""), *options], count + 1
        return options, count

    def _about(self, live: LiveDriver) -> str:
        """What tells him from others: his vehicle, and how much he has to do."""
        count = len(self._board.orders_of(live.driver.num))
        orders = f"{count} open order{'' if count == 1 else 's'}" if count else ""
        return " · ".join(filter(None, (live.driver.vehicle, orders)))


def drivers_called(board: Board, text: str, most: int) -> tuple[list[LiveDriver], int]:
    """Those whose name holds a text, first those whose name begins with it; and how many fit."""
    wanted = text.casefold()

    def rank(live: LiveDriver) -> tuple[bool, str, int]:
        name = live.driver.name.casefold()
        return not name.startswith(wanted), name, live.driver.num

    fits = [live for live in board.drivers.values() if wanted in live.driver.name.casefold()]
    return heapq.nsmallest(most, fits, rank), len(fits)
