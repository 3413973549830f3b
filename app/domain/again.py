"""A failed order that is tried again: another order does it, and the note of the failed one says
which. Pure."""

import re
from typing import Final

from app.domain.order import LONGEST_ID, Status, waits_failed

_TRIED: Final = re.compile(
    rf"(?:^|\s)Tried again as #([A-Za-z0-9._~-]{{1,{LONGEST_ID}}}?)\.$", re.ASCII
)


def note_of_failed(note: str | None, next_id: str, longest: int) -> str:
    """The note of the order that failed, with the order that follows it at its end; the rest
    gives way where it would be longer than ``longest``."""
    said = f"Tried again as #{next_id}."
    before = (note or "")[: longest - len(said) - 1].rstrip()
    return f"{before} {said}" if before else said


def waits_for_somebody(status: Status, ended_at: int | None, note: str | None, now: int) -> bool:
    """Whether an order failed lately, and nobody has done anything about it yet."""
    return waits_failed(status, ended_at, now) and tried_as(note) is None


def tried_as(note: str | None) -> str | None:
    """The order by which this one was tried again, if it was."""
    found = _TRIED.search(note or "")
    return found[1] if found else None
