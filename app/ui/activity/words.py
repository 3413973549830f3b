"""What the activity log says, in words."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.domain.times import SECOND
from app.tracking.records import Activity
from app.ui.kit.parts import WORDS as STATUS_WORDS
from app.ui.kit.parts import age_words

KINDS: Final[Mapping[str, str]] = {
    "login.succeeded": "Signed in",
    "login.failed": "Sign-in failed",
    "login.ended": "Signed out",
    "login.closed": "Sign-in ended by hand",
    "order.created": "Order made",
    "order.edited": "Order changed",
    "order.assigned": "Order given",
    "order.status": "New status",
    "order.note": "Note of the customer",
    "order.message": "Message",
    "order.settled": "Question settled",
    "order.proof": "Proof of delivery",
    "order.rated": "Delivery rated",
    "order.notices": "Notifications",
    "order.told": "Customer notified",
    "order.exported": "Orders exported",
    "order.imported": "Orders imported",
    "link.created": "Link made",
    "link.revoked": "Link ended",
    "driver.created": "Driver added",
    "driver.edited": "Driver changed",
    "driver.removed": "Driver deactivated",
    "driver.restored": "Driver activated again",
    "driver.token_rotated": "New driver token",
    "driver.duty": "Duty changed",
    "driver.refused": "Driver refused",
    "viewer.refused": "Viewer refused",
    "client.refused": "Viewer refused",
    "staff.refused": "Live map refused",
    "api.refused": "Request refused",
    "page.refused": "Page refused",
    "phone.refused": "Phone app refused",
    "connection.opened": "Connected",
    "connection.closed": "Connection closed",
    "connection.ended": "Disconnected by staff",
    "connection.watched": "Messages watched",
    "block.made": "Blocked for a while",
    "block.lifted": "Block lifted",
    "user.created": "User added",
    "user.password": "New password",
    "user.role": "New role",
    "user.removed": "User removed",
    "apikey.created": "API key made",
    "apikey.revoked": "API key revoked",
    "settings.changed": "Settings changed",
}

GROUPS: Final[Mapping[str, tuple[str, str]]] = {
    "": ("All", ""),
    "orders": ("Orders", "order.|link."),
    "drivers": ("Drivers", "driver."),
    "signins": ("Sign-ins", "login."),
    "sockets": ("Connections", "connection.|block."),
    "people": ("People and keys", "user.|apikey."),
    "settings": ("Settings", "settings."),
    "refused": ("Refused", ".refused|login.failed"),
}
"""Name -> word, and parts of the kinds that belong to it."""

SOCKETS: Final = {"driver": "driver's phone", "viewer": "viewer", "staff": "live map"}
STATUSES: Final = {status.value: word.lower() for status, word in STATUS_WORDS.items()}
BLOCKED: Final = {
    "address": "an address",
    "driver": "a driver's token",
    "customer": "a customer's link",
    "apikey": "an API key",
}
MESSAGES: Final = {
    "question": "from the customer",
    "answer": "to the customer",
    "word": "to the driver",
}
EVENTS: Final = {"on_the_way": "on the way", "late": "running late", **STATUSES}
WHY: Final = {"wrong": "wrong name or password", "throttled": "too many tries"}

Name = Callable[[str], str]
"""A driver's name by his id."""


def kind_words(kind: str) -> str:
    """What happened."""
    return KINDS.get(kind, kind.replace(".", " ").replace("_", " ").capitalize())


def kinds_of(group: str, text: str) -> frozenset[str] | None:
    """The kinds of a group that also hold ``text``, in code or words; None for all."""
    parts = [part for part in GROUPS[group][1].split("|") if part]
    wanted = text.casefold()
    if not parts and not wanted:
        return None
    return frozenset(
        kind
        for kind, words in KINDS.items()
        if (not parts or any(part in kind for part in parts))
        and (wanted in kind or wanted in words.casefold())
    )


def detail_words(entry: Activity, name: Name) -> str:
    """The rest of what is known: "delivered", "wrong name or password"."""
    pieces = [_piece(key, value, name) for key, value in entry.detail.items()]
    return ", ".join(piece for piece in pieces if piece)


def _piece(key: str, value: Any, name: Name) -> str:
    match key:
        case "status":
            return STATUSES.get(str(value), str(value))
        case "driver":
            return f"to {name(str(value))}" if value else "to nobody"
        case "on":
            return "on duty" if value else "off duty"
        case "notices":
            return "switched on" if value else "switched off"
        case "event":
            return EVENTS.get(str(value), str(value))
        case "browsers":
            return "" if value == 1 else f"in {value} browsers"
        case "socket":
            return SOCKETS.get(str(value), str(value))
        case "fields" if isinstance(value, list):
            return ", ".join(map(str, value))
        case "role":
            return f"as {value}"
        case "what":
            return BLOCKED.get(str(value), str(value))
        case "seconds" if isinstance(value, int):
            return f"for {age_words(value * SECOND)}"
        case "message":
            return MESSAGES.get(str(value), str(value))
        case "proof":
            return str(value)
        case "stars":
            return f"{value} of 5 stars"
        case "orders":
            return f"{value} of them"
        case "q":
            return f"those with {value}"
        case "why":
            return WHY.get(str(value), str(value))
        case "code" if isinstance(value, str):
            return value.replace("_", " ")
        case "code":
            return f"code {value}"
        case "id" | "seq" | "name":
            return ""
        case _:
            return f"{key} {value}"
