"""Dialogs that do one thing: a form with its line for what is wrong, a question, a secret."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import segno
from nicegui import ui
from nicegui.elements.mixins.openable_element import OpenableElement
from nicegui.elements.mixins.value_element import ValueElement

from app.domain.errors import OnthewayError
from app.ui.kit.dialog import Dialog, Discard
from app.ui.kit.finder import Finder
from app.ui.kit.parts import Choice, button, copy_button
from app.ui.kit.unsaved import mark_unsaved
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

MAX_LINE: Final = 200
QUIET_ZONE: Final = 4
"""Empty modules around a QR code (ISO/IEC 18004)."""
LONG_CODE: Final = 120
"""Characters from which larger modules help a scanner more than spare ones."""

Deed = Callable[[], Awaitable[Any]]


class Form(Dialog):
    """A dialog that does ``deed`` when it is sent, once at a time, and says why it could not.

    ``back`` is the word on the button that leaves it without the deed. Where something was entered,
    only that leaves at once; Escape, a press beside it and its cross ask first whether ``draft``
    shall be discarded ("this order"). ``entered`` says whether something was, where that is not
    told from what stands in the fields.
    """

    def __init__(
        self,
        visit: Visit,
        title: str,
        action: str,
        deed: Deed,
        *,
        danger: bool = False,
        small: bool = False,
        draft: str = "what you entered",
        back: str = "Cancel",
        entered: Callable[[], bool] | None = None,
    ) -> None:
        super().__init__(visit, title, small=small)
        self._visit = visit
        self._deed = deed
        self._draft = draft
        self._busy = False
        self._asked = False
        self._before: list[object] = []
        self._has_entries = entered or (lambda: self._entered() != self._before)
        asyncio.get_running_loop().call_soon(self._begin)
        self._form.on("submit.prevent", visit.act(self._send), [])
        with self.foot:
            self._wrong = words("p", "").classes("field-error dialog-wrong").props("role=alert")
            button(back, self.close)
            kind = "btn-danger" if danger else "btn-primary"
            button(action, None, kind).props("type=submit")

    def complain(self, sentence: str) -> None:
        """Say above the buttons what is wrong, "" for nothing any more."""
        self._wrong.set_text(sentence)

    def above_foot(self) -> ui.element:
        """Room between the fields and the buttons, in sight wherever one is in the fields."""
        with self._form:
            room = ui.element("div")
        room.move(self._form, 1)
        return room

    def _begin(self) -> None:
        """The fields are there: from now on they are a person's."""
        self._before = self._entered()
        for one in self.body.descendants():
            if isinstance(one, ValueElement):
                one.on_value_change(self._visit.act(self._mark))

    def _mark(self) -> None:
        """Something was entered, or is gone again: so is the question of the browser."""
        mark_unsaved(self._form, self._has_entries())

    def _entered(self) -> list[object]:
        """What stands in the fields, in their order; "" for nothing."""
        return [
            one.value or ""
            for one in self.body.descendants()
            if isinstance(one, ValueElement | Choice | Finder)
            and not isinstance(one, OpenableElement)
        ]

    def may_leave(self) -> bool:
        """Whether nothing would be lost; where something would, this asks."""
        if self._busy or self._asked:
            return False
        if not self._has_entries():
            return True
        self._asked = True
        Discard(self._visit, self._draft, self._answered)
        return False

    def _answered(self, discard: bool) -> None:
        self._asked = False
        if discard:
            self.close()

    async def _send(self) -> None:
        if self._busy or self._asked:  # what may be lost as one reads is not stored meanwhile
            return
        self._busy = True
        try:
            await self._deed()
        except OnthewayError as error:
            self.complain(error.message)
        else:
            self.close()
        finally:
            self._busy = False


def ask(visit: Visit, question: str, more: str, action: str, deed: Deed) -> None:
    """Ask once before something that cannot be taken back; ``question`` names the thing."""
    form = Form(visit, question, action, deed, danger=True, small=True)
    with form.body:
        words("p", more).classes("muted")


