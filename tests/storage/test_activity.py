"""The activity log: noted at once, stored with the next group, read newest first."""

from dataclasses import replace
from pathlib import Path

from app.storage.store import SqlStore, open_store
from app.tracking.records import Activity, ActivityFilter
from tests.storage.town import hire, refused


def entry(at: int) -> Activity:
    """A line of the log."""
    return Activity(
        at=at,
        kind="login.failed",
        actor_kind="user",
        actor_id="eva \0",
        address="::1",
        subject="A1",
        detail={"n": at, "text": "🛵"},
    )


async def test_entries_are_read_newest_first_page_by_page(store: SqlStore) -> None:
    for at in range(5):
        store.activity.note(entry(at))
    first, cursor = await store.activity.page(None, 3)
    second, end = await store.activity.page(cursor, 3)
    assert [line.at for line in first + second] == [4, 3, 2, 1, 0]
    assert end is None
    assert [line.num for line in first + second] == [5, 4, 3, 2, 1]
    assert first[0].detail == {"n": 4, "text": "🛵"}
    assert first[0].actor_id == "eva \0"
    with refused("invalid_field", "cursor"):
        await store.activity.page("?", 3)


async def test_entries_are_found_by_their_kinds(store: SqlStore) -> None:
    for at in range(6):
        store.activity.note(replace(entry(at), kind="order.status" if at % 2 else "login.ended"))
    first, following = await store.activity.page(
        None, 2, ActivityFilter(kinds=frozenset({"order.status"}))
    )
    assert [line.at for line in first] == [5, 3]
    second, following = await store.activity.page(
        following, 2, ActivityFilter(kinds=frozenset({"order.status"}))
    )
    assert [line.at for line in second] == [1]
    assert following is None
    assert await store.activity.page(None, 2, ActivityFilter(kinds=frozenset())) == ([], None)


async def test_an_entry_that_cannot_be_kept_stops_nothing(store: SqlStore) -> None:
    broken = Activity(at=1, kind="a\ud800", actor_kind="user", actor_id="eva", address=None)
    store.activity.note(broken)
    store.activity.note(entry(2))
    await hire(store)
    page, _ = await store.activity.page(None, 10)
    assert [line.at for line in page] == [2]


async def test_what_was_noted_last_is_stored_at_closing(data_dir: Path) -> None:
    store = await open_store(data_dir)
    for at in range(1_000):
        store.activity.note(entry(at))
    await store.close()
    store = await open_store(data_dir)
    page, _ = await store.activity.page(None, 2_000)
    assert len(page) == 1_000
    await store.close()
