"""The store on SQLite, put together: open it, use its ports, close it.

Holds no lock on the data folder: who opens it makes sure that nobody else does.
"""

import asyncio
from pathlib import Path
from time import monotonic
from typing import Final

from app.domain.errors import OnthewayError
from app.storage.activity import SqlActivityLog
from app.storage.drivers import SqlDrivers
from app.storage.insights import SqlInsights
from app.storage.lessons import SqlLessons
from app.storage.notices import SqlNotices
from app.storage.opening import prepare
from app.storage.orders import SqlOrders
from app.storage.people import SqlPeople
from app.storage.phones import SqlPhoneReports
from app.storage.positions import SqlPositions
from app.storage.proof_files import ProofFiles
from app.storage.proof_leftovers import remove_leftovers
from app.storage.proofs import SqlProofs
from app.storage.readers import Readers
from app.storage.refused import StoreRefused
from app.storage.settings import SqlSettings
from app.storage.talk import SqlTalk
from app.storage.tracks import SqlTracks
from app.storage.transaction import Tx
from app.storage.writer import Writer
from app.tracking.ports import (
    ActivityLog,
    Drivers,
    Insights,
    Lessons,
    Notices,
    Orders,
    People,
    PhoneReports,
    Positions,
    Proofs,
    Settings,
    Talk,
    Tracks,
)
from app.tracking.tasks import spawn

__all__ = ["SqlStore", "StoreRefused", "open_store"]

PROBE_SECONDS: Final = 5.0


class SqlStore:
    """`app.tracking.ports.Store` on one SQLite file."""

    def __init__(self, writer: Writer, readers: Readers, files: ProofFiles, epoch: str) -> None:
        self._writer = writer
        self._readers = readers
        self.positions: Positions = SqlPositions(writer, readers)
        self.tracks: Tracks = SqlTracks(writer, readers)
        self.orders: Orders = SqlOrders(writer, readers)
        self.talk: Talk = SqlTalk(writer, readers)
        self._proofs = SqlProofs(writer, readers, files)
        self.proofs: Proofs = self._proofs
        self.notices: Notices = SqlNotices(writer, readers)
        self.drivers: Drivers = SqlDrivers(writer, readers)
        self.phones: PhoneReports = SqlPhoneReports(writer, readers)
        self.people: People = SqlPeople(writer, readers)
        self.activity: ActivityLog = SqlActivityLog(writer, readers)
        self.settings: Settings = SqlSettings(writer, readers)
        self.insights: Insights = SqlInsights(writer, readers)
        self.lessons: Lessons = SqlLessons(writer, readers)
        self.epoch = epoch

    async def healthy(self) -> bool:
        """Whether a write is kept at the moment, tried out, and the file was found undamaged."""
        if self._readers.damaged or self._writer.damaged:
            return False
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._writer.write(_probe)
        except (OnthewayError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        """Finish the writes that wait, then close."""
        self._proofs.close()
        await self._writer.close()
        await self._readers.close()
        await self._writer.disconnect()


def _probe(tx: Tx) -> None:
    tx.cursor.execute(
        "INSERT INTO meta VALUES ('probed', ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (str(monotonic()),),
    )


async def open_store(data_dir: Path) -> SqlStore:
    """Open the store in a folder, made if it is not there; its tables brought up to date.

    Raises `StoreRefused` with one sentence when the folder cannot be written, or the file is
    damaged, foreign, or of a newer version.
    """
    path, epoch = await asyncio.to_thread(prepare, data_dir)
    files = ProofFiles(data_dir)
    pictures = await asyncio.to_thread(files.newest)
    writer = Writer(path, asyncio.get_running_loop())
    readers = Readers(path)
    readers.start_check()
    if pictures:
        spawn(remove_leftovers(readers, files, pictures), "pictures without a row")
    return SqlStore(writer, readers, files, epoch)
