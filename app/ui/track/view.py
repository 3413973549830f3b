"""What the customer's page shows in its first HTML: the order in words. Pure.

Makes the same choices as static/track/track.js, which goes on from here.
"""

from dataclasses import dataclass
from string import Formatter
from typing import Any, Final

from app.domain.eta import Window, overdue
from app.domain.order import FINAL, Status
from app.domain.times import MINUTE, SECOND, format_time
from app.ui.track.language import Speech
from app.ui.track.times import Times
from app.ui.track.words import ICONS, choose_sentence, milestone, steps_done

STALE: Final = MINUTE
"""From this age on a place is shown as old."""
SOON: Final = 10 * MINUTE
"""An arrival window that ends so soon is "a few minutes": more would be false precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the customer may know of the order now; times in microseconds.

    ``late_after``: so far behind its window the order is late.
    """

    order_id: str
    status: Status
    timeline: list[tuple[Status, int]]
    name: str
    vehicle: str | None
    eta: Window | None
    window: Window | None
    late_after: int
    fix_at: int | None
    address: str | None
    note: str | None
    business: str | None
    has_map: bool

    @property
    def over(self) -> bool:
        """Whether the order has ended."""
        return self.status in FINAL

    def coming(self, now: int) -> Window | None:
        """The arrival window, while it is one."""
        return self.eta if self.eta and self.eta.end > now and not self.over else None

    def stale(self, now: int) -> bool:
        """Whether the place of the courier is old."""
        return self.fix_at is not None and now - self.fix_at >= STALE

    def soon(self, now: int) -> bool:
        """Whether it arrives within minutes."""
        coming = self.coming(now)
        return coming is not None and coming.end - now <= SOON

    def dated(self, now: int) -> bool:
        """Whether there is something to put into a calendar."""
        if self.over or self.soon(now):
            return False
        return any(window and window.end > now for window in (self.window, self.eta))

    def late(self, now: int) -> bool:
        """Whether it is, or will probably be, later than was planned; as staff see it."""
        if self.window is None or self.over:
            return False
        return overdue(self.window, self.eta, now) > self.late_after


def view(seen: Seen, speech: Speech, times: Times, now: int) -> dict[str, Any]:
    """The variables of track.html."""
    shown = _View(seen, speech, times, now)
    bad_end = seen.over and seen.status is not Status.DELIVERED
    return {
        "status": seen.status.value,
        "order_id": seen.order_id,
        "address": seen.address,
        "business": seen.business,
        "has_map": seen.has_map,
        "sentence": shown.sentence(),
        "reason": speech.apart(seen.note or "") if bad_end else None,
        "late": shown.late(),
        "over": seen.over,
        "dated": seen.dated(now),
        "more": shown.more(),
        "fresh": shown.freshness(),
        "fresh_kind": "weak" if seen.stale(now) else "live",
        "driver": shown.driver(),
        "events": shown.events(),
        **shown.progress(),
    }


class _View:
    """The same for every part: what is seen, in which words, when."""

    def __init__(self, seen: Seen, speech: Speech, times: Times, now: int) -> None:
        self._seen = seen
        self._speech = speech
        self._words = speech.words
        self._times = times
        self._now = now
        self._coming = seen.coming(now)
        self._soon = seen.soon(now)

    def sentence(self) -> list[tuple[str | None, str]]:
        """The sentence in pieces, each with the name of the field that it came from."""
        seen, times = self._seen, self._times
        ended_at = seen.timeline[-1][1] if seen.over and seen.timeline else None
        key = choose_sentence(
            seen.status,
            has_name=bool(seen.name),
            arrival="soon" if self._soon else "eta" if self._coming else "",
            ended_today=None if ended_at is None else times.is_today(ended_at),
        )
        values = {
            "name": seen.name,
            "window": times.window(self._coming) if self._coming else "",
            "time": "" if ended_at is None else times.clock(ended_at),
            "day": "" if ended_at is None else times.day(ended_at),
        }
        pieces: list[tuple[str | None, str]] = []
        for text, field, _, _ in Formatter().parse(self._words["sentences"][key]):
            if text:
                pieces.append((None, text))
            if field:
                pieces.append((field, self._speech.apart(values[field])))
        return pieces

    def late(self) -> str | None:
        """That it is late, said plainly."""
        if self._seen.window is None or not self._seen.late(self._now):
            return None
        return self._fill("more", "late", window=self._times.window(self._seen.window))

    def more(self) -> str | None:
        """The line below the sentence."""
        seen = self._seen
        if seen.over:
            key = seen.status.value
            if seen.business and f"{key}_shop" in self._words["more"]:
                return self._fill("more", f"{key}_shop", shop=seen.business)
            return self._fill("more", key)
        if self._coming is not None and seen.status is not Status.IN_TRANSIT:
            if self._soon:
                return self._fill("more", "soon")
            return self._fill("more", "arriving_at", window=self._times.window(self._coming))
        if self._coming is None and seen.window is not None and not seen.late(self._now):
            return self._fill("more", "window", window=self._times.window(seen.window))
        return None

    def freshness(self) -> str | None:
        """How old the place of the courier is."""
        seen = self._seen
        if seen.fix_at is None or seen.over:
            return None
        if seen.stale(self._now):
            return self._fill("live", "last_seen", time=self._times.short(seen.fix_at))
        seconds = max(0, self._now - seen.fix_at) // SECOND
        if seconds < 2:
            return self._fill("live", "now")
        return self._speech.count(self._words["live"]["seconds"], seconds)

    def driver(self) -> dict[str, str] | None:
        """Who brings it; a vehicle that is not known is shown as it is written."""
        seen = self._seen
        if not seen.name or seen.over:
            return None
        vehicle = (seen.vehicle or "").strip()
        return {
            "name": seen.name,
            "initial": seen.name[:1].upper(),
            "vehicle": self._words["vehicles"].get(vehicle.lower(), vehicle),
        }

    def events(self) -> list[dict[str, str]]:
        """The timeline."""
        return [
            {
                "status": status.value,
                "icon": ICONS["pending" if index == 0 else status],
                "word": self._words["events"]["ordered" if index == 0 else status.value],
                "iso": format_time(at),
                "time": self._times.short(at),
            }
            for index, (status, at) in enumerate(self._seen.timeline)
        ]

    def progress(self) -> dict[str, Any]:
        """The five parts of the line in per cent, its three labels, and its words for readers."""
        events, timeline = self._words["events"], self._seen.timeline
        done = steps_done(timeline)
        status, at = timeline[-1] if timeline else (Status.PENDING, 0)
        middle = milestone(timeline)
        word = events["ordered" if len(timeline) < 2 else status.value]
        return {
            "bar": [round(100 * min(1.0, max(0.0, done - part))) for part in range(5)],
            "labels": (
                self._label("ordered", timeline[0][1] if timeline else None),
                self._label(*middle) if middle else "",
                self._label(status, at) if status in FINAL else events["door"],
            ),
            "step_label": self._fill("live", "step", n=-int(-done // 1), word=word),
        }

    def _label(self, event: str, at: int | None) -> str:
        word = str(self._words["events"][event])
        return word if at is None else f"{word} {self._speech.apart(self._times.short(at))}"

    def _fill(self, group: str, key: str, **values: object) -> str:
        return self._speech.fill(self._words[group][key], **values)
