"""Which app a request is from, told by what arrives and never by its Content-Type. Pure.

One more app is one module and one line of `APPS`.
"""

import json
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from app.protocol.apps import gpslogger, osmand, overland, owntracks, traccar
from app.protocol.apps.message import App, NotKnown, Reading, Sent
from app.protocol.apps.named import says_something

APPS: Final = (overland.APP, owntracks.APP, gpslogger.APP, traccar.APP, osmand.APP, traccar.UNSURE)
"""The first that claims a request gets it."""
MOST_FIELDS: Final = 200

KEYS: Final = frozenset(app.key for app in APPS if app.by_key)


def read(method: str, query: bytes, body: bytes) -> tuple[App, Reading]:
    """Whose message it is, and what it says; raises `NotKnown`, and nothing else."""
    sent = _take_apart(method, query, body.strip())
    for app in APPS:
        if app.claims(sent):
            return app, app.read(sent)
    raise NotKnown


def is_silent(query: bytes) -> bool:
    """Whether a query says nothing of a phone, or holds the placeholders of an address that is
    not in the app yet: then a person may have opened it."""
    try:
        fields = _pairs(query)
    except NotKnown:
        return False
    return not says_something(fields) or any(map(_is_placeholder, fields.values()))


def _is_placeholder(value: str) -> bool:
    return value.startswith("{") or value == "%LAT"


def _take_apart(method: str, query: bytes, body: bytes) -> Sent:
    fields = _pairs(query)
    app = fields.pop("app", None)
    app = app if app in KEYS else None
    if body[:1] in (b"{", b"["):
        return Sent(method, fields, json=_object(body), app=app)
    if body:
        return Sent(method, {**fields, **_pairs(body)}, form=True, app=app)
    return Sent(method, fields, app=app)


def _pairs(text: bytes) -> dict[str, str]:
    if not text:
        return {}
    decoded = text.decode("utf-8", "replace")
    if decoded.count("&") >= MOST_FIELDS:
        raise NotKnown
    pairs = [field.partition("=") for field in decoded.replace("+", " ").split("&") if field]
    if "%" not in decoded:
        return {name: value for name, _, value in pairs}
    return {unquote(name): unquote(value) for name, _, value in pairs}


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = _lenient(body)
    if not isinstance(found, dict):
        raise NotKnown
    return found


def _lenient(body: bytes) -> object:
    """JSON with NaN, or with half characters, as some phones write it."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotKnown from None
