"""What the customer's page shows in its first HTML: the order in words. Pure.

Makes the same choices as static/track.js, which goes on from here.
"""

from dataclasses import dataclass
from string import Formatter
from typing import Any, Final

from app.domain.eta import Window
from app.domain.order import FINAL, Status
from app.domain.times import MINUTE, SECOND, format_time
from app.ui.track.words import (
    EVENTS,
    ICONS,
    LIVE,
    MORE,
    SENTENCES,
    Times,
    choose_sentence,
    milestone,
    steps_done,
    vehicle_words,
)

STALE: Final = MINUTE
"""From this age on a place is shown as old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the customer may know of the order now; times in microseconds."""

    order_id: str
    status: Status
    timeline: list[tuple[Status, int]]
    name: str
    vehicle: str | None
    eta: Window | None
    window: Window | None
    fix_at: int | None
    address: str | None
    note: str | None
    business: str | None
    has_map: bool

    @property
    def over(self) -> bool:
        """Whether the order has ended."""
        return self.status in FINAL


def view(seen: Seen, times: Times, now: int) -> dict[str, Any]:
    """The variables of track.html."""
    coming = seen.eta if seen.eta and seen.eta.end > now and not seen.over else None
    bad_end = seen.over and seen.status is not Status.DELIVERED
    return {
        "status": seen.status.value,
        "order_id": seen.order_id,
        "address": seen.address,
        "business": seen.business,
        "has_map": seen.has_map,
        "sentence": _sentence(seen, coming, times, now),
        "reason": seen.note if bad_end else None,
        "more": _more(seen, coming, times, now),
        "fresh": _freshness(seen, times, now),
        "driver": _driver(seen),
        "events": _events(seen.timeline, times),
        **_progress(seen.timeline, times),
    }


def _sentence(
    seen: Seen, coming: Window | None, times: Times, now: int
) -> list[tuple[str | None, str]]:
    """The sentence in pieces, each with the name of the field that it came from."""
    ended_at = seen.timeline[-1][1] if seen.over and seen.timeline else None
    key = choose_sentence(
        seen.status,
        has_name=bool(seen.name),
        has_eta=coming is not None,
        ended_today=None if ended_at is None else times.is_today(ended_at),
    )
    values = {
        "name": seen.name,
        "window": times.coming(coming, now) if coming else "",
        "time": "" if ended_at is None else times.clock(ended_at),
        "day": "" if ended_at is None else times.day(ended_at),
    }
    pieces: list[tuple[str | None, str]] = []
    for text, field, _, _ in Formatter().parse(SENTENCES[key]):
        if text:
            pieces.append((None, text))
        if field:
            pieces.append((field, values[field]))
    return pieces


def _more(seen: Seen, coming: Window | None, times: Times, now: int) -> str | None:
    """The line below the sentence."""
    if seen.over:
        text = MORE[seen.status].format(shop=seen.business or MORE["shop"])
        return text[0].upper() + text[1:]
    if coming is not None and seen.status is not Status.IN_TRANSIT:
        return MORE["arriving_at"].format(window=times.coming(coming, now))
    if coming is None and seen.window is not None:
        return MORE["window"].format(window=times.window(seen.window))
    return None


def _freshness(seen: Seen, times: Times, now: int) -> str | None:
    """How old the place of the courier is."""
    if seen.fix_at is None or seen.over:
        return None
    age = max(0, now - seen.fix_at)
    if age >= STALE:
        return LIVE["last_seen"].format(time=times.short(seen.fix_at))
    seconds = age // SECOND
    if seconds < 2:
        return LIVE["now"]
    return LIVE["seconds"].format(n=seconds)


def _driver(seen: Seen) -> dict[str, str] | None:
    if not seen.name or seen.over:
        return None
    return {
        "name": seen.name,
        "initial": seen.name[:1].upper(),
        "vehicle": vehicle_words(seen.vehicle),
    }


def _events(timeline: list[tuple[Status, int]], times: Times) -> list[dict[str, str]]:
    return [
        {
            "status": status.value,
            "icon": ICONS[status],
            "word": EVENTS["ordered" if index == 0 else status.value],
            "iso": format_time(at),
            "time": times.short(at),
        }
        for index, (status, at) in enumerate(timeline)
    ]


def _progress(timeline: list[tuple[Status, int]], times: Times) -> dict[str, Any]:
    """The five parts of the line in per cent, its three labels, and its words for readers."""
    done = steps_done(timeline)
    status, at = timeline[-1] if timeline else (Status.PENDING, 0)
    first = EVENTS["ordered"]
    if timeline:
        first += f" {times.short(timeline[0][1])}"
    middle = milestone(timeline)
    word = EVENTS["ordered" if len(timeline) < 2 else status.value]
    return {
        "bar": [round(100 * min(1.0, max(0.0, done - part))) for part in range(5)],
        "labels": (
            first,
            f"{middle[0]} {times.short(middle[1])}" if middle else "",
            f"{word} {times.short(at)}" if status in FINAL else EVENTS["door"],
        ),
        "step_label": LIVE["step"].format(n=-int(-done // 1), word=word),
    }
