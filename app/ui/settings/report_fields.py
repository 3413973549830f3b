"""The fields of the settings page for how often phones report."""

from typing import Final

from app.ui.kit.visit import Visit
from app.ui.settings.fields import Edited, NumberField

FIELDS: Final = (
    ("report_near", "Near the door", "Somebody follows, and the order is about to end.", 600),
    ("report_watched", "Order watched", "Somebody follows one of the driver's orders.", 600),
    ("report_overview", "Fleet watched", "Only the map of all drivers is open.", 600),
    ("report_unwatched", "Nobody looks", "Saves the phone's battery.", 600),
    ("report_saving", "Battery low", "At least so long, whoever looks.", 600),
    ("low_battery", "Low below percent", "From when a battery counts as low.", 100),
)
"""Name, label, hint and largest value of each."""


def report_fields(visit: Visit, edited: Edited) -> list[NumberField]:
    """All of them, where the page stands now."""
    return [
        NumberField(visit, name, edited, label, hint, most) for name, label, hint, most in FIELDS
    ]
