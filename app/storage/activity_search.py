"""Finding lines of the activity log, however many there are: only indexes are read.

A search is a few streams, each one range of one index from its newest (or oldest) end: one for
each kind, of one person or one subject where that is asked for. The first of all streams are the
page.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import Session

from app.domain.access import Kind
from app.tracking.records import ActivityFilter

Place = tuple[int, int]
"""Where a line stands: its time and its number."""

_INDEXES: Final = {
    "actor_id": "ix_activity_actor",
    "subject": "ix_activity_subject",
    "kind": "ix_activity_kind",
    "at": "ix_activity_at",
}


@dataclass(frozen=True, slots=True)
class Stream:
    """Conditions that one index answers, by its first column, with their values; ``more`` are
    looked up in the lines themselves."""

    index: str
    equal: tuple[tuple[str, str], ...] = ()
    more: tuple[tuple[str, tuple[str, ...]], ...] = ()


def first_of(
    session: Session, wanted: ActivityFilter, after: Place | None, limit: int, *, oldest: bool
) -> list[int]:
    """The numbers of the first lines that follow a place, newest (or oldest) first."""
    found: set[Place] = set()
    for stream in _streams(session, wanted):
        found.update(_read(session, stream, wanted, after, limit, oldest=oldest))
    return [num for _, num in sorted(found, reverse=not oldest)[:limit]]


def _streams(session: Session, wanted: ActivityFilter) -> Iterator[Stream]:
    actors = tuple(sorted(wanted.actors)) if wanted.actors is not None else None
    if wanted.subject is not None:
        by_whom = () if actors is None else (("actor_id", actors),)
        yield from _of(session, "subject", wanted.subject, wanted.kinds, by_whom)
        if actors is None:
            customer = (("actor_kind", (Kind.CUSTOMER.value,)),)
            yield from _of(session, "actor_id", wanted.subject, wanted.kinds, customer)
    elif actors is not None:
        for actor in actors:
            yield from _of(session, "actor_id", actor, wanted.kinds, ())
    elif wanted.kinds is not None:
        for kind in wanted.kinds.intersection(_kinds(session)):
            yield Stream("kind", (("kind", kind),))
    else:
        yield Stream("at")


def _of(
    session: Session,
    column: str,
    value: str,
    kinds: Collection[str] | None,
    more: tuple[tuple[str, tuple[str, ...]], ...],
) -> Iterator[Stream]:
    for kind in _kinds(session, column, value):
        if kinds is None or kind in kinds:
            yield Stream(column, ((column, value), ("kind", kind)), more)


def _kinds(session: Session, column: str = "kind", value: str | None = None) -> list[str]:
    """The kinds that there are, of what a person did or of what happened to a subject: one look
    into the index for each."""
    mine = "TRUE" if value is None else f"{column} = ?"
    first = f"SELECT min(kind) FROM activity INDEXED BY {_INDEXES[column]} WHERE {mine}"
    statement = (
        f"WITH RECURSIVE found(kind) AS ({first} UNION ALL "
        f"SELECT ({first} AND kind > found.kind) FROM found WHERE found.kind IS NOT NULL) "
        "SELECT kind FROM found WHERE kind IS NOT NULL"
    )
    values = () if value is None else (value, value)
    rows = session.connection().exec_driver_sql(statement, values)
    return [str(kind) for (kind,) in rows]


def _read(
    session: Session,
    stream: Stream,
    wanted: ActivityFilter,
    after: Place | None,
    limit: int,
    *,
    oldest: bool,
) -> list[Place]:
    terms, values = ["TRUE"], list[Any]()
    for column, value in stream.equal:
        terms.append(f"{column} = ?")
        values.append(value)
    for column, several in stream.more:
        terms.append(f"{column} IN ({', '.join('?' * len(several))})")
        values.extend(several)
    for term, bounds in (
        ("at >= ?", None if wanted.since is None else (wanted.since,)),
        ("at < ?", None if wanted.until is None else (wanted.until,)),
        ("(at, num) > (?, ?)" if oldest else "(at, num) < (?, ?)", after),
    ):
        if bounds is not None:
            terms.append(term)
            values.extend(bounds)
    way = "ASC" if oldest else "DESC"
    statement = (
        f"SELECT at, num FROM activity INDEXED BY {_INDEXES[stream.index]} "
        f"WHERE {' AND '.join(terms)} ORDER BY at {way}, num {way} LIMIT ?"
    )
    rows = session.connection().exec_driver_sql(statement, (*values, limit))
    return [(at, num) for at, num in rows]
