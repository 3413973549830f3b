"""What was changed on the settings page is kept."""

from pathlib import Path

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
