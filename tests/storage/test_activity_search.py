"""Searching the activity log: exactly what fits, in pages, by indexes alone."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from app.storage.opening import FILE_NAME
from app.storage.store import SqlStore
from app.tracking.records import Activity, ActivityFilter

ACTORS = (("user", "eva"), ("driver", "d1"), ("customer", "A1"), ("apikey", "shop"))
KINDS = ("order.status", "order.created", "login.ended", "driver.duty", "connection.opened")
SUBJECTS = ("A1", "A2", "d1", None)
SOME: Any = frozenset({"order.status", "login.ended"})

WANTED = [
    ActivityFilter(),
    ActivityFilter(kinds=SOME),
    ActivityFilter(kinds=frozenset()),
    ActivityFilter(kinds=frozenset({"never.was"})),
    ActivityFilter(actors=frozenset({"eva", "shop", "nobody"})),
    ActivityFilter(actors=frozenset({"eva"}), kinds=SOME),
    ActivityFilter(subject="A1"),
    ActivityFilter(subject="A1", kinds=SOME),
    ActivityFilter(subject="A1", actors=frozenset({"eva", "A1"})),
    ActivityFilter(since=30, until=60),
    ActivityFilter(since=30, kinds=SOME, actors=frozenset({"d1"})),
    ActivityFilter(until=60, subject="A2"),
    ActivityFilter(since=1_000),
]


def fits(line: Activity, wanted: ActivityFilter) -> bool:
    """What the filter promises, said plainly."""
    about = wanted.subject is None or line.subject == wanted.subject
    if not about and wanted.actors is None:
        about = (line.actor_kind, line.actor_id) == ("customer", wanted.subject)
    return (
        about
        and (wanted.kinds is None or line.kind in wanted.kinds)
        and (wanted.actors is None or line.actor_id in wanted.actors)
        and (wanted.since is None or line.at >= wanted.since)
        and (wanted.until is None or line.at < wanted.until)
    )


async def all_of(
    store: SqlStore, wanted: ActivityFilter, size: int, *, oldest: bool = False
) -> list[Activity]:
    found: list[Activity] = []
    cursor: str | None = None
    while True:
        page, cursor = await store.activity.page(cursor, size, wanted, oldest=oldest)
        assert len(page) <= size
        found += page
        if cursor is None:
            return found


async def fill(store: SqlStore) -> None:
    """A hundred and fifty lines, several at the same time, not all in the order of their times."""
    dice = random.Random(4)
    for _ in range(150):
        kind, actor = dice.choice(ACTORS)
        store.activity.note(
            Activity(
                at=dice.randrange(70),
                kind=dice.choice(KINDS),
                actor_kind=kind,
                actor_id=actor,
                address=None,
                subject=dice.choice(SUBJECTS),
            )
        )


async def test_every_search_finds_what_fits_once_and_in_order(store: SqlStore) -> None:
    await fill(store)
    everything = await all_of(store, ActivityFilter(), 500)
    assert len(everything) == 150
    assert everything == sorted(everything, key=lambda line: (line.at, line.num), reverse=True)
    for wanted in WANTED:
        expected = [line for line in everything if fits(line, wanted)]
        assert await all_of(store, wanted, 7) == expected, wanted
        assert await all_of(store, wanted, 500) == expected, wanted
        assert await all_of(store, wanted, 7, oldest=True) == expected[::-1], wanted


@pytest.mark.parametrize("oldest", [False, True])
@pytest.mark.parametrize("wanted", WANTED)
async def test_no_search_reads_more_than_ranges_of_indexes(
    store: SqlStore, data_dir: Path, wanted: ActivityFilter, oldest: bool
) -> None:
    await fill(store)
    asked: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.startswith("SELECT at, num FROM activity"):
            asked.append((statement, values))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        _, cursor = await store.activity.page(None, 2, wanted, oldest=oldest)
        await store.activity.page(cursor, 2, wanted, oldest=oldest)
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as raw:
        for statement, values in asked:
            plan = raw.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            steps = [row[3] for row in plan]
            assert len(steps) == 1, steps  # neither a sort nor a second table
            bare = statement.count("?") == 1
            assert steps[0].startswith("SCAN" if bare else "SEARCH"), steps
            assert " USING " in steps[0], steps
