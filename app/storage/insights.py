"""The port `Insights` on SQLite: read by index ranges, and from sums that are kept up to date."""

import asyncio
import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Final

import msgspec
from sqlmodel import Session

from app.domain.errors import unavailable
from app.domain.figures import Deliveries, Quarter
from app.storage.readers import Readers
from app.storage.transaction import Tx
from app.storage.travels import SLICE, Sums, add_up
from app.storage.writer import Writer
from app.tracking.records import DriverDay

# All spans in one statement, each as one JSON text: thousands of statements, or a row for each
# order or quarter, would take several times as long. What is on time: see `app.domain.figures`.
DELIVERED: Final = (
    "SELECT (SELECT json_array("
    "count(*), count(window_end), coalesce(sum(ended_at < window_end), 0), "
    "json_group_array((ended_at - created_at + 30000000) / 60000000)) FROM orders "
    "WHERE status = 'delivered' AND ended_at >= json_extract(span.value, '$[0]') "
    "AND ended_at < json_extract(span.value, '$[1]')) FROM json_each(?) AS span ORDER BY span.key"
)
_FAILED: Final = (
    "SELECT count(*) FROM orders WHERE status = 'failed' AND ended_at >= ? AND ended_at < ?"
)
_QUARTERS: Final = (
    "SELECT json_group_array(json_array(begin, metres, drivers, viewers)) FROM "
    "(SELECT * FROM quarters WHERE begin >= ? AND begin < ? ORDER BY begin)"
)
_ENDED_BY: Final = (
    "SELECT driver_num, count(*) FROM orders "
    "WHERE status = ? AND ended_at >= ? AND driver_num IS NOT NULL GROUP BY driver_num"
)
_TRAVELLED: Final = (
    "SELECT driver_num, sum(metres) FROM travels WHERE begin >= ? GROUP BY driver_num"
)
_PEAK: Final = (
    "INSERT INTO quarters (begin, metres, drivers, viewers) VALUES (?, 0, ?, ?) "
    "ON CONFLICT (begin) DO UPDATE SET drivers = max(drivers, excluded.drivers), "
    "viewers = max(viewers, excluded.viewers)"
)

PARTS: Final = 2
"""So many threads read the spans of a report at once."""

_deliveries: Final = msgspec.json.Decoder(Deliveries)
_quarters: Final = msgspec.json.Decoder(list[Quarter])


class SqlInsights:
    """Figures of the past, and what they are made of."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def deliveries(self, spans: Sequence[tuple[int, int]]) -> list[Deliveries]:
        """What was delivered in each span of time (from, until before)."""
        size = max(1, -(-len(spans) // PARTS))
        parts = [spans[begin : begin + size] for begin in range(0, len(spans), size)]
        found = await asyncio.gather(
            *(self._readers.read(partial(_delivered, part)) for part in parts)
        )
        return [deliveries for part in found for deliveries in part]

    async def failures(self, spans: Sequence[tuple[int, int]]) -> list[int]:
        """How many orders failed in each span of time (from, until before)."""

        def work(session: Session) -> list[int]:
            execute = _raw(session).execute
            return [execute(_FAILED, span).fetchone()[0] for span in spans]

        return await self._readers.read(work)

    async def quarters(self, begin: int, end: int) -> list[Quarter]:
        """The quarters of an hour from ``begin`` until before ``end`` of which something is
        known, oldest first."""

        def work(session: Session) -> list[Quarter]:
            (known,) = _raw(session).execute(_QUARTERS, (begin, end)).fetchone()
            return _quarters.decode(known)

        return await self._readers.read(work)

    async def by_driver(self, since: int) -> dict[int, DriverDay]:
        """What each driver, by his number, has done since the quarter of an hour ``since``."""

        def work(session: Session) -> dict[int, DriverDay]:
            execute = _raw(session).execute
            delivered = dict(execute(_ENDED_BY, ("delivered", since)).fetchall())
            failed = dict(execute(_ENDED_BY, ("failed", since)).fetchall())
            metres = dict(execute(_TRAVELLED, (since,)).fetchall())
            return {
                num: DriverDay(delivered.get(num, 0), failed.get(num, 0), metres.get(num, 0.0))
                for num in delivered.keys() | failed.keys() | metres.keys()
            }

        return await self._readers.read(work)

    def note_peak(self, begin: int, drivers: int, viewers: int) -> None:
        """So many were there at one time of this quarter of an hour; the most is kept. Returns
        at once."""
        self._writer.write_aside(_PEAK, (begin, drivers, viewers))

    async def add_up(self) -> bool:
        """Add up the ways of some newly filed positions; whether there may be more of them.
        ``unavailable``."""
        sums: Sums | None = await self._readers.read(lambda session: add_up(_raw(session), SLICE))
        if sums is None:
            return False

        def write(tx: Tx) -> bool:
            return sums.write(tx.cursor)

        await self._writer.write(write)
        return sums.full


def _raw(session: Session) -> sqlite3.Connection:
    """The connection below: hundreds of small questions that SQLAlchemy would make slow."""
    raw = session.connection().connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise unavailable()
    return raw


def _delivered(spans: Sequence[tuple[int, int]], session: Session) -> list[Deliveries]:
    rows = _raw(session).execute(DELIVERED, (msgspec.json.encode(spans).decode(),))
    return [_deliveries.decode(text) for (text,) in rows]
