"""Every sentence of the customer's page, and which one is said when. Pure.

The same words go to the page's script as data, so that each sentence is written once. ``{name}``
and the like are filled in by both sides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.eta import Window
from app.domain.order import FINAL, Status
from app.domain.times import MINUTE, to_datetime

SENTENCES: Final[dict[str, str]] = {
    "pending": "We have your order.",
    "assigned": "A courier will bring your order.",
    "assigned_name": "{name} will bring your order.",
    "picked_up": "Your order has been picked up.",
    "picked_up_name": "{name} has picked up your order.",
    "in_transit": "Your order is on the way.",
    "in_transit_name": "{name} is on the way.",
    "in_transit_eta": "Your order is on the way, arriving {window}.",
    "in_transit_name_eta": "{name} is on the way, arriving {window}.",
    "arriving": "Almost there: your order is around the corner.",
    "arriving_name": "Almost there: {name} is around the corner.",
    "delivered": "Delivered.",
    "delivered_time": "Delivered at {time}.",
    "delivered_day": "Delivered on {day} at {time}.",
    "failed": "We could not deliver.",
    "cancelled": "This order was cancelled.",
    "returned": "Your order went back to the shop.",
    "ended": "This link has ended.",
}
"""By status, with what is known: ``_name`` the courier's name, ``_eta`` a window."""

MORE: Final[dict[str, str]] = {
    "window": "Planned for {window}.",
    "arriving_at": "Arriving {window}.",
    "few": "in a few minutes",
    "delivered": "Thank you for your order.",
    "failed": "{shop} will agree with you what happens next.",
    "cancelled": "If you did not expect this, please ask {shop}.",
    "returned": "If you still want it, please ask {shop}.",
    "ended": "If you still expect an order, please ask {shop} for a new link.",
    "shop": "the shop",
}
"""The line below the sentence."""

EVENTS: Final[dict[str, str]] = {
    "ordered": "Ordered",
    "pending": "Waiting for a courier",
    "assigned": "Courier found",
    "picked_up": "Picked up",
    "in_transit": "On the way",
    "arriving": "Almost there",
    "delivered": "Delivered",
    "failed": "Not delivered",
    "cancelled": "Cancelled",
    "returned": "Back at the shop",
    "door": "Your door",
}
"""The words of the timeline and of the progress line."""

LIVE: Final[dict[str, str]] = {
    "now": "seen just now",
    "second": "seen 1 second ago",
    "seconds": "seen {n} seconds ago",
    "waiting": "waiting for the first sign of the courier",
    "weak": "The courier\u2019s signal is weak",
    "weak_name": "{name}\u2019s signal is weak",
    "last_seen": "last seen {time}",
    "offline": "You are offline, last news {time}",
    "lost": "No connection, last news {time}",
    "step": "Step {n} of 5: {word}",
}

MAP: Final[dict[str, str]] = {
    "map": "Map",
    "follows": "The map follows",
    "follow": "Follow",
    "back": "Show all",
    "courier": "Courier",
}

VEHICLES: Final[dict[str, str]] = {
    "bike": "by bike",
    "bicycle": "by bike",
    "cargo bike": "by cargo bike",
    "e-bike": "by e-bike",
    "car": "by car",
    "van": "by van",
    "truck": "by truck",
    "scooter": "by scooter",
    "moped": "by moped",
    "motorbike": "by motorbike",
    "motorcycle": "by motorcycle",
    "foot": "on foot",
    "walk": "on foot",
}

ICONS: Final[dict[str, str]] = {
    "pending": "schedule",
    "assigned": "person",
    "picked_up": "inventory",
    "in_transit": "shipping",
    "arriving": "near",
    "delivered": "check",
    "failed": "error",
    "cancelled": "cancel",
    "returned": "undo",
}

STEPS: Final[dict[str, float]] = {
    "pending": 1,
    "assigned": 2,
    "picked_up": 3,
    "in_transit": 3.5,
    "arriving": 3.9,
    "delivered": 5,
}
"""How many of the five parts of the progress line are full."""

FEW: Final = 10 * MINUTE
"""What comes within these is said in words, not in times."""

WORDS: Final[Mapping[str, Mapping[str, object]]] = {
    "sentences": SENTENCES,
    "more": MORE,
    "events": EVENTS,
    "live": LIVE,
    "map": MAP,
    "vehicles": VEHICLES,
    "icons": ICONS,
    "steps": STEPS,
}


@dataclass(frozen=True, slots=True)
class Times:
    """Times as people of one zone write them; ``today`` decides whether the day is said."""

    zone: ZoneInfo
    today: date

    def clock(self, moment: int) -> str:
        """ "14:26"."""
        return f"{self._local(moment):%H:%M}"

    def day(self, moment: int) -> str:
        """ "23 November"."""
        local = self._local(moment)
        return f"{local.day} {local:%B}"

    def short(self, moment: int) -> str:
        """ "14:26", with its day unless that is today."""
        local = self._local(moment)
        return (
            self.clock(moment)
            if self.is_today(moment)
            else f"{local.day} {local:%b}, {local:%H:%M}"
        )

    def window(self, window: Window) -> str:
        """ "14:20-14:30" with an en dash, with its day unless that is today."""
        return f"{self.short(window.begin)}\u2013{self.clock(window.end)}"

    def coming(self, window: Window, now: int) -> str:
        """As `window`; in words where it ends so soon that times would say too much."""
        return MORE["few"] if window.end - now <= FEW else self.window(window)

    def is_today(self, moment: int) -> bool:
        """Whether ``moment`` lies on today's date here."""
        return self._local(moment).date() == self.today

    def _local(self, moment: int) -> datetime:
        return to_datetime(moment).astimezone(self.zone)


def choose_sentence(
    status: Status, *, has_name: bool, has_eta: bool, ended_today: bool | None
) -> str:
    """The key in `SENTENCES` for what is known; ``ended_today`` None: the time is not known."""
    if status is Status.DELIVERED and ended_today is not None:
        return "delivered_time" if ended_today else "delivered_day"
    key = status.value
    if has_name and f"{key}_name" in SENTENCES:
        key += "_name"
    if has_eta and f"{key}_eta" in SENTENCES:
        key += "_eta"
    return key


def milestone(timeline: Sequence[tuple[Status, int]]) -> tuple[str, int] | None:
    """The word and time for the middle of the progress line: picked up, else courier found.

    None once the order has ended: then the line says when it began and when it ended.
    """
    if timeline and timeline[-1][0] in FINAL:
        return None
    for wanted in (Status.PICKED_UP, Status.ASSIGNED):
        for status, at in reversed(timeline):
            if status is wanted:
                return EVENTS[status], at
    return None


def steps_done(timeline: Sequence[tuple[Status, int]]) -> float:
    """How far the order came, in parts of five; an end without delivery adds nothing."""
    reached = [STEPS.get(status, 0) for status, _ in timeline]
    current = timeline[-1][0] if timeline else Status.PENDING
    if current in FINAL and current is not Status.DELIVERED:
        return max(reached, default=0)
    return STEPS[current]


def vehicle_words(vehicle: str | None) -> str:
    """ "by bike" for "bike"; what is not known is shown as it is written."""
    return VEHICLES.get((vehicle or "").strip().lower(), vehicle or "")
