"""The dialog that makes a link for the customer: until when it is valid is chosen there."""

from collections.abc import Awaitable, Callable
from datetime import datetime, tzinfo
from typing import Final

from nicegui import ui

from app.domain.errors import OnthewayError
from app.domain.times import DAY, HOUR, parse_time
from app.tracking.orders import LINK_GRACE
from app.tracking.records import Link, Order
from app.ui.kit.dialogs import Form, line_of, text_field
from app.ui.kit.parts import Choice, title_of
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

GRACE: Final = f"{LINK_GRACE // HOUR} hours after the order ends"
OWN: Final = "own"
SPANS: Final = {"day": DAY, "week": 7 * DAY}
CHOICES: Final = {
    "": f"Until {GRACE}",
    "day": "For a day",
    "week": "For a week",
    OWN: "Until a time of your own",
}
LONGEST: Final = 366 * DAY
RENEWAL: Final = "The old link ends at once: whoever has it open sees that. Send the new one."


class LinkForm:
    """One open dialog; ``old`` is the link that the new one replaces. ``done`` is called once the
    link is made."""

    def __init__(
        self,
        visit: Visit,
        order: Order,
        done: Callable[[], Awaitable[object]],
        old: Link | None = None,
    ) -> None:
        self._visit = visit
        self._order = order
        self._done = done
        self._old = old
        self._chosen = ""
        what = "Renew the link of" if old else "New link for"
        action = "Renew link" if old else "Make link"
        form = Form(visit, f"{what} {title_of(order)}", action, self._make, small=True)
        with form.body:
            if old is not None:
                words("p", RENEWAL).classes("muted")
            with ui.element("div").classes("field"):
                words("span", "Valid").classes("field-label")
                Choice("Valid", self._choose, visit.act).show(CHOICES, "")
            with ui.element("div") as self._own:
                hint = f"Time in {visit.zone.key}"
                self._until = text_field("Valid until", hint=hint, type="datetime-local")
            self._own.set_visibility(False)

    def _choose(self, chosen: str) -> None:
        self._chosen = chosen
        self._own.set_visibility(chosen == OWN)

    async def _make(self) -> None:
        visit, orders = self._visit, self._visit.services.orders
        end = self._end(visit.services.now())
        await orders.add_link(self._order.id, end, visit.actor)
        if self._old is not None:
            await orders.revoke_link(self._order.id, self._old.id, visit.actor)
        visit.say("The link is renewed: send the new one." if self._old else "There is a new link.")
        await self._done()

    def _end(self, now: int) -> int | None:
        if self._chosen == OWN:
            return end_of(
                line_of(self._until, "day and a time", needed=True), self._visit.zone, now
            )
        span = SPANS.get(self._chosen)
        return None if span is None else now + span


def end_of(text: str | None, zone: tzinfo, now: int) -> int:
    """The moment that a field for day and time says; ``invalid_field`` unless it lies ahead, and
    not more than a year."""
    try:
        end = parse_time(datetime.fromisoformat(text or "").replace(tzinfo=zone).isoformat())
    except (ValueError, OverflowError):
        raise _wrong("Please choose a day and a time.") from None
    if end <= now:
        raise _wrong("This time is over: please choose one that lies ahead.")
    if end > now + LONGEST:
        raise _wrong("A link can be valid for a year at most.")
    return end


def _wrong(sentence: str) -> OnthewayError:
    return OnthewayError("invalid_field", sentence, field="until")
