"""What was changed on the settings page is kept."""

import sqlite3
from pathlib import Path

import pytest

from app.storage.opening import FILE_NAME
from app.storage.store import SqlStore, open_store
from app.tracking.records import Setting
from tests.storage.town import moment, reopened


async def test_values_are_kept_all_together_and_the_newest_counts(
    store: SqlStore, data_dir: Path
) -> None:
    told: list[list[Setting]] = []
    assert await store.settings.all() == []
    await store.settings.keep({"a": "1", "b": '"x"'}, "ana", moment(1), told.append)
    await store.settings.keep({"b": '"y"'}, "ben", moment(2), told.append)
    first = Setting(name="a", value="1", updated_at=moment(1), by="ana")
    second = Setting(name="b", value='"y"', updated_at=moment(2), by="ben")
    assert told[1] == [second]
    async with reopened(store, data_dir) as again:
        assert sorted(await again.settings.all(), key=lambda each: each.name) == [first, second]


@pytest.mark.parametrize(("kept", "since"), [("true", "assigned"), ("false", "picked_up")])
async def test_an_older_choice_of_what_customers_see_counts_for_each_part(
    data_dir: Path, kept: str, since: str
) -> None:
    await (await open_store(data_dir)).close()
    with sqlite3.connect(data_dir / FILE_NAME) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0015'")
        row = ("courier_from_assigned", kept, moment(1), "ana")
        raw.execute("INSERT INTO settings VALUES (?, ?, ?, ?)", row)
    raw.close()
    store = await open_store(data_dir)
    found = {
        each.name: (each.value, each.updated_at, each.by) for each in await store.settings.all()
    }
    await store.close()
    parts = ("courier_from", "place_from", "arrival_from")
    assert found == dict.fromkeys(parts, (f'"{since}"', moment(1), "ana"))
