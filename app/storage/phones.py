"""The port `PhoneReports` on SQLite: one row for each driver."""

from typing import Final

from msgspec import structs
from sqlmodel import select

from app.storage.readers import Readers
from app.storage.tables import PhoneReportRow
from app.storage.writer import Writer
from app.tracking.records import PhoneReport

_COLUMNS: Final = PhoneReport.__struct_fields__
_KEEP: Final = (
    f"INSERT INTO phone_reports ({', '.join(_COLUMNS)}) "
    f"VALUES ({', '.join('?' * len(_COLUMNS))}) ON CONFLICT (driver_num) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "driver_num")
)


class SqlPhoneReports:
    """What drivers' phones said last."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def keep(self, report: PhoneReport) -> None:
        """Keep it in place of the one before; returns at once."""
        self._writer.write_aside(_KEEP, structs.astuple(report))

    async def all(self) -> list[PhoneReport]:
        """Of every driver of whom there is one."""
        return await self._readers.read(
            lambda session: [_report_of(row) for row in session.exec(select(PhoneReportRow))]
        )


def _report_of(row: PhoneReportRow) -> PhoneReport:
    return PhoneReport(
        driver_num=row.driver_num,
        at=row.at,
        app=row.app,
        device=row.device,
        battery=row.battery,
        charging=row.charging,
        words=row.words,
        words_at=row.words_at,
        verdict=row.verdict,
        unused=row.unused,
        doubtful=row.doubtful,
    )
