"""Small parts of the staff's pages: buttons, statuses, ages, facts, questions.

Every string is shown as text: attributes from outside are set as values, never as props text.
"""

import inspect
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from nicegui import ui

from app import STATIC
from app.domain.errors import OnthewayError
from app.domain.eta import Window
from app.domain.order import Status
from app.domain.times import DAY, HOUR, MINUTE, SECOND, to_datetime
from app.tracking.records import Order, Spotted
from app.ui.kit.words import Icon, Words, contained, words

ICONS: Final[dict[Status, str]] = {
    Status.PENDING: "schedule",
    Status.ASSIGNED: "person",
    Status.PICKED_UP: "inventory_2",
    Status.IN_TRANSIT: "local_shipping",
    Status.ARRIVING: "near_me",
    Status.DELIVERED: "check_circle",
    Status.FAILED: "error",
    Status.CANCELLED: "cancel",
    Status.RETURNED: "undo",
}
WORDS: Final[dict[Status, str]] = {
    Status.PENDING: "Pending",
    Status.ASSIGNED: "Assigned",
    Status.PICKED_UP: "Picked up",
    Status.IN_TRANSIT: "On the way",
    Status.ARRIVING: "Arriving",
    Status.DELIVERED: "Delivered",
    Status.FAILED: "Failed",
    Status.CANCELLED: "Cancelled",
    Status.RETURNED: "Returned",
}

DASH: Final = "\N{EN DASH}"

Handler = Callable[..., Any]


# --- elements ----------------------------------------------------------------------------


def button(text: str, on_click: Handler | None, kind: str = "", icon: str = "") -> ui.element:
    """A button with a word; ``kind`` are classes such as "btn-primary btn-small"."""
    made = ui.element("button").classes(f"btn {kind}").props("type=button")
    if on_click is not None:
        made.on("click", on_click, [])
    with made:
        if icon:
            icon_for_eye(icon)
        words("span", text).classes("btn-word")
    return made


def icon_button(icon: str, name: str, on_click: Handler) -> ui.element:
    """A button with only an icon; ``name`` is what screen readers and the pointer say."""
    made = ui.element("button").classes("btn btn-quiet btn-icon").props("type=button")
    made.props["aria-label"] = made.props["title"] = name
    made.on("click", on_click, [])
    with made:
        icon_for_eye(icon)
    return made


def replay_link(query: str) -> ui.element:
    """The way to the past of an order or a driver (``query`` says whose)."""
    made = ui.element("a").classes("btn btn-small")
    made.props["href"] = f"/admin/replay?{query}"
    with made:
        icon_for_eye("replay")
        words("span", "Replay").classes("btn-word")
    return made


def copy_button(text: str, word: str = "Copy") -> ui.element:
    """A button that copies ``text`` in the browser (static/staff/staff.js)."""
    made = button(word, None, "btn-small", "content_copy")
    made.props["data-copy"] = text
    with made:
        words("span", "Copied").classes("btn-done").props("role=status")
    return made


def icon_for_eye(name: str) -> Icon:
    """An icon that stands beside a word."""
    return Icon(name)


def age(at: int | None, *, warn: int = 60, bad: int = 300, ago: bool = False) -> Words:
    """How long ago ``at`` (microseconds) is; goes on in the browser. Seconds of the levels;
    ``ago``: as in a sentence."""
    made = words("span", "").classes("age").props(f"data-warn={warn} data-bad={bad}")
    made.props.set_bool("data-ago", ago)
    set_age(made, at)
    return made


def set_age(element: Words, at: int | None) -> None:
    """Count from ``at`` on; None: nothing is known."""
    value = None if at is None else at // 1_000
    if element.props.get("data-age") == value:
        return
    element.props.set_optional("data-age", value)
    element.set_text("")


class StatusMark(ui.element):
    """Icon, word and colour of a status."""

    def __init__(self, status: Status) -> None:
        super().__init__("span")
        self.classes("status")
        with self:
            self._icon = icon_for_eye("")
            self._word = words("span", "")
        self._status: Status | None = None
        self.show(status)

    def show(self, status: Status) -> None:
        """Show another status."""
        if status is self._status:
            return
        old, self._status = self._status, status
        self.classes(add=f"status-{status}", remove=f"status-{old}" if old else None)
        self._icon.set_name(ICONS[status])
        self._word.set_text(WORDS[status])


class Choice(ui.element, component=STATIC / "staff" / "choice.js"):
    """One of several, by the browser's own list: what comes back is the key, never a position."""

    def __init__(self, name: str, chosen: Callable[[str], Any], act: Callable[..., Any]) -> None:
        super().__init__()
        self._options: dict[str, str] = {}
        self._value = ""
        self._chosen = chosen
        self.classes("input choice")
        self.props["aria-label"] = name
        self.on("chosen", act(self._changed))

    @property
    def value(self) -> str:
        """The key that is chosen."""
        return self._value

    def show(self, options: Mapping[str, str], value: str, *, enabled: bool = True) -> None:
        """Offer ``options`` (key to word), one of them chosen."""
        self._value = value
        if options != self._options:
            self._options = dict(options)
            self.props["options"] = [list(option) for option in options.items()]
        state = (value, not enabled)
        if (self.props.get("value"), self.props.get("disabled", False)) != state:
            self.props["value"] = value
            self.props.set_bool("disabled", not enabled)

    async def _changed(self, event: Any) -> None:
        if not isinstance(event.args, str) or event.args not in self._options:
            return
        before, self._value = self._value, event.args
        self.props["value"] = event.args
        try:
            result = self._chosen(event.args)
            if inspect.isawaitable(result):
                await result
        except OnthewayError:
            self._value = before
            self.props["value"] = before
            raise


# --- words -------------------------------------------------------------------------------


def title_of(order: Order) -> str:
    """What staff call an order: its number and its customer."""
    customer = order.details.customer
    name = customer.name if customer else None
    return f"#{order.id} · {contained(name)}" if name else f"#{order.id}"


def clock(at: int, zone: tzinfo, now: int) -> str:
    """A time of day; with the date when it is not today, and the year when not of this one."""
    there, today = _in_zone(at, zone), _in_zone(now, zone)
    time = f"{there:%H:%M}"
    if there.date() == today.date():
        return time
    year = f" {there.year}" if there.year != today.year else ""
    return f"{there.day} {there:%b}{year} {time}"


def _in_zone(at: int, zone: tzinfo) -> datetime:
    """In UTC where a zone would lead beyond the year 9999."""
    there = to_datetime(at)
    try:
        return there.astimezone(zone)
    except OverflowError:
        return there


def window_words(window: Window, zone: tzinfo, now: int) -> str:
    """Begin and end joined by a dash; the date once."""
    end = clock(window.end, zone, now)
    begin = clock(window.begin, zone, now)
    same_day = begin.rpartition(" ")[0] == end.rpartition(" ")[0]
    return f"{begin}{DASH}{end.rpartition(' ')[2]}" if same_day else f"{begin} {DASH} {end}"


def age_words(micros: int) -> str:
    """A duration as tables say it: "12 s", "4 min", "3 h", "2 d"."""
    micros = max(0, micros)
    for unit, word in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if micros >= unit:
            return f"{micros // unit} {word}"
    return f"{micros // SECOND} s"


def place_words(spotted: Spotted | None) -> str:
    """The address, else the coordinates; "" where neither is known."""
    if spotted is None:
        return ""
    if spotted.address:
        return spotted.address
    return f"{spotted.place.lat:.5f}, {spotted.place.lng:.5f}" if spotted.place else ""
