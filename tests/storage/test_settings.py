"""What was changed on the settings page is kept."""

from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlmodel import create_engine

from app.storage.migrations.versions import v0016_sight
from app.storage.store import SqlStore
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
def test_an_older_choice_of_what_customers_see_counts_for_each_part(kept: str, since: str) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE settings (name, value, updated_at, 'by')")
        row = ("courier_from_assigned", kept, 7, "ana")
        connection.exec_driver_sql("INSERT INTO settings VALUES (?, ?, ?, ?)", row)
        with Operations.context(MigrationContext.configure(connection)):
            v0016_sight.upgrade()
        found = connection.exec_driver_sql("SELECT * FROM settings").fetchall()
    engine.dispose()
    parts = ("courier_from", "place_from", "arrival_from")
    assert sorted(map(tuple, found)) == sorted((part, f'"{since}"', 7, "ana") for part in parts)
