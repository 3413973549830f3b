"""Types and conditions that several tables share."""

from typing import Final

from sqlalchemy import BigInteger, Integer

from app.domain.position import KEEPS_MARKER, Flag

BIG: Final = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit integer that SQLite can use as its row id."""
MOVES: Final = f"(flags & {int(KEEPS_MARKER)}) = 0"
"""SQL for "may move a marker"."""
FUTURE: Final = f"(flags & {int(Flag.FUTURE)}) <> 0"
"""SQL for "was dated ahead of its arrival"; queries must say exactly this to use the index."""
WRITTEN: Final = "customer_note IS NOT NULL OR rating_note IS NOT NULL OR words IS NOT NULL"
"""SQL for "people wrote something that the order itself keeps"; exactly this uses the index."""
NAMED: Final = (
    "ended_at IS NOT NULL AND (customer_name IS NOT NULL OR customer_phone IS NOT NULL"
    " OR customer_email IS NOT NULL OR destination_lat IS NOT NULL"
    " OR destination_address IS NOT NULL OR note IS NOT NULL)"
)
"""SQL for "over, and still tells who its customer was"; exactly this uses the index."""
