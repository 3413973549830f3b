"""What somebody else does to an order while one edits it: told calmly, asked where both did it."""

from collections.abc import Callable, Mapping
from typing import Final

from nicegui import ui

from app.domain.access import Kind
from app.tracking.board import Touch
from app.ui.kit.parts import button, clock
from app.ui.kit.visit import Visit
from app.ui.kit.words import contained, words

NAMES: Final = {
    "name": "name",
    "phone": "phone",
    "email": "email",
    "destination": "destination",
    "pickup": "pick-up",
    "window": "promise",
    "note": "note",
}

LEFT: Final = "\N{LEFT DOUBLE QUOTATION MARK}"
RIGHT: Final = "\N{RIGHT DOUBLE QUOTATION MARK}"

Who = Touch | None
"""Somebody, and when; None where that was not seen."""
Decide = Callable[[str, bool], object]
"""Gets a part, and whether theirs shall be."""


class Others:
    """A notice in ``room`` about what others changed; ``decide`` hears what was chosen."""

    def __init__(self, visit: Visit, room: ui.element, decide: Decide) -> None:
        self._visit = visit
        self._decide = decide
        self._room = room.classes("others").props("role=status")
        self._taken: dict[str, Who] = {}
        self._shown: object = None
        self._room.set_visibility(False)

    def show(self, taken: Mapping[str, Who], clashes: Mapping[str, tuple[Who, str]]) -> None:
        """Tell of parts that were taken over now, and ask about all that both changed: theirs is
        told in words, "" for nothing."""
        self._taken.update(taken)
        for part in clashes:
            self._taken.pop(part, None)
        state = dict(self._taken), dict(clashes)
        if state == self._shown:
            return
        self._shown = state
        self._room.clear()
        self._room.set_visibility(bool(self._taken or clashes))
        with self._room:
            for sentence in self._sentences():
                words("p", sentence)
            for part, (who, theirs) in clashes.items():
                self._ask(part, who, theirs)

    def _sentences(self) -> list[str]:
        """What was taken over: one sentence for each person and minute."""
        parts: dict[tuple[str, str], list[str]] = {}
        for part, who in self._taken.items():
            parts.setdefault(
                (who_words(who, self._visit), when_words(who, self._visit)), []
            ).append(part)
        return [
            f"{who} changed {_listed(names)}{when}. You see it above."
            for (who, when), names in parts.items()
        ]

    def _ask(self, part: str, who: Who, theirs: str) -> None:
        name, somebody = NAMES[part], who_words(who, self._visit)
        did, when = ("changed it" if theirs else "emptied it"), when_words(who, self._visit)
        to = f" to {LEFT}{contained(theirs)}{RIGHT}" if theirs else ""
        with ui.element("div").classes("clash").props("role=group") as row:
            row.props["aria-label"] = name.capitalize()
            with ui.element("p"):
                words("strong", f"{name.capitalize()}: ")
                words("span", f"{somebody} {did}{when}{to}.")
            with ui.element("div").classes("actions"):
                for word, take in (("Use theirs", True), ("Keep mine", False)):
                    handler = self._visit.act(lambda take=take: self._decide(part, take))
                    button(word, handler, "btn-small").props["aria-label"] = f"{word}: {name}"


def when_words(who: Who, visit: Visit) -> str:
    """When that was, to follow a sentence; "" where it was not seen."""
    if who is None:
        return ""
    return f" at {clock(who.at, visit.zone, visit.services.now())}"


def who_words(who: Who, visit: Visit) -> str:
    """Somebody at the beginning of a sentence."""
    if who is None:
        return "Somebody"
    kind, name = who.actor.kind, who.actor.id
    if kind is Kind.SYSTEM:
        return "This server"
    if kind is Kind.API_KEY:
        return f"API key {contained(name)}"
    mine = kind is visit.actor.kind and name == visit.actor.id
    return "You, in another window," if mine else contained(name)


def _listed(parts: list[str]) -> str:
    """ "the name, the phone and the note"."""
    names = [f"the {NAMES[part]}" for part in parts]
    return f"{', '.join(names[:-1])} and {names[-1]}" if names[1:] else names[0]
