"""The sections of the settings page: what stands in each, and in which words; each hands out its
fields.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from app.domain.preferences import LONGEST_ATTRIBUTION, LONGEST_NAME
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.settings.brand_preview import STANDARD
from app.ui.settings.fields import (
    ColourField,
    Edited,
    Field,
    NumberField,
    PhaseField,
    SwitchField,
    TextField,
    TilesField,
)
from app.ui.settings.logo_field import LogoField
from app.ui.settings.report_fields import report_fields


def business(visit: Visit, edited: Edited) -> tuple[TextField, ColourField, LogoField]:
    """What it is called, and its look."""
    more = "What your customers read and see. A page that is open has it when it is loaded again."
    with _section("Business", more):
        hint = "On the customer's page, where staff sign in, and in the title of every page."
        name = TextField(
            visit, "business_name", edited, "Business name", hint, maxlength=str(LONGEST_NAME)
        )
        colour = ColourField(visit, edited, STANDARD)
        logo = LogoField(visit, edited)
    return name, colour, logo


def tiles(visit: Visit, edited: Edited, chosen: Edited) -> tuple[TilesField, TextField]:
    """What the maps show, and whose it is; ``chosen`` hears of another choice of tiles."""
    with _section("Map", "Where tiles are off or do not load, maps have a plain ground."):
        shown = TilesField(visit, chosen)
        hint, most = "On every map, as the licence of the tiles asks.", str(LONGEST_ATTRIBUTION)
        attribution = TextField(
            visit, "tile_attribution", edited, "Attribution", hint, maxlength=most
        )
    return shown, attribution


def customers(visit: Visit, edited: Edited) -> tuple[Field, ...]:
    """What customers may see and do."""
    more = "What they see of the courier, and from when on. It ends with the order."
    with _section("Customers", more):
        phases = [
            PhaseField(visit, name, edited, label)
            for name, label in (
                ("courier_from", "First name and vehicle"),
                ("place_from", "Where the courier is"),
                ("arrival_from", "When the courier comes"),
            )
        ]
        hint = "A gate code, or “leave it at the neighbour's”; the driver and you read it."
        notes = SwitchField(
            visit, "customer_notes", edited, "Customers may leave a note for the driver", hint
        )
        hint = "A question or a problem; the work list says that it waits for you."
        messages = SwitchField(
            visit, "customer_messages", edited, "Customers may write to the business", hint
        )
        hint = "By their browser, if they ask for it: on the way, almost there, late, delivered."
        notices = SwitchField(visit, "customer_notices", edited, "Customers may be notified", hint)
    return *phases, notes, messages, notices


def watch(visit: Visit, edited: Edited) -> tuple[Field, ...]:
    """When something is said by itself, and how often phones report."""
    with _section("Warnings", "When the work list says that an order needs you."):
        hint = "So far behind the promised window. 0: at once."
        late = NumberField(visit, "late_after", edited, "Late after minutes", hint, 240)
        hint = "A driver on the way who was not seen for so long."
        silent = NumberField(visit, "silent_after", edited, "No signal after seconds", hint, 3_600)
    more = "An order on its way is arriving by itself once its driver is near the door."
    with _section("Arriving", more):
        hint = "How near that is. 0: only drivers and staff set it."
        near = NumberField(visit, "arriving_within", edited, "Arriving within metres", hint, 5_000)
    more = "In seconds. What a phone measures between two reports comes with the next."
    with _section("How often phones report", more):
        reports = report_fields(visit, edited)
    return late, silent, near, *reports


def history(visit: Visit, edited: Edited) -> tuple[Field, ...]:
    """For how long what is personal is kept."""
    more = "What is personal can go after a while. Orders and their history stay."
    with _section("History", more):
        hint = "Older positions are deleted for good. 0: all are kept."
        days = NumberField(visit, "keep_days", edited, "Keep positions for days", hint, 3_650)
        hint = "Older pictures are deleted for good. 0: all are kept."
        proof = NumberField(
            visit, "keep_proof_days", edited, "Keep photos and signatures for days", hint, 3_650
        )
        hint = "What was written about an order that is over. 0: all is kept."
        written = NumberField(
            visit, "keep_message_days", edited, "Keep messages and notes for days", hint, 3_650
        )
        hint = "Name, phone, email, destination and note of an order that is over. 0: all is kept."
        who = NumberField(
            visit, "keep_customer_days", edited, "Keep customers' details for days", hint, 3_650
        )
    return days, proof, written, who


@contextmanager
def _section(title: str, more: str) -> Iterator[None]:
    with ui.element("section").classes("card settings-card"):
        words("h2", title).classes("part-title")
        words("p", more).classes("muted small")
        yield
