"""The names of drivers who have, or had, some orders."""

from collections.abc import Iterable

from app.tracking.board import Board
from app.tracking.ports import Tracks


class DriverNames:
    """Those of the board, and of drivers who were removed, once `learn` has met one."""

    def __init__(self, board: Board, tracks: Tracks) -> None:
        self._board = board
        self._tracks = tracks
        self._removed: dict[str, str] = {}

    async def learn(self, driver_ids: Iterable[str | None]) -> None:
        """Read who these were, where somebody is removed."""
        gone = {one for one in driver_ids if one and self._board.driver_by_id(one) is None}
        if not gone <= self._removed.keys():
            everybody = await self._tracks.drivers()
            self._removed = {one.id: one.name for one in everybody if one.deleted_at is not None}

    def of(self, driver_id: str | None) -> str:
        """His name; "" of nobody."""
        if driver_id is None:
            return ""
        live = self._board.driver_by_id(driver_id)
        if live is not None:
            return live.driver.name
        return self._removed.get(driver_id) or f"removed driver {driver_id}"
