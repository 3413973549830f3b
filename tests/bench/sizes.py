"""How much of everything a run takes: full size, and a tiny one to see that all works."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Counts bound every loop, and ``seconds`` bounds those that depend on the server's speed."""

    tiny: bool = False
    """Too small for figures that mean something."""
    rounds: int = 5
    seconds: float = 6.0
    settle: float = 1.0
    """Silence before memory is read."""
    pairs: int = 500
    pair_updates: int = 200
    viewers: int = 1_000
    fan_updates: int = 600
    window: int = 4
    """Updates under way at a time in the fan-out."""
    burst: int = 400
    bursts: int = 2
    ingest_drivers: int = 2_000
    batches: int = 10
    app_drivers: int = 100
    app_positions: int = 50
    idle: int = 2_000
    fleet: int = 10_000
    points: int = 10_000_000
    trail: int = 5_000
    """Points of each order in the filled database."""
    list_orders: int = 100_000
    list_drivers: int = 2_000
    list_trail: int = 50
    list_activity: int = 1_000_000
    list_requests: int = 10
    requests: int = 40
    pages: int = 2_000


FULL: Final = Sizes()
# Towns and databases of the same size are made once.
QUICK: Final = Sizes(
    tiny=True,
    rounds=1,
    seconds=1.0,
    settle=0.3,
    pairs=20,
    pair_updates=20,
    viewers=50,
    fan_updates=40,
    burst=40,
    bursts=1,
    ingest_drivers=100,
    batches=2,
    app_drivers=5,
    app_positions=5,
    idle=100,
    fleet=100,
    points=10_000,
    trail=5_000,
    list_orders=1_000,
    list_drivers=20,
    list_activity=2_000,
    list_requests=2,
    requests=5,
    pages=10,
)
