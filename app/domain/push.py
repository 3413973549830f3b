"""Web Push as far as it is facts and rules: the address of a browser, the answer of its service.

A browser gives its page an address at the push service of its maker (RFC 8030), and two secrets
for what is sent there (RFC 8291). The address comes from outside and is called by our server, so
only the services of the known makers are called. Pure.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from hashlib import sha256
from typing import Final, NamedTuple

from app.domain.errors import OnthewayError

SERVICES: Final = frozenset(
    {
        "fcm.googleapis.com",
        ".push.services.mozilla.com",
        ".notify.windows.com",
        ".push.apple.com",
    }
)
"""Whose browsers are told: Chrome and most others, Firefox, Edge, Safari. With a dot in front:
every host below it."""
LONGEST_ENDPOINT: Final = 1_024
KEY_BYTES: Final = 65
AUTH_BYTES: Final = 16

_ENDPOINT: Final = re.compile(
    r"https://((?:[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}(?::[0-9]{1,5})?)/[!-\[\]-~]*", re.ASCII
)
"""The name of the host in labels as DNS has them: what looks it up stumbles over others."""
_BASE64: Final = re.compile(r"([A-Za-z0-9_-]{1,128})={0,2}", re.ASCII)
_PRIME: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
"""The curve P-256 is y² = x³ - 3x + b modulo the prime."""


@dataclass(frozen=True, slots=True)
class PushAddress:
    """Where a browser is told something: ``endpoint`` is secret, like a link; ``key`` its public
    key, a point of P-256 as 65 bytes; ``auth`` 16 bytes that only it and we know."""

    endpoint: str = field(repr=False)
    key: bytes = field(repr=False)
    auth: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """What the browser's page calls it; tells nobody the endpoint."""
        return to_base64(sha256(self.endpoint.encode()).digest())

    @property
    def service(self) -> str:
        """The host of its push service, with the port where that is not 443."""
        return self.endpoint.split("/", 3)[2].removesuffix(":443")


def push_address(
    endpoint: object, key: object, auth: object, services: Collection[str] = SERVICES
) -> PushAddress:
    """The address that a browser says is its own.

    Raises ``invalid_field`` that names what is wrong, also for a service that is not one of
    ``services``.
    """
    if not isinstance(endpoint, str) or len(endpoint) > LONGEST_ENDPOINT:
        raise _wrong("endpoint", f"must be text of at most {LONGEST_ENDPOINT} characters")
    if "#" in endpoint or _ENDPOINT.fullmatch(endpoint) is None:
        raise _wrong("endpoint", "must be an https address")
    address = PushAddress(
        endpoint,
        _bytes(key, "keys.p256dh", KEY_BYTES),
        _bytes(auth, "keys.auth", AUTH_BYTES),
    )
    if not is_served(address.service, services):
        raise _wrong("endpoint", "must be at the push service of a known browser")
    if not _is_point(address.key):
        raise _wrong("keys.p256dh", "must be a point of the curve P-256")
    return address


def is_served(service: str, services: Collection[str]) -> bool:
    """Whether this host is one of those, or below one."""
    below = tuple(each for each in services if each.startswith("."))
    return not service.startswith(".") and (service in services or service.endswith(below))


def to_base64(data: bytes) -> str:
    """As RFC 7515 writes bytes: for addresses, without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(value: object, name: str, count: int) -> bytes:
    match = _BASE64.fullmatch(value) if isinstance(value, str) else None
    text = match[1] if match else ""
    if len(text) % 4 != 1:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if len(data) == count:
            return data
    raise _wrong(name, f"must be {count} bytes in base64url")


def _is_point(key: bytes) -> bool:
    """A point of P-256, uncompressed (SEC 1, 2.3.4)."""
    x, y = int.from_bytes(key[1:33]), int.from_bytes(key[33:])
    return key[0] == 4 and max(x, y) < _PRIME and (y * y - x * x * x + 3 * x - _B) % _PRIME == 0


def _wrong(name: str, sentence: str) -> OnthewayError:
    return OnthewayError("invalid_field", f"{name} {sentence}.", field=name)


# --- answers -----------------------------------------------------------------------------


class Verdict(Enum):
    """What became of a message."""

    TAKEN = auto()
    GONE = auto()
    """There is nobody at this address any more."""
    LATER = auto()
    REFUSED = auto()


class Reply(NamedTuple):
    """The answer of a push service; ``wait`` are seconds that it asks for, None: it says none."""

    verdict: Verdict
    wait: float | None = None


def reply(status: int, retry_after: str | None, now: float) -> Reply:
    """What an answer means; ``now`` in seconds since the epoch."""
    if status in {404, 410}:
        return Reply(Verdict.GONE)
    if status == 429 or status >= 500:
        return Reply(Verdict.LATER, _wait(retry_after, now))
    return Reply(Verdict.TAKEN if 200 <= status < 300 else Verdict.REFUSED)


def _wait(text: str | None, now: float) -> float | None:
    """``Retry-After`` in either form (RFC 9110 10.2.3)."""
    if text is None or len(text) > 64:
        return None
    if text.strip().isascii() and text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return None
