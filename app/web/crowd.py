"""How many sockets are open, by the address at the other end."""


class Crowd:
    """Open sockets per address; ``most`` 0 is no limit."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: dict[str | None, int] = {}

    def enter(self, address: str | None) -> bool:
        """Count one more, whatever the answer; False when there are too many."""
        self._open[address] = self._open.get(address, 0) + 1
        return not self._most or self._open[address] <= self._most

    def leave(self, address: str | None) -> None:
        """One less."""
        left = self._open.get(address, 0) - 1
        if left > 0:
            self._open[address] = left
        else:
            self._open.pop(address, None)
