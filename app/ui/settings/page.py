"""The settings page, for admins: what the business looks like, what customers may see, when staff
are warned, how long positions are kept.

Nothing is changed until it is saved, all of it at once. What others change meanwhile is shown at
once where nothing was typed; else whoever saves later is told.
"""

from dataclasses import replace
from typing import Any, Final

from nicegui import ui
from starlette.requests import Request

from app.domain.colour import parse_colour
from app.domain.errors import OnthewayError
from app.domain.picture import Picture
from app.domain.preferences import checked
from app.domain.sight import SeenFrom
from app.domain.tiles import OSM_ATTRIBUTION
from app.domain.times import to_datetime
from app.ui.kit.batch import counted
from app.ui.kit.dialogs import ask
from app.ui.kit.parts import button
from app.ui.kit.tables import STYLES
from app.ui.kit.unsaved import mark_unsaved
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.settings import sections
from app.ui.settings.brand_preview import STANDARD, BrandPreview
from app.ui.settings.fields import NONE, OSM, PHASES, Field

STYLE: Final = '<link rel="stylesheet" href="/static/staff/settings.css">'


KEPT: Final = {
    "keep_days": "positions",
    "keep_proof_days": "photos and signatures",
    "keep_message_days": "messages and notes",
    "keep_customer_days": "customers' details",
}
"""What is kept for a number of days."""


IN_SIGHT: Final = 'document.activeElement?.scrollIntoView({ block: "nearest" })'
"""The foot that appears lies over no field that is being typed into."""


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
            called, self._colour, self._logo = sections.business(visit, self._edited)
            self._preview = BrandPreview()
            self._tiles, self._attribution = sections.tiles(visit, self._edited, self._tiles_edited)
            self._add(called, self._colour, self._logo, self._tiles, self._attribution)
            self._add(*sections.customers(visit, self._edited))
            self._add(*sections.watch(visit, self._edited))
            self._add(*sections.history(visit, self._edited))
            self._build_foot()
        form.on("submit.prevent", visit.act(self._save), [])
        for name, field in self._fields.items():
            field.show(getattr(self._seen, name))
            if name in self._desk.locked:
                field.disable()
        self._tell_all()
        self._edited()

    # building

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
        appears = bool(changed) and not self._foot.visible
        self._foot.set_visibility(bool(changed))
        if appears:
            self._visit.client.run_javascript(IN_SIGHT)
        mark_unsaved(self._foot, bool(changed))
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
            older_words(what, days) for name, what in KEPT.items() if (days := self._shorter(name))
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
            f"{error.message} It is {value_words(value)} now."
            " Save again to put yours in its place.",
            seek=True,
        )
        self._edited()


def older_words(what: str, days: int) -> str:
    """What is older than a number of days, in a question."""
    return f"{what} older than {counted(days, 'day', 'days')}"


def value_words(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, Picture):
        return "another picture"
    if isinstance(value, SeenFrom):
        return f"“{PHASES[value].lower()}”"
    if isinstance(value, bool):
        return "“yes”" if value else "“no”"
    return "none" if value is None or value == "" else f"“{value}”"
