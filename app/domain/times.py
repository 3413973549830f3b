"""Times: integer microseconds since the Unix epoch inside, RFC 3339 or epoch numbers outside.

Reads no clock: "now" is always an argument elsewhere.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

EARLIEST: Final = 0
LATEST: Final = 253_402_300_800 * SECOND
"""Times from 1970 to 9999 are taken: a phone's wrong clock is no reason to lose its fix."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?"
    r"(?:[Zz]|([+-])(\d{2}):?(\d{2}))",
    re.ASCII,
)
_MILLISECONDS_FROM: Final = 100_000_000_000
"""A number from here on counts milliseconds: as seconds it would lie beyond the year 5000."""


def parse_time(value: str | int | float) -> int:
    """Read an RFC 3339 text, epoch seconds or epoch milliseconds; return microseconds.

    A leap second (``:60``, RFC 3339 section 5.7) counts as the second after.
    Raises `ValueError` when it is no time, or lies outside 1970 to 9999.
    """
    moment = _parse_text(value) if isinstance(value, str) else _parse_number(value)
    if not EARLIEST <= moment < LATEST:
        raise ValueError("time out of range")
    return moment


def _parse_number(value: int | float) -> int:
    if not -LATEST < value < LATEST:
        raise ValueError("time out of range")
    if isinstance(value, int) and value >= _MILLISECONDS_FROM:
        return value * 1_000
    scale = 1_000 if abs(value) >= _MILLISECONDS_FROM else SECOND
    return round(value * scale)


def _parse_text(text: str) -> int:
    if len(text) == _USUAL_LENGTH and text[19] == "." and text[23] == "Z":
        millis = text[20:23]
        if millis.isdecimal() and millis.isascii():
            return _begin_of_second(text[:19]) + int(millis) * 1_000
    return _parse_any(text)


_USUAL_LENGTH: Final = len("2026-11-23T09:30:00.250Z")
"""What JavaScript's `toISOString` writes, and most phones."""


@lru_cache(maxsize=1_024)
def _begin_of_second(text: str) -> int:
    """Fixes of many phones fall into the same few seconds."""
    return _parse_any(text + "Z")


def _parse_any(text: str) -> int:
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 time with its offset")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    leap = 1 if second == 60 else 0
    whole = datetime(year, month, day, hour, minute, second - leap, tzinfo=UTC)
    micros = int((match[7] or "")[:6].ljust(6, "0"))
    offset = 0
    if match[8]:
        hours, minutes = int(match[9]), int(match[10])
        if hours > 23 or minutes > 59:
            raise ValueError("offset out of range")
        offset = (hours * HOUR + minutes * MINUTE) * (1 if match[8] == "+" else -1)
    return (whole - _EPOCH) // timedelta(microseconds=1) + leap * SECOND + micros - offset


def format_time(moment: int) -> str:
    """Write microseconds as RFC 3339 in UTC, with milliseconds (microseconds where they count)."""
    second, micros = divmod(moment, SECOND)
    if micros % 1_000 == 0:
        return f"{_whole_second(second)}.{micros // 1_000:03d}Z"
    return f"{_whole_second(second)}.{micros:06d}Z"


@lru_cache(maxsize=1_024)
def _whole_second(second: int) -> str:
    """Most times that are written lie in the same few seconds."""
    return to_datetime(second * SECOND).replace(tzinfo=None).isoformat(timespec="seconds")


def to_datetime(moment: int) -> datetime:
    """The aware UTC datetime of ``moment``."""
    return _EPOCH + timedelta(microseconds=moment)
