"""The columns of the drivers' table, and how it can be sorted and filtered."""

from typing import Final

from app.ui.kit.tables import Column

COLUMNS: Final = (
    Column("Driver", "minmax(144px, 2.2fr)", "card-title", by="name"),
    Column("State", "minmax(128px, 1.2fr)", by="state"),
    Column("Last heard", "minmax(80px, max-content)", by="heard"),
    Column("Vehicle", "minmax(84px, 0.9fr)", by="vehicle"),
    Column("Phone", "minmax(112px, 0.9fr)", by="phone"),
    Column("Open orders", "minmax(104px, 1.2fr)", by="orders"),
    Column("Done today", "minmax(84px, max-content)", "number", by="done"),
    Column("Driven today", "minmax(84px, max-content)", "number", by="driven"),
    Column("", "max-content", "card-actions"),
)
STATES: Final = ("Moving", "Standing", "No signal", "No place yet", "Not connected", "Off duty")
"""As `state_of` says them."""
FILTERS: Final = {"": "All"} | {state: state for state in STATES}
SORTS: Final = {
    "name": "Driver, A to Z",
    "-name": "Driver, Z to A",
    "state": "State, moving first",
    "-state": "State, off duty first",
    "-heard": "Heard last first",
    "heard": "Heard longest ago first",
    "vehicle": "Vehicle, A to Z",
    "-vehicle": "Vehicle, Z to A",
    "phone": "Phone, lowest first",
    "-phone": "Phone, highest first",
    "-orders": "Most open orders first",
    "orders": "Fewest open orders first",
    "-done": "Most done today first",
    "done": "Least done today first",
    "-driven": "Driven most today first",
    "driven": "Driven least today first",
}
"""As `Heads` takes them."""
