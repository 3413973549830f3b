"""Names with their values, as cards list them; who can be called or written to is a link."""

from collections.abc import Mapping
from typing import NamedTuple

from nicegui import ui

from app.protocol.link_messages import mail_href, tel_href
from app.ui.kit.words import Words, words


class Linked(NamedTuple):
    """A value that is a link."""

    text: str
    href: str


Value = str | Linked | None


def phone_fact(phone: str | None) -> Value:
    """A number to call, or what stands in its place, as text."""
    href = tel_href(phone) if phone else None
    return Linked(phone, href) if phone and href else phone


def email_fact(email: str | None) -> Value:
    """An address to write to, or what stands in its place, as text."""
    href = mail_href(email) if email else None
    return Linked(email, href) if email and href else email


class Facts(ui.element):
    """Names with their values; only what is known is shown, changed in place."""

    def __init__(self) -> None:
        super().__init__("dl")
        self.classes("facts")
        self._rows: dict[str, tuple[Words, _Value]] = {}

    def show(self, values: Mapping[str, Value]) -> None:
        """Show these, in the order in which they first came."""
        for name, value in values.items():
            if name not in self._rows:
                with self:
                    self._rows[name] = words("dt", name), _Value()
            term, there = self._rows[name]
            term.set_visibility(bool(value))
            there.show(value)
        self.set_visibility(any(values.values()))


class _Value(Words):
    """One value: text, or a link."""

    def __init__(self) -> None:
        super().__init__("dd", "")
        self._link: Words | None = None

    def show(self, value: Value) -> None:
        linked = value if isinstance(value, Linked) else None
        self.set_visibility(bool(value))
        self.set_text("" if linked or not value else str(value))
        if linked is not None and self._link is None:
            with self:
                self._link = words("a", "").classes("link")
        if self._link is not None:
            self._link.set_visibility(linked is not None)
            self._link.set_text(linked.text if linked else "")
            self._link.props.set_optional("href", linked.href if linked else None)