def show_secret(
    visit: Visit, title: str, more: str, values: Mapping[str, str], *, picture: str | None = None
) -> None:
    """Show ``values`` by their labels this once, to copy; ``picture`` as a QR code to scan."""
    dialog = Dialog(visit, title, lasting=True)
    with dialog.body:
        words("p", more).classes("notice notice-warn")
        with ui.element("div").classes("secrets"):
            if picture is not None:
                qr_code(picture)
            with ui.element("div").classes("secrets-values"):
                for label, value in values.items():
                    copied(label, value)
    with dialog.foot:
        button("Done", dialog.close, "btn-primary")


def show_code(visit: Visit, title: str, more: str, link: str) -> None:
    """Show a link as a QR code, large enough to scan from a screen or a print."""
    dialog = Dialog(visit, title, small=True)
    with dialog.body:
        words("p", more).classes("muted")
        with ui.element("div").classes("code-large"):
            qr_code(link)
        with ui.element("div").classes("secret"):
            words("span", link).props["aria-label"] = "Link"
            copy_button(link)
    with dialog.foot:
        button("Done", dialog.close, "btn-primary")


def copied(label: str, value: str, *, long: bool = False) -> None:
    """A value with its label, to copy; of a ``long`` one only the beginning is shown."""
    with ui.element("div").classes("field"):
        words("span", label).classes("field-label")
        with ui.element("div").classes("secret secret-long" if long else "secret"):
            words("span", value).props["aria-label"] = label
            copy_button(value)


def qr_code(text: str, name: str = "QR code of the link") -> None:
    """Black on white in both looks: scanners need the contrast and the empty edge."""
    code = segno.make(text, error="m" if len(text) < LONG_CODE else "l", micro=False)
    image = ui.element("img").classes("secret-code")
    image.props["alt"] = name
    image.props["src"] = code.svg_data_uri(
        border=QUIET_ZONE, dark="black", light="white", omitsize=True
    )


class Line(ui.input):
    """As NiceGUI's, which sends a value that the server sets also as a command. Before the page's
    socket is there the page has it already, and the command, late, would put it over what was
    typed meanwhile."""

    def _handle_value_change(self, value: Any) -> None:
        if self.client.has_socket_connection:
            super()._handle_value_change(value)
        else:
            super(ui.input, self)._handle_value_change(value)


def text_field(label: str, value: str | None = None, *, hint: str = "", **props: str) -> ui.input:
    """A field for one line with its label above; ``props`` such as ``autocomplete="off"``."""
    with ui.element("div").classes("field"):
        name = words("label", label)
        made = Line(value=value or "").props(f"outlined dense maxlength={MAX_LINE}")
        if hint:
            words("span", hint).classes("field-hint")
    for key, given in props.items():
        made.props[key] = given
    name.props["for"] = made.html_id
    return made


def choice_field(label: str, options: Mapping[str, str], value: str) -> ui.select:
    """A field to choose one of ``options`` (value to word)."""
    with ui.element("div").classes("field"):
        name = words("label", label)
        made = ui.select(dict(options), value=value).props("outlined dense")
        made.props["aria-label"] = label
    name.props["for"] = made.html_id
    return made


def line_of(field: ui.input, name: str, *, needed: bool = False) -> str | None:
    """What was typed, None for nothing; the browser's limits bind nobody, so they are checked.

    Raises ``invalid_field``.
    """
    value = field.value
    text = value.strip() if isinstance(value, str) else ""
    if needed and not text:
        raise OnthewayError("invalid_field", f"Please enter a {name}.", field=name)
    if len(text) > MAX_LINE or "\0" in text:
        raise OnthewayError(
            "invalid_field", f"The {name} has at most {MAX_LINE} characters.", field=name
        )
    return text or None
