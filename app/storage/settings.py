"""The port `Settings` on SQLite: one row for each value that somebody changed."""

from collections.abc import Callable, Mapping

from sqlmodel import select

from app.storage.readers import Readers
from app.storage.tables import SettingRow
from app.storage.transaction import Tx
from app.storage.writer import Writer
from app.tracking.records import Setting


class SqlSettings:
    """What was changed on the settings page."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def all(self) -> list[Setting]:
        """Every value that is kept."""
        statement = select(SettingRow)
        return await self._readers.read(
            lambda session: [_setting_of(row) for row in session.exec(statement)]
        )

    async def keep(
        self,
        values: Mapping[str, str],
        by: str,
        now: int,
        then: Callable[[list[Setting]], None],
    ) -> None:
        """Keep these values, all or none."""

        def work(tx: Tx) -> list[Setting]:
            rows = [
                SettingRow(name=name, value=value, updated_at=now, by=by)
                for name, value in values.items()
            ]
            for row in rows:
                tx.session.merge(row)
            return [_setting_of(row) for row in rows]

        await self._writer.write(work, then)


def _setting_of(row: SettingRow) -> Setting:
    return Setting(name=row.name, value=row.value, updated_at=row.updated_at, by=row.by)
