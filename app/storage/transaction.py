"""What one write works with: a part of the group's transaction that can be undone by itself."""

import sqlite3

from sqlalchemy import Connection
from sqlmodel import Session

from app.storage.known import KnownDrivers
from app.storage.unfiled import Unfiled


class Tx:
    """One write within a group.

    ``cursor`` is plain SQL, ``session`` SQLModel on the same connection (writes through it are
    flushed before `keep` ends); ``known`` must forget the drivers whom the write changes;
    ``unfiled`` are the positions that `positions` lacks.
    """

    __slots__ = ("_connection", "_session", "cursor", "known", "unfiled")

    def __init__(
        self,
        connection: Connection,
        cursor: sqlite3.Cursor,
        known: KnownDrivers,
        unfiled: Unfiled,
    ) -> None:
        self._connection = connection
        self._session: Session | None = None
        self.cursor = cursor
        self.known = known
        self.unfiled = unfiled
        cursor.execute("SAVEPOINT item")

    @property
    def session(self) -> Session:
        """SQLModel, made when first needed."""
        if self._session is None:
            self._session = Session(self._connection, join_transaction_mode="create_savepoint")
        return self._session

    def keep(self) -> None:
        """Let it be a part of the group."""
        if self._session is not None:
            self._session.commit()
            self._session.close()
        self.cursor.execute("RELEASE item")

    def undo(self) -> None:
        """Take back all that it did; the group goes on without it."""
        if self._session is not None:
            self._session.close()
        self.cursor.execute("ROLLBACK TO item")
        self.cursor.execute("RELEASE item")
