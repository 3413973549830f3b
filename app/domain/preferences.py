"""What an admin may change while the server runs: the values, their rules, and how they are kept.

Pure: one rule for each value, and the way between a value and the JSON that is stored.
"""

import json
import unicodedata
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from app.domain.colour import parse_colour
from app.domain.errors import OnthewayError
from app.domain.picture import Picture, picture
from app.domain.reporting import ReportRules
from app.domain.sight import SeenFrom, Sight, sight
from app.domain.tiles import check_tile_url
from app.domain.times import MINUTE, SECOND

LONGEST_NAME: Final = 80
LONGEST_ATTRIBUTION: Final = 300
NOT_TEXT: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories that have no place in a line."""
TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what follows them on the page."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When staff are told that something is wrong, in microseconds.

    ``late_after``: so far behind its window an order is late. ``silent_after``: a driver on his
    way who was not seen for so long has lost his signal.
    """

    late_after: int = 0
    silent_after: int = 60 * SECOND


NORMAL: Final = Thresholds()
"""The thresholds of a business that chose none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The values now. ``colour`` None: the product's own; ``tile_url`` None: no tiles;
    ``keep_days`` 0: positions are kept for ever, ``keep_proof_days`` 0: pictures of proof,
    ``keep_message_days`` 0: what people wrote about orders, ``keep_customer_days`` 0: who their
    customers were;
    ``late_after`` minutes; ``silent_after`` and the ``report_…`` seconds; ``arriving_within``
    metres, 0: drivers and staff say it; ``low_battery`` percent."""

    business_name: str = "Ontheway"
    colour: str | None = None
    logo: Picture | None = None
    tile_url: str | None = None
    tile_attribution: str = ""
    courier_from: SeenFrom = SeenFrom.PICKED_UP
    place_from: SeenFrom = SeenFrom.PICKED_UP
    arrival_from: SeenFrom = SeenFrom.PICKED_UP
    customer_notes: bool = True
    customer_messages: bool = True
    customer_notices: bool = True
    late_after: int = 0
    silent_after: int = 60
    arriving_within: int = 0
    keep_days: int = 0
    keep_proof_days: int = 0
    keep_message_days: int = 0
    keep_customer_days: int = 0
    report_near: int = 3
    report_watched: int = 5
    report_overview: int = 15
    report_unwatched: int = 30
    report_saving: int = 20
    low_battery: int = 15

    @property
    def thresholds(self) -> Thresholds:
        """The thresholds as rules count."""
        return Thresholds(self.late_after * MINUTE, self.silent_after * SECOND)

    @property
    def sight(self) -> Sight:
        """What customers may see, and when."""
        return sight(self.courier_from, self.place_from, self.arrival_from)

    @property
    def report_rules(self) -> ReportRules:
        """How often phones should report."""
        return ReportRules(
            near=self.report_near,
            watched=self.report_watched,
            overview=self.report_overview,
            unwatched=self.report_unwatched,
            saving=self.report_saving,
            low_battery=self.low_battery,
        )


WORDS: Final[dict[str, str]] = {
    "business_name": "business name",
    "colour": "colour",
    "logo": "logo",
    "tile_url": "map tiles",
    "tile_attribution": "attribution of the map",
    "courier_from": "when customers read the courier's name",
    "place_from": "when customers see where the courier is",
    "arrival_from": "when customers read the arrival time",
    "customer_notes": "notes for the driver",
    "customer_messages": "messages to the business",
    "customer_notices": "notifications of customers",
    "late_after": "when an order is late",
    "silent_after": "when a signal is lost",
    "arriving_within": "when an order is arriving",
    "keep_days": "how long positions are kept",
    "keep_proof_days": "how long photos and signatures are kept",
    "keep_message_days": "how long messages and notes are kept",
    "keep_customer_days": "how long customers' details are kept",
    "report_near": "reports near an order's end",
    "report_watched": "reports while an order is watched",
    "report_overview": "reports while the fleet is looked at",
    "report_unwatched": "reports while nobody looks",
    "report_saving": "reports with a low battery",
    "low_battery": "when a battery is low",
}
"""What each value is called in a sentence."""


def checked(name: str, value: object) -> Any:
    """The value as it may be used; raises ``invalid_field`` that names the field."""
    rule = RULES.get(name)
    if rule is None:
        raise OnthewayError("invalid_field", "There is no such setting.", field=name)
    return rule(value)


