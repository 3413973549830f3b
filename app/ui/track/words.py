"""Every sentence of the customer's page, and which one is said when. Pure.

The English sentences are the keys of the catalogues in `locale`: `make words` brings those up to
date. ``{name}`` and the like are filled in by the server first, by the page's script later.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from app.domain.order import FINAL, Status

Plural = tuple[str, str]
"""The same sentence for one and for many."""


def _(text: str) -> str:
    """Marks a sentence for the catalogues."""
    return text


def _n(one: str, many: str) -> Plural:
    """Marks a sentence that counts ``{n}``."""
    return one, many


SENTENCES: Final[dict[str, str]] = {
    "pending": _("We have your order."),
    "assigned": _("A courier will bring your order."),
    "assigned_name": _("{name} will bring your order."),
    "picked_up": _("Your order has been picked up."),
    "picked_up_name": _("{name} has picked up your order."),
    "in_transit": _("Your order is on the way."),
    "in_transit_name": _("{name} is on the way."),
    "in_transit_soon": _("Your order is on the way, arriving in a few minutes."),
    "in_transit_name_soon": _("{name} is on the way, arriving in a few minutes."),
    "in_transit_eta": _("Your order is on the way, arriving {window}."),
    "in_transit_name_eta": _("{name} is on the way, arriving {window}."),
    "arriving": _("Almost there: your order is around the corner."),
    "arriving_name": _("Almost there: {name} is around the corner."),
    "delivered": _("Delivered."),
    "delivered_time": _("Delivered at {time}."),
    "delivered_day": _("Delivered on {day} at {time}."),
    "failed": _("We could not deliver."),
    "cancelled": _("This order was cancelled."),
    "returned": _("Your order went back to the shop."),
    "ended": _("This link has ended."),
}
"""By status, with what is known: ``_name`` the courier's name, ``_eta`` a window, ``_soon`` one
that ends within minutes."""

MORE: Final[dict[str, str]] = {
    "window": _("Planned for {window}."),
    "arriving_at": _("Arriving {window}."),
    "soon": _("Arriving in a few minutes."),
    "late": _("Running late. It was planned for {window}."),
    "delivered": _("Thank you for your order."),
    "failed": _("The shop will agree with you what happens next."),
    "failed_shop": _("{shop} will agree with you what happens next."),
    "cancelled": _("If you did not expect this, please ask the shop."),
    "cancelled_shop": _("If you did not expect this, please ask {shop}."),
    "returned": _("If you still want it, please ask the shop."),
    "returned_shop": _("If you still want it, please ask {shop}."),
    "ended": _("If you still expect an order, please ask the shop for a new link."),
    "ended_shop": _("If you still expect an order, please ask {shop} for a new link."),
}
"""The lines below the sentence; ``_shop`` where the business has a name."""

EVENTS: Final[dict[str, str]] = {
    "ordered": _("Ordered"),
    "pending": _("Waiting for a courier"),
    "assigned": _("Courier found"),
    "picked_up": _("Picked up"),
    "in_transit": _("On the way"),
    "arriving": _("Almost there"),
    "delivered": _("Delivered"),
    "failed": _("Not delivered"),
    "cancelled": _("Cancelled"),
    "returned": _("Back at the shop"),
    "door": _("Your door"),
}
"""The words of the timeline and of the progress line."""

LIVE: Final[dict[str, str | Plural]] = {
    "now": _("seen just now"),
    "seconds": _n("seen {n} second ago", "seen {n} seconds ago"),
    "waiting": _("waiting for the first sign of the courier"),
    "weak": _("The courier\u2019s signal is weak"),
    "weak_name": _("{name}\u2019s signal is weak"),
    "last_seen": _("last seen {time}"),
    "offline": _("You are offline, last news {time}"),
    "lost": _("No connection, last news {time}"),
    "step": _("Step {n} of 5: {word}"),
}

MAP: Final[dict[str, str]] = {
    "map": _("Map"),
    "follows": _("The map follows"),
    "follow": _("Follow"),
    "back": _("Show all"),
    "courier": _("Courier"),
    "shop": _("The shop"),
    "zoom_in": _("Zoom in"),
    "zoom_out": _("Zoom out"),
}

PAGE: Final[dict[str, str]] = {
    "order": _("Your order"),
    "courier": _("Your courier"),
    "history": _("What happened so far"),
    "to": _("To {address}"),
    "number": _("Order {id}"),
    "calendar": _("Add to calendar"),
    "maps": _("Open in maps"),
    "share": _("Share"),
    "copied": _("Link copied"),
    "whole": _("Open the whole page"),
    "language": _("Language"),
    "still": _("Without scripts this page does not move by itself. Open it again for news."),
    "event": _("Your order from {shop}"),
}

BESIDE: Final[dict[str, str]] = {
    "code": _("Code for the courier"),
    "code_when": _("Say it at the door if you are asked for it."),
    "note": _("Note for the courier"),
    "note_label": _("Such as where to ring, or where to leave it"),
    "save": _("Save"),
    "saved": _("Saved. Your courier will see it."),
    "removed": _("The note is removed."),
    "ask": _("Write to the shop"),
    "ask_shop": _("Write to {shop}"),
    "ask_label": _("Your question or problem"),
    "send": _("Send"),
    "sent": _("Sent. The answer will appear here."),
    "you": _("You"),
    "rate": _("How was the delivery?"),
    "star": _("{n} of 5 stars"),
    "rate_label": _("Anything to add? You need not."),
    "rate_send": _("Send rating"),
    "rated": _("Thank you for your rating."),
    "proof": _("Proof of delivery"),
    "photo": _("Photo, {time}"),
    "signature": _("Signature, {time}"),
    "code_right": _("Code confirmed, {time}"),
    "empty": _("Please write something first."),
    "long": _("Not sent: it may have {n} characters at most. Please shorten it."),
    "off": _("Not sent: there is no connection. Your text is still here; please try again."),
    "often": _("Not sent: that was too often. Please try again in half a minute."),
    "closed": _("Not sent: this is no longer possible."),
    "broken": _("Not sent: something went wrong on our side. Please try again."),
}
"""What stands beside the tracking: code, note, conversation, rating, proof; and refusals."""

NOTICES: Final[dict[str, str]] = {
    "offer": _("Tell me when it arrives"),
    "offer_more": _("By a notification on this device, when something happens."),
    "on": _("We will tell you on this device when something happens."),
    "off": _("Turn off notifications"),
    "blocked": _(
        "Your browser blocks notifications from this page. You can allow them in its settings."
    ),
    "failed": _("That did not work. Please try again later."),
    "home": _(
        "Add this page to your home screen first: use Share in your browser, then open it from"
        " there."
    ),
}
"""Notifications, while the page is closed."""

REFUSALS: Final[dict[str, str]] = {
    "never": _("This page does not exist."),
    "never_more": _("Please check the link, or ask the shop for a new one."),
}

VEHICLES: Final[dict[str, str]] = {
    "bike": _("by bike"),
    "bicycle": _("by bike"),
    "cargo bike": _("by cargo bike"),
    "e-bike": _("by e-bike"),
    "car": _("by car"),
    "van": _("by van"),
    "truck": _("by truck"),
    "scooter": _("by scooter"),
    "moped": _("by moped"),
    "motorbike": _("by motorbike"),
    "motorcycle": _("by motorcycle"),
    "foot": _("on foot"),
    "walk": _("on foot"),
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

WORDS: Final[Mapping[str, Mapping[str, str | Plural]]] = {
    "sentences": SENTENCES,
    "more": MORE,
    "events": EVENTS,
    "live": LIVE,
    "map": MAP,
    "page": PAGE,
    "beside": BESIDE,
    "notices": NOTICES,
    "refusals": REFUSALS,
    "vehicles": VEHICLES,
}
"""All of them, to be put into a language."""


def choose_sentence(
    status: Status, *, has_name: bool, arrival: str, ended_today: bool | None
) -> str:
    """The key in `SENTENCES` for what is known.

    ``arrival``: "eta" (a window), "soon" or ""; ``ended_today`` None: the time is not known.
    """
    if status is Status.DELIVERED and ended_today is not None:
        return "delivered_time" if ended_today else "delivered_day"
    key = status.value
    if has_name and f"{key}_name" in SENTENCES:
        key += "_name"
    if arrival and f"{key}_{arrival}" in SENTENCES:
        key += f"_{arrival}"
    return key


def milestone(timeline: Sequence[tuple[Status, int]]) -> tuple[Status, int] | None:
    """What stands in the middle of the progress line: picked up, else courier found; and when.

    None once the order has ended: then the line says when it began and when it ended.
    """
    if timeline and timeline[-1][0] in FINAL:
        return None
    for wanted in (Status.PICKED_UP, Status.ASSIGNED):
        for status, at in reversed(timeline):
            if status is wanted:
                return wanted, at
    return None


def steps_done(timeline: Sequence[tuple[Status, int]]) -> float:
    """How far the order came, in parts of five; an end without delivery adds nothing."""
    reached = [STEPS.get(status, 0) for status, _ in timeline]
    current = timeline[-1][0] if timeline else Status.PENDING
    if current in FINAL and current is not Status.DELIVERED:
        return max(reached, default=0)
    return STEPS[current]
