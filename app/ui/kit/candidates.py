"""Who may bring an order: those on duty and near first. Reads the board, draws nothing."""

import heapq
from collections.abc import Callable
from typing import Final, NamedTuple

from app.domain.geo import Place, near_distance
from app.domain.order import UNDERWAY
from app.domain.preferences import Thresholds
from app.tracking.board import Board, LiveDriver
from app.tracking.records import Order
from app.ui.kit.measures import distance_words, is_fresh

KM: Final = 1_000
TENS: Final = -1
"""Digits to which metres are rounded."""


class Candidate(NamedTuple):
    """A driver, and how far from where the order is (metres), if both places are known."""

    live: LiveDriver
    metres: float | None
    fresh: bool

    @property
    def away(self) -> str:
        """The distance in words: "1.2 km away"; "" for none, and for who is off duty."""
        if self.metres is None or not self.live.driver.on_duty:
            return ""
        words = f"{near_words(self.metres)} away"
        return words if self.fresh else f"last seen {words}"


def candidates(
    board: Board,
    text: str,
    most: int,
    place: Place | None,
    *,
    online: Callable[[int], bool],
    now: int,
    thresholds: Thresholds,
) -> tuple[list[Candidate], int]:
    """The best of those whose name holds ``text``, and how many there are in all.

    First whoever has just this name, last who is off duty; between them those who are heard of now,
    by their distance to ``place``.
    """
    wanted = text.casefold()

    def rank(one: Candidate) -> tuple[bool, bool, bool, bool, float, str, int]:
        driver, name = one.live.driver, one.live.driver.name.casefold()
        heard = one.fresh and online(driver.num)
        metres = float("inf") if one.metres is None or not driver.on_duty else one.metres
        begins = name.startswith(wanted)
        return (
            name != wanted,
            not driver.on_duty,
            not begins,
            not heard,
            metres,
            name,
            driver.num,
        )

    def candidate(live: LiveDriver) -> Candidate:
        metres = None
        if place is not None and live.marker is not None:
            metres = near_distance(live.marker, place)
        return Candidate(live, metres, is_fresh(live, now, thresholds))

    fits = [live for live in board.drivers.values() if wanted in live.driver.name.casefold()]
    return heapq.nsmallest(most, map(candidate, fits), rank), len(fits)


def meeting_place(order: Order) -> Place | None:
    """Where a driver has to go next with an order: to the pick-up, after it to the door."""
    details = order.details
    door = (details.destination,)
    spots = door if order.status in UNDERWAY else (details.pickup, *door)
    return next((spot.place for spot in spots if spot and spot.place), None)


def near_words(metres: float) -> str:
    """A way as people say it: "350 m", "1.2 km"."""
    short = round(metres, TENS)
    return f"{short:.0f} m" if short < KM else distance_words(metres)