def to_json(value: object) -> str:
    """How a checked value is kept."""
    if isinstance(value, Picture):
        value = b64encode(value.body).decode()
    return json.dumps(value, ensure_ascii=False)


def from_json(name: str, text: str) -> Any:
    """A value that was kept; raises ``invalid_field`` when it is none any more."""
    try:
        value = json.loads(text)
        if name == "logo" and isinstance(value, str):
            value = b64decode(value, validate=True)
    except (ValueError, NotBase64, RecursionError):
        raise OnthewayError("invalid_field", "The kept setting is damaged.", field=name) from None
    return checked(name, value)


# --- the rules ---------------------------------------------------------------------------


def _name(value: object) -> str:
    text = _line(value, "business_name", "The business name", LONGEST_NAME)
    if not text:
        raise _wrong("business_name", "Please enter the name of the business.")
    return text


def _line(value: object, name: str, what: str, longest: int) -> str:
    text = unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else None
    if text is None or len(text) > longest:
        raise _wrong(name, f"{what} has at most {longest} characters.")
    if any(unicodedata.category(char) in NOT_TEXT or char in TURNS for char in text):
        raise _wrong(name, f"{what} has characters that cannot be shown.")
    return text


def _colour(value: object) -> str | None:
    return None if value is None or value == "" else parse_colour(str(value))


def _logo(value: object) -> Picture | None:
    if value is None or isinstance(value, Picture):
        return value
    if not isinstance(value, bytes):
        raise _wrong("logo", "A logo must be a PNG, JPEG or WebP file.")
    return picture(value)


def _tile_url(value: object) -> str | None:
    return None if value is None else check_tile_url(str(value))


def _yes_or_no(name: str, sentence: str) -> Callable[[object], bool]:
    def rule(value: object) -> bool:
        if not isinstance(value, bool):
            raise _wrong(name, sentence)
        return value

    return rule


def _since(name: str) -> Callable[[object], SeenFrom]:
    def rule(value: Any) -> SeenFrom:
        try:
            return SeenFrom(value)
        except ValueError:
            raise _wrong(name, "Please choose from when customers see it.") from None

    return rule


def _number(name: str, least: int, most: int, unit: str) -> Callable[[object], int]:
    def rule(value: object) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise _wrong(name, f"Please enter a whole number of {unit}, {least} to {most}.")
        return value

    return rule


def _wrong(name: str, sentence: str) -> OnthewayError:
    return OnthewayError("invalid_field", sentence, field=name)


RULES: Final[dict[str, Callable[[object], Any]]] = {
    "business_name": _name,
    "colour": _colour,
    "logo": _logo,
    "tile_url": _tile_url,
    "tile_attribution": lambda value: _line(
        value, "tile_attribution", "The attribution", LONGEST_ATTRIBUTION
    ),
    "courier_from": _since("courier_from"),
    "place_from": _since("place_from"),
    "arrival_from": _since("arrival_from"),
    "customer_notes": _yes_or_no("customer_notes", "Please choose yes or no."),
    "customer_messages": _yes_or_no("customer_messages", "Please choose yes or no."),
    "customer_notices": _yes_or_no("customer_notices", "Please choose yes or no."),
    "late_after": _number("late_after", 0, 240, "minutes"),
    "silent_after": _number("silent_after", 15, 3_600, "seconds"),
    "arriving_within": _number("arriving_within", 0, 5_000, "metres"),
    "keep_days": _number("keep_days", 0, 3_650, "days"),
    "keep_proof_days": _number("keep_proof_days", 0, 3_650, "days"),
    "keep_message_days": _number("keep_message_days", 0, 3_650, "days"),
    "keep_customer_days": _number("keep_customer_days", 0, 3_650, "days"),
    "report_near": _number("report_near", 1, 600, "seconds"),
    "report_watched": _number("report_watched", 1, 600, "seconds"),
    "report_overview": _number("report_overview", 1, 600, "seconds"),
    "report_unwatched": _number("report_unwatched", 1, 600, "seconds"),
    "report_saving": _number("report_saving", 1, 600, "seconds"),
    "low_battery": _number("low_battery", 0, 100, "percent"),
}
"""Name -> what makes a value of it, or refuses."""
