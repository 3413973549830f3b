"""The columns of the table of sockets, and how it can be sorted and filtered."""

from typing import Final

from app.tracking.monitor import KIND_PAGE
from app.ui.kit.tables import Column

COLUMNS: Final = (
    Column("Kind", "minmax(88px, max-content)", by="kind"),
    Column("Who", "minmax(128px, 2fr)", "card-title", by="who"),
    Column("Orders", "minmax(120px, 1fr)", by="orders"),
    Column("From", "minmax(124px, 0.6fr)", by="from"),
    Column("App", "minmax(136px, 1fr)", by="app"),
    Column("Since", "minmax(72px, max-content)", by="since"),
    Column("Last", "minmax(72px, max-content)", by="last"),
    Column("Received", "minmax(84px, max-content)", "number", by="received"),
    Column("Sent", "minmax(76px, max-content)", "number", by="sent"),
    Column("Queue", "minmax(72px, max-content)", "number", by="queue"),
    Column("Lag", "minmax(72px, max-content)", "number", by="lag"),
    Column("", "max-content", "card-actions"),
)
KINDS: Final = {"driver": "Driver", "viewer": "Viewer", "staff": "Live map", KIND_PAGE: "Page"}
FILTERS: Final = {
    "": "All",
    "driver": "Drivers",
    "viewer": "Viewers",
    "staff": "Live maps",
    KIND_PAGE: "Pages",
}
SORTS: Final = {
    "-since": "Newest first",
    "since": "Oldest first",
    "kind": "Kind, A to Z",
    "-kind": "Kind, Z to A",
    "who": "Who, A to Z",
    "-who": "Who, Z to A",
    "-orders": "Most orders first",
    "orders": "Fewest orders first",
    "from": "Address, lowest first",
    "-from": "Address, highest first",
    "app": "App, A to Z",
    "-app": "App, Z to A",
    "-last": "Heard last first",
    "last": "Heard longest ago first",
    "-received": "Most received first",
    "received": "Least received first",
    "-sent": "Most sent first",
    "sent": "Least sent first",
    "-queue": "Longest queue first",
    "queue": "Shortest queue first",
    "-lag": "Slowest first",
    "lag": "Fastest first",
}
"""As `Heads` takes them."""
