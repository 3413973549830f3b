"""The settings page, for admins: what the business looks like, what customers may see, when staff
are warned, how long positions are kept.

Nothing is changed until it is saved, all of it at once. What others change meanwhile is shown at
once where nothing was typed; else whoever saves later is told.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from nicegui import ui
from starlette.requests import Request

from app.domain.colour import parse_colour
from app.domain.errors import OnthewayError
from app.domain.picture import Picture
from app.domain.preferences import LONGEST_ATTRIBUTION, LONGEST_NAME, checked
from app.domain.tiles import OSM_ATTRIBUTION
from app.domain.times import to_datetime
from app.ui.kit.dialogs import ask
from app.ui.kit.parts import button
from app.ui.kit.tables import STYLES
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.settings.brand_preview import STANDARD, BrandPreview
from app.ui.settings.fields import (
    NONE,
    OSM,
    ColourField,
    Field,
    NumberField,
    PhaseField,
    SwitchField,
    TextField,
    TilesField,
)
from app.ui.settings.logo_field import LogoField
from app.ui.settings.report_fields import report_fields

STYLE: Final = '<link rel="stylesheet" href="/static/settings.css">'


KEPT: Final = {
    "keep_days": "positions",
    "keep_proof_days": "photos and signatures",
    "keep_message_days": "messages and notes",
}
"""What is kept for a number of days."""


async def build(visit: Visit, _request: Request) -> None:
    """Build the page."""
    ui.add_head_html(STYLES + STYLE)
    page = SettingsPage(visit)
    visit.keep_fresh(page.refresh, "settings")


class SettingsPage:
    """One open settings page. ``_seen`` are the values that its reader has seen."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._desk = visit.services.preferences
        self._seen = self._desk.current
        self._fields: dict[str, Field] = {}
        with ui.element("form").classes("settings").props("novalidate") as form:
            self._build_business()
            self._preview = BrandPreview()
            self._build_map()
            self._build_customers()
            self._build_watch()
            self._build_history()
            self._build_foot()
        form.on("submit.prevent", visit.act(self._save), [])
        for name, field in self._fields.items():
            field.show(getattr(self._seen, name))
            if name in self._desk.locked:
                field.disable()
        self._tell_all()
        self._edited()

    # building

    def _build_business(self) -> None:
        visit, edited = self._visit, self._edited
        more = (
            "What your customers read and see. A page that is open has it when it is loaded again."
        )
        with _section("Business", more):
            hint = "On the customer's page, where staff sign in, and in the title of every page."
            name = TextField(
                visit, "business_name", edited, "Business name", hint, maxlength=str(LONGEST_NAME)
            )
            self._colour = ColourField(visit, edited, STANDARD)
            self._logo = LogoField(visit, edited)
        self._add(name, self._colour, self._logo)

    def _build_map(self) -> None:
        visit, edited = self._visit, self._edited
        with _section("Map", "Where tiles are off or do not load, maps have a plain ground."):
            self._tiles = TilesField(visit, self._tiles_edited)
            hint, most = "On every map, as the licence of the tiles asks.", str(LONGEST_ATTRIBUTION)
            self._attribution = TextField(
                visit, "tile_attribution", edited, "Attribution", hint, maxlength=most
            )
        self._add(self._tiles, self._attribution)

    def _build_customers(self) -> None:
        visit, edited = self._visit, self._edited
        with _section("Customers", "Staff see the courier always; customers until the end."):
            phase = PhaseField(visit, edited)
            hint = "A gate code, or “leave it at the neighbour's”; the driver and you read it."
            notes = SwitchField(
                visit, "customer_notes", edited, "Customers may leave a note for the driver", hint
            )
            hint = "A question or a problem; the work list says that it waits for you."
            messages = SwitchField(
                visit, "customer_messages", edited, "Customers may write to the business", hint
            )
            hint = (
                "By their browser, if they ask for it: on the way, almost there, late, delivered."
            )
            notices = SwitchField(
                visit, "customer_notices", edited, "Customers may be notified", hint
            )
        self._add(phase, notes, messages, notices)

    def _build_watch(self) -> None:
        visit, edited = self._visit, self._edited
        with _section("Warnings", "When the work list says that an order needs you."):
            hint = "So far behind the promised window. 0: at once."
            late = NumberField(visit, "late_after", edited, "Late after minutes", hint, 240)
            hint = "A driver on his way who was not seen for so long."
            silent = NumberField(
                visit, "silent_after", edited, "No signal after seconds", hint, 3_600
            )
        more = "An order on its way is arriving by itself once its driver is near the door."
        with _section("Arriving", more):
            hint = "How near that is. 0: only drivers and staff set it."
            near = NumberField(
                visit, "arriving_within", edited, "Arriving within metres", hint, 5_000
            )
        more = "In seconds. What a phone measures between two reports comes with the next."
        with _section("How often phones report", more):
            reports = report_fields(visit, edited)
        self._add(late, silent, near, *reports)

    def _build_history(self) -> None:
        visit, edited = self._visit, self._edited
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
        self._add(days, proof, written)

    def _build_foot(self) -> None:
        with ui.element("div").classes("settings-foot") as self._foot:
            self._state = words("p", "").props("role=status")
            button("Discard", self._visit.act(self._discard))
            button("Save changes", None, "btn-primary").props("type=submit")

    def _add(self, *fields: Field) -> None:
        for field in fields:
            self._fields[field.name] = field

    # showing

    def refresh(self) -> None:
        """Somebody changed something: show it where nothing else was typed."""
        current = self._desk.current
        for name, field in self._fields.items():
            value = getattr(current, name)
            if value != getattr(self._seen, name) and not field.differs(getattr(self._seen, name)):
                self._see(name, value)
                field.show(value)
        self._tell_all()
        self._edited()

    def _see(self, name: str, value: Any) -> None:
        self._seen = replace(self._seen, **{name: value})

    def _tell_all(self) -> None:
        for name, field in self._fields.items():
            variable = self._desk.locked.get(name)
            last = self._desk.last_change(name)
            if variable is not None:
                field.tell(f"Set on the server by {variable}", locked=True)
            elif last is not None:
                there = to_datetime(last.updated_at).astimezone(self._visit.zone)
                when = f"{there.day} {there:%B %Y, %H:%M}"
                field.tell(f"Changed by {last.by} on {when}")

    def _edited(self) -> None:
        """Something was typed: the preview and the foot follow."""
        changed = self._changes()
        count = len(changed)
        self._state.set_text(f"{count} {'change' if count == 1 else 'changes'} not saved yet")
        self._foot.set_visibility(bool(changed))
        self._attribution.root.set_visibility(self._tiles.key != NONE)
        name = str(self._fields["business_name"].wanted()).strip() or "Your business"
        try:
            typed = self._colour.wanted()
            colour = None if typed is None else parse_colour(str(typed))
        except OnthewayError:
            return  # half a colour: the rest of it is still being typed
        self._colour.swatch(colour or STANDARD)
        self._preview.show(name, colour, self._logo.source)

        self._attribution.root.set_visibility(self._tiles.key != NONE)

    # changing

    def _tiles_edited(self) -> None:
        """Whose tiles these are goes with them."""
        if self._tiles.key == OSM and "tile_attribution" not in self._desk.locked:
            self._attribution.show(OSM_ATTRIBUTION)
        self._edited()

    def _changes(self) -> dict[str, object]:
        return {
            name: field.wanted()
            for name, field in self._fields.items()
            if name not in self._desk.locked and field.differs(getattr(self._seen, name))
        }

    def _discard(self) -> None:
        self._seen = self._desk.current
        for name, field in self._fields.items():
            field.complain("")
            field.show(getattr(self._seen, name))
        self._edited()

    async def _save(self) -> None:
        """Save, after one question where something would be deleted."""
        deleted = [
            f"{what} older than {days} days"
            for name, what in KEPT.items()
            if (days := self._shorter(name))
        ]
        if deleted:
            more = "They are deleted for good within the next minutes."
            question = f"Delete all {' and '.join(deleted)}?"
            ask(self._visit, question, more, "Save and delete", self._store)
            return
        await self._store()

    def _shorter(self, name: str) -> int:
        """For how many days something is to be kept, where that is shorter than now; else 0."""
        days, before = self._changes().get(name), getattr(self._seen, name)
        return days if isinstance(days, int) and days and (not before or days < before) else 0

    async def _store(self) -> None:
        for field in self._fields.values():
            field.complain("")
        changes = self._changes()
        if self._complain_of(changes):
            return
        try:
            await self._desk.change(changes, self._seen, self._visit.actor)
        except OnthewayError as error:
            self._explain(error)
            return
        for name in changes:
            value = getattr(self._desk.current, name)
            self._see(name, value)
            self._fields[name].show(value)
        self._tell_all()
        self._edited()
        self._visit.say("Saved. It counts from now on, everywhere.")

    def _complain_of(self, changes: dict[str, object]) -> bool:
        """Say at each field what is wrong with it; whether anything is."""
        wrong = False
        for name, value in changes.items():
            try:
                checked(name, value)
            except OnthewayError as error:
                self._fields[name].complain(error.message, seek=not wrong)
                wrong = True
        return wrong

    def _explain(self, error: OnthewayError) -> None:
        """Say it at the field; after a conflict the value of now has been seen."""
        field = self._fields.get(error.field or "")
        if field is None:
            raise error
        if error.code != "conflict":
            field.complain(error.message, seek=True)
            return
        value = getattr(self._desk.current, field.name)
        self._see(field.name, value)
        field.complain(
            f"{error.message} It is {value_words(field.name, value)} now."
            " Save again to put yours in its place.",
            seek=True,
        )
        self._edited()


@contextmanager
def _section(title: str, more: str) -> Iterator[None]:
    with ui.element("section").classes("card settings-card"):
        words("h2", title).classes("part-title")
        words("p", more).classes("muted small")
        yield


def value_words(name: str, value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, Picture):
        return "another picture"
    if name == "courier_from_assigned":
        return "“from when a driver has the order”" if value else "“once the order is picked up”"
    if isinstance(value, bool):
        return "“yes”" if value else "“no”"
    return "none" if value is None or value == "" else f"“{value}”"
