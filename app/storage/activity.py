"""The port `ActivityLog` on SQLite: entries ride along with other writes."""

import json
from contextlib import suppress
from typing import Final

from sqlmodel import Session, col, select

from app.domain.errors import OnthewayError
from app.storage.activity_search import Place, first_of
from app.storage.cursors import decode_cursor, encode_cursor
from app.storage.readers import Readers
from app.storage.rows import stored
from app.storage.tables import ActivityRow
from app.storage.transaction import Tx
from app.storage.writer import Writer
from app.tracking.records import Activity, ActivityFilter

_INSERT: Final = (
    "INSERT INTO activity (at, kind, actor_kind, actor_id, address, subject, detail) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)


class SqlActivityLog:
    """The log of all activity."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def note(self, entry: Activity) -> None:
        """Keep an entry; returns at once, is stored with the next group."""
        detail = json.dumps(entry.detail, default=str)
        values = (entry.at, entry.kind, entry.actor_kind, entry.actor_id)
        self._writer.write_aside(_INSERT, (*values, entry.address, entry.subject, detail))

    async def page(
        self,
        after: str | None,
        limit: int,
        wanted: ActivityFilter | None = None,
        *,
        oldest: bool = False,
    ) -> tuple[list[Activity], str | None]:
        """A page of what is wanted, newest (or oldest) first, and the cursor of the next;
        ``invalid_field`` cursor."""
        place = None if after is None else _place(after)
        await self._bring_in()
        asked = wanted or ActivityFilter()
        found = await self._readers.read(
            lambda session: _read(session, asked, place, limit + 1, oldest=oldest)
        )
        more = len(found) > limit
        found = found[:limit]
        last = encode_cursor(found[-1].at, found[-1].num) if more and found else None
        return found, last

    async def _bring_in(self) -> None:
        """Store what waits, so that a page shows what was noted before it."""
        with suppress(OnthewayError):  # what is stored can be read all the same
            for _ in range(self._writer.groups_of_aside):
                await self._writer.write(_nothing)


def _place(cursor: str) -> Place:
    at, num = decode_cursor(cursor, 2)
    return at, num


def _read(
    session: Session, wanted: ActivityFilter, after: Place | None, limit: int, *, oldest: bool
) -> list[Activity]:
    nums = first_of(session, wanted, after, limit, oldest=oldest)
    statement = select(ActivityRow).where(col(ActivityRow.num).in_(nums))
    by_num = {row.num: row for row in session.exec(statement)}
    return [_activity_of(by_num[num]) for num in nums if num in by_num]


def _nothing(_tx: Tx) -> None:
    pass


def _activity_of(row: ActivityRow) -> Activity:
    return Activity(
        at=row.at,
        kind=row.kind,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        address=row.address,
        subject=row.subject,
        detail=json.loads(row.detail),
        num=stored(row.num),
    )
