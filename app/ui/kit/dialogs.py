"""Dialogs that do one thing: a form with its line for what is wrong, a question, a secret.

A dialog is made when it opens and is gone from page and server once it is closed.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import segno
from nicegui import ui

from app.domain.errors import OnthewayError
from app.ui.kit.parts import button, copy_button, icon_button
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

MAX_LINE: Final = 200
QUIET_ZONE: Final = 4
"""Empty modules around a QR code (ISO/IEC 18004)."""
LONG_CODE: Final = 120
"""Characters from which larger modules help a scanner more than spare ones."""

Deed = Callable[[], Awaitable[Any]]


class Dialog:
    """An open dialog with a title; ``body`` and ``foot`` take what belongs there.

    ``lasting``: only its own button closes it.
    """

    def __init__(
        self, visit: Visit, title: str, *, small: bool = False, lasting: bool = False
    ) -> None:
        with visit.client:  # not in the row that was clicked: that may go while this is open
            self._holder = ui.element("div")
        with self._holder:
            self._dialog = ui.dialog()
        self._dialog.props["aria-label"] = title
        self._dialog.props.set_bool("persistent", lasting)
        kind = "dialog dialog-small" if small else "dialog"
        with self._dialog, ui.element("div").classes(kind):
            with ui.element("div").classes("dialog-head"):
                words("h2", title)
                if not lasting:
                    icon_button("close", "Close", self.close)
            self._form = ui.element("form").classes("dialog-form").props("autocomplete=off")
            with self._form:
                self.body = ui.element("div").classes("dialog-body")
                self.foot = ui.element("div").classes("dialog-foot")
        self._dialog.on("hide", self._gone, [])
        self._dialog.open()

    def close(self) -> None:
        """Close it."""
        self._dialog.close()

    def hold(self, on: bool) -> None:
        """Hold it open while something goes on, or let Escape close it."""
        self._dialog.props.set_bool("persistent", on)
        self._dialog.props.set_bool("no-backdrop-dismiss", not on)

    def _gone(self) -> None:
        if self._holder.is_deleted:
            return
        if not self._dialog.is_deleted:
            self._dialog.delete()
        self._holder.delete()


class Form(Dialog):
    """A dialog that does ``deed`` when it is sent, once at a time, and says why it could not."""

    def __init__(
        self,
        visit: Visit,
        title: str,
        action: str,
        deed: Deed,
        *,
        danger: bool = False,
        small: bool = False,
    ) -> None:
        super().__init__(visit, title, small=small)
        # A slip beside it must not lose what was typed; Escape and the buttons close it.
        self._dialog.props.set_bool("no-backdrop-dismiss", not small)
        self._deed = deed
        self._busy = False
        self._form.on("submit.prevent", visit.act(self._send), [])
        with self.foot:
            self._wrong = words("p", "").classes("field-error dialog-wrong").props("role=alert")
            button("Cancel", self.close)
            kind = "btn-danger" if danger else "btn-primary"
            button(action, None, kind).props("type=submit")

    async def _send(self) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            await self._deed()
        except OnthewayError as error:
            self._wrong.set_text(error.message)
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


def text_field(label: str, value: str | None = None, *, hint: str = "", **props: str) -> ui.input:
    """A field for one line with its label above; ``props`` such as ``autocomplete="off"``."""
    with ui.element("div").classes("field"):
        name = words("label", label)
        made = ui.input(value=value or "").props(f"outlined dense maxlength={MAX_LINE}")
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
