"""The text of a message as staff may see it raw: every secret masked, long ones cut. Pure.

What is named like a secret is masked whatever it holds, and so is whatever looks like one of our
tokens, wherever it stands. A text without either is shown as it came, to the last space.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from app.web.redact import HIDDEN, redact

LONGEST: Final = 4_000
"""Characters that are shown of one message."""

_NAMES: Final = re.compile(
    r"token|secret|passw|api.?key|authorization|cookie|driverurl|trackingurl", re.IGNORECASE
)
# 24 random bytes as base64url (contract section 5) hold both cases; usual ids so long do not.
_TOKEN: Final = re.compile(
    r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[A-Za-z0-9_-]{32}(?![\w-])", re.ASCII
)


def shown(message: bytes) -> str:
    """The text of a message without secrets."""
    text = _TOKEN.sub(HIDDEN, redact(_masked(message)))
    more = len(text) - LONGEST
    return text if more <= 0 else f"{text[:LONGEST]} … {more:,} more characters"


def _masked(message: bytes) -> str:
    try:
        value = msgspec.json.decode(message)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return message.decode("utf-8", "replace")
    if not _holds_secret(value):
        return message.decode()
    return msgspec.json.encode(_without_secrets(value)).decode()


def _holds_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_NAMES.search(name) or _holds_secret(held) for name, held in value.items())
    return isinstance(value, list) and any(map(_holds_secret, value))


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: HIDDEN if _NAMES.search(name) else _without_secrets(held)
            for name, held in value.items()
        }
    return [_without_secrets(held) for held in value] if isinstance(value, list) else value
