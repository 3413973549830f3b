"""Orders are also sorted by their destination and by their driver's name."""

from typing import Final

from alembic import op
from sqlalchemy import text

revision: Final = "0015"
down_revision: Final = "0014"


def upgrade() -> None:
    """Add an index for each of the two, and the address to the one that holds all of a list."""
    op.create_index("ix_drivers_folded", "drivers", ["folded"])
    op.create_index("ix_orders_destination", "orders", [text("lower(destination_address)"), "num"])
    op.drop_index("ix_orders_list", "orders")
    op.create_index(
        "ix_orders_list",
        "orders",
        [
            "num",
            "status",
            "driver_num",
            "id",
            "customer_name",
            "window_begin",
            "updated_at",
            "folded",
            "destination_address",
        ],
    )
