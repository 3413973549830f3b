"""The rows of the work list, kept once for all live pages of one time zone.

A changed order is looked at anew at once. What only time and moving drivers change is looked at in
turn, so many rows at a time: thousands of open orders cost no more than hundreds.
"""

import asyncio
from bisect import bisect_left, insort
from collections.abc import Callable
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.again import waits_for_somebody
from app.domain.order import OPEN, Status
from app.domain.preferences import Thresholds
from app.tracking.blocks import Blocks
from app.tracking.board import Board
from app.tracking.monitor import Now
from app.tracking.records import Order
from app.ui.kit.needs import NEEDS_YOU, Group
from app.ui.kit.sieve import ALL, Sieve
from app.ui.kit.work import Connected, Row, row

Wanted = Callable[[], Thresholds]
"""The thresholds as they are now."""

IN_TURN: Final = 400
"""Rows that are looked at anew each time somebody looks."""
SLICE: Final = 100
"""Rows that are made before others get their turn."""
REST: Final = 200_000
"""Microseconds within which another page's look is good enough, unless an order changed."""


class WorkRows:
    """All open orders as rows, by group and in the order of the list; and those that are over, but
    whose customer waits for an answer, or that failed lately."""

    def __init__(
        self,
        board: Board,
        zone: ZoneInfo,
        now: Now,
        thresholds: Wanted = Thresholds,
        blocks: Blocks | None = None,
        connected: Connected = lambda _: True,
    ) -> None:
        self._board = board
        self._blocks = blocks
        self._connected = connected
        self._zone = zone
        self._now = now
        self._thresholds = thresholds
        self._rows: dict[int, Row] = {}
        # The order of each group: rank, order id, row number.
        self._places: dict[Group, list[tuple[int, str, int]]] = {group: [] for group in Group}
        self._changed: set[int] = set()
        self._turn: list[int] = []
        # Of each driver, whether he is on duty and connected, as it was heard last.
        self._there: dict[int, tuple[bool, bool]] = {}
        self._looked_at = 0
        self._stop = board.watch(self._heard)
        self.version = 0
        """Counts up when any row is another."""
        self.pending = 0
        """How many orders have no driver."""
        self.over = 0
        """How many are not open any more."""

    async def load(self) -> None:
        """Make all rows for the first time."""
        for count, num in enumerate(list(self._board.orders)):
            self._look(num)
            if count % SLICE == SLICE - 1:
                await asyncio.sleep(0)

    def close(self) -> None:
        """Nobody looks any more."""
        self._stop()

    def refresh(self) -> None:
        """Look at what changed, and at some of the rest."""
        now = self._now()
        if not self._changed and now - self._looked_at < REST:
            return
        self._looked_at = now
        changed, self._changed = self._changed, set()
        for num in changed:
            self._look(num)
        if not self._turn:
            self._turn = list(self._rows)
        turn, self._turn = self._turn[:IN_TURN], self._turn[IN_TURN:]
        for num in turn:
            self._look(num)

    def count(self, group: Group) -> int:
        """How many rows a group has."""
        return len(self._places[group])

    @property
    def needing(self) -> int:
        """How many rows need somebody."""
        return sum(map(self.count, NEEDS_YOU))

    def first(
        self, group: Group, count: int, wanted: Sieve = ALL, chosen: str | None = None
    ) -> tuple[list[Row], int]:
        """The first rows of a group that are wanted, and how many more there are.

        The row of the order ``chosen`` is among them wherever it stands in the group.
        """
        if group not in wanted.groups:
            return [], 0
        rows = (self._rows[num] for _, _, num in self._places[group])
        if wanted == ALL:
            shown, more = list(islice(rows, count)), max(0, self.count(group) - count)
        else:
            fitting = (row for row in rows if wanted.fits(row))
            shown = list(islice(fitting, count))
            more = sum(1 for _ in fitting)
        far = self._row_of(chosen) if chosen is not None and more else None
        if far is None or far.group is not group or not wanted.fits(far) or far in shown:
            return shown, more
        return [*shown, far], more - 1

    def ids(self, wanted: Sieve) -> list[str]:
        """The orders that are wanted, in the order of the list."""
        places = (
            place for group in Group if group in wanted.groups for place in self._places[group]
        )
        return [order_id for _, order_id, num in places if wanted.fits(self._rows[num])]

    def _row_of(self, order_id: str) -> Row | None:
        live = self._board.order_by_id(order_id)
        return None if live is None else self._rows.get(live.order.num)

    def __len__(self) -> int:
        return len(self._rows)

    def _heard(self, kind: str, num: int) -> None:
        if kind == "order":
            self._changed.add(num)
        elif kind == "driver":
            self._heard_of_driver(num)

    def _heard_of_driver(self, num: int) -> None:
        """Thousands of times a second: most only moved."""
        live = self._board.drivers.get(num)
        there = live is not None and live.driver.on_duty, self._connected(num)
        if self._there.get(num) != there:
            self._there[num] = there
            self._changed.update(order.order.num for order in self._board.orders_of(num))

    def _look(self, num: int) -> None:
        """Make this row anew."""
        live = self._board.orders.get(num)
        made: Row | None = None
        now = self._now()
        if live is not None and _needed(live.order, now):
            thresholds, blocks = self._thresholds(), self._blocks
            made = row(self._board, live, self._zone, now, thresholds, blocks, self._connected)
        before = self._rows.get(num)
        if made == before:
            return
        self.version += 1
        self.pending += _pending(made) - _pending(before)
        self.over += _over(made) - _over(before)
        if before is not None and (made is None or _place(made) != _place(before)):
            places = self._places[before.group]
            del places[bisect_left(places, (before.rank, before.order_id))]
        if made is None:
            del self._rows[num]
            return
        self._rows[num] = made
        if before is None or _place(made) != _place(before):
            insort(self._places[made.group], (made.rank, made.order_id, num))


def _needed(order: Order, now: int) -> bool:
    if order.status in OPEN or order.asked_at is not None:
        return True
    return waits_for_somebody(order.status, order.ended_at, order.details.note, now)


def _place(row: Row) -> tuple[Group, int]:
    return row.group, row.rank


def _pending(row: Row | None) -> int:
    return int(row is not None and row.status is Status.PENDING)


def _over(row: Row | None) -> int:
    return int(row is not None and row.status not in OPEN)


class WorkBook:
    """The rows that are being looked at, by time zone."""

    def __init__(
        self,
        board: Board,
        now: Now,
        thresholds: Wanted = Thresholds,
        blocks: Blocks | None = None,
        connected: Connected = lambda _: True,
    ) -> None:
        self._board = board
        self._blocks = blocks
        self._connected = connected
        self._now = now
        self._thresholds = thresholds
        self._open: dict[str, tuple[WorkRows, asyncio.Task[None]]] = {}
        self._readers: dict[str, int] = {}

    async def open(self, zone: ZoneInfo) -> tuple[WorkRows, Callable[[], None]]:
        """The rows in this zone's times, and the way to say that they are needed no more."""
        key = zone.key
        self._readers[key] = self._readers.get(key, 0) + 1
        if key not in self._open:
            rows = WorkRows(
                self._board, zone, self._now, self._thresholds, self._blocks, self._connected
            )
            self._open[key] = rows, asyncio.create_task(rows.load())
        rows, loading = self._open[key]
        await asyncio.shield(loading)
        return rows, lambda: self._leave(key)

    def _leave(self, key: str) -> None:
        self._readers[key] -= 1
        if not self._readers[key]:
            del self._readers[key]
            rows, loading = self._open.pop(key)
            loading.cancel()
            rows.close()
