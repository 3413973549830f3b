"""The field for a driver: thousands to choose from, a few shown."""

import heapq
from collections.abc import Callable
from typing import Any, Final

from app.domain.geo import Place
from app.tracking.board import Board, LiveDriver
from app.ui.kit.batch import counted
from app.ui.kit.candidates import candidates
from app.ui.kit.finder import MOST, Finder, Option
from app.ui.kit.measures import state_of
from app.ui.kit.visit import Visit

REMOVED: Final = "A driver who was deactivated"


class DriverField(Finder):
    """A driver, or nobody, who is called ``nobody``; with ``nobody`` empty it must be somebody.

    For who shall bring something: ``meet`` says where that is, if it is known, and those are
    offered first who are on duty and near. Without it the names are sorted.
    """

    def __init__(
        self,
        visit: Visit,
        chosen: Callable[[str], Any],
        nobody: str = "Nobody",
        *,
        meet: Callable[[], Place | None] | None = None,
    ) -> None:
        self._services = visit.services
        self._board = visit.services.board
        self._meet = meet
        self.nobody = nobody
        super().__init__("Driver", self._look, chosen, visit.act)
        self.choose("")

    def choose(self, driver_id: str, *, enabled: bool = True, removed: str = REMOVED) -> None:
        """Show this driver, "" for nobody; ``removed`` is what one who was removed is called."""
        live = self._board.driver_by_id(driver_id) if driver_id else None
        word = live.driver.name if live else removed if driver_id else self.nobody
        self.show(driver_id, word or "Nobody", enabled=enabled)

    def _look(self, text: str) -> tuple[list[Option], int]:
        options, count = self._by_name(text) if self._meet is None else self._best(text, self._meet)
        if self.nobody and not text:
            return [("", self.nobody, "", ""), *options], count + 1
        return options, count

    def _by_name(self, text: str) -> tuple[list[Option], int]:
        found, count = drivers_called(self._board, text, MOST)
        return [self._option(live) for live in found], count

    def _best(self, text: str, meet: Callable[[], Place | None]) -> tuple[list[Option], int]:
        services = self._services
        online, now = services.hub.online, services.now()
        thresholds = services.preferences.current.thresholds
        found, count = candidates(
            self._board, text, MOST, meet(), online=online, now=now, thresholds=thresholds
        )
        options = []
        for one in found:
            connected = online(one.live.driver.num)
            icon, state, _ = state_of(one.live, online=connected, now=now, thresholds=thresholds)
            options.append(self._option(one.live, icon, state, one.away))
        return options, count

    def _option(self, live: LiveDriver, icon: str = "", *words: str) -> Option:
        """With what tells him from others: also his vehicle, and how much he has to do."""
        count = len(self._board.orders_of(live.driver.num))
        orders = counted(count, "open order", "open orders") if count else ""
        about = " · ".join(filter(None, (*words, live.driver.vehicle, orders)))
        return live.driver.id, live.driver.name, about, icon


def drivers_called(board: Board, text: str, most: int) -> tuple[list[LiveDriver], int]:
    """Those whose name holds a text, first those whose name begins with it; and how many fit."""
    wanted = text.casefold()

    def rank(live: LiveDriver) -> tuple[bool, str, int]:
        name = live.driver.name.casefold()
        return not name.startswith(wanted), name, live.driver.num

    fits = [live for live in board.drivers.values() if wanted in live.driver.name.casefold()]
    return heapq.nsmallest(most, fits, rank), len(fits)
