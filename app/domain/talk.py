"""What people write about an order: who may write what, how long, in which phase. Pure.

A *note* is one text of the customer for his driver; the next replaces it. A *question* of the
customer waits until the staff send an *answer*. A *word* goes from the staff to the driver.
"""

import unicodedata
from enum import StrEnum
from typing import Final

from app.domain.errors import OnthewayError
from app.domain.order import OPEN, Status
from app.domain.times import DAY

LONGEST_NOTE: Final = 500
LONGEST_TEXT: Final = 1_000
MOST_MESSAGES: Final = 200
"""Questions of one order; the staff's answers and words are as many, and counted apart."""
MOST_WORDS: Final = 20
"""The newest words that a driver is told with the order."""
STARS: Final = range(1, 6)
RATING_CHANGES: Final = DAY
"""So long after the first rating it may be another."""

_UNSEEN: Final = frozenset({"Cc", "Cs"})
_BLANK: Final = frozenset({"Cc", "Cf", "Zs"})
_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINES: Final = dict.fromkeys(map(ord, "\x0b\x0c\x85\u2028\u2029"), "\n") | {ord("\t"): " "}


class Kind(StrEnum):
    """What a message is."""

    QUESTION = "question"
    """Customer to business."""
    ANSWER = "answer"
    """Business to customer."""
    WORD = "word"
    """Business to driver."""


FOR_CUSTOMERS: Final = frozenset({Kind.QUESTION, Kind.ANSWER})
"""What the customer reads."""


def plain_text(value: object, field: str, longest: int) -> str:
    """The text as it is kept and shown: composed, lines ended by LF, nothing unseen in it.

    Characters that cannot be seen, or turn the direction of others, are left out. Raises
    ``invalid_field`` that names ``field`` for what is no text, or too long.
    """
    if not isinstance(value, str):
        raise _wrong(field, "must be text")
    if len(value) > 4 * longest:  # spaces and unseen characters count for nothing, within reason
        raise _wrong(field, f"must have at most {longest} characters")
    lined = value.replace("\r\n", "\n").replace("\r", "\n").translate(_LINES)
    seen = "".join(char for char in lined if char == "\n" or _is_seen(char))
    text = unicodedata.normalize("NFC", seen).strip()
    if len(text) > longest:
        raise _wrong(field, f"must have at most {longest} characters")
    # What joins letters has its place between them, and alone says nothing.
    return text if any(unicodedata.category(char) not in _BLANK for char in text) else ""


def written(value: object, field: str, longest: int) -> str:
    """As `plain_text`, but there must be some."""
    text = plain_text(value, field, longest)
    if not text:
        raise _wrong(field, "must not be empty")
    return text


def check_note(status: Status) -> None:
    """Raise ``illegal_step`` when no driver will read a note any more."""
    if status not in OPEN:
        raise OnthewayError("illegal_step", "The order is over; no driver reads a note any more.")


def check_word(status: Status, *, has_driver: bool) -> None:
    """Raise ``illegal_step`` when there is no driver who would read a word."""
    if status not in OPEN or not has_driver:
        raise OnthewayError("illegal_step", "No driver has this order now.", field="to")


def may_rate(status: Status, rated_at: int | None, now: int) -> bool:
    """Whether the customer may rate now: once it is delivered, and a day long again."""
    return status is Status.DELIVERED and (rated_at is None or now < rated_at + RATING_CHANGES)


def check_rating(status: Status, rated_at: int | None, now: int) -> None:
    """Raise ``illegal_step`` unless `may_rate`."""
    if may_rate(status, rated_at, now):
        return
    if status is not Status.DELIVERED:
        raise OnthewayError("illegal_step", "Only a delivered order can be rated.")
    raise OnthewayError("illegal_step", "A rating can be changed for a day, which is over.")


def _is_seen(char: str) -> bool:
    return char not in _TURNS and unicodedata.category(char) not in _UNSEEN


def _wrong(field: str, sentence: str) -> OnthewayError:
    return OnthewayError("invalid_field", f"{field} {sentence}.", field=field)
