"""An arrival as an event for calendars, by RFC 5545. Pure."""

from collections.abc import Iterator
from datetime import UTC
from typing import Final

from app.domain.eta import Window
from app.domain.times import to_datetime

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
LONGEST: Final = 75
"""Octets of a line without its end (3.1)."""


def event(*, uid: str, now: int, when: Window, summary: str, place: str | None, url: str) -> bytes:
    """A calendar with the one event; it blocks no time. ``uid`` names it for ever."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Ontheway//Ontheway//EN",
        "BEGIN:VEVENT",
        f"UID:{_text(uid)}",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(when.begin)}",
        f"DTEND:{_moment(when.end)}",
        f"SUMMARY:{_text(summary)}",
        *([f"LOCATION:{_text(place)}"] if place else []),
        f"URL:{url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line))


def _moment(moment: int) -> str:
    """A UTC time (3.3.5, form 2)."""
    return f"{to_datetime(moment).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A TEXT value (3.3.11); control characters have no place in one."""
    value = "\n".join(value.splitlines())
    shown = "".join(sign for sign in value if sign == "\n" or sign.isprintable() or sign > "\x9f")
    for sign in ("\\", ";", ","):
        shown = shown.replace(sign, f"\\{sign}")
    return shown.replace("\n", "\\n")


def _folded(line: str) -> Iterator[bytes]:
    """The line in pieces (3.1), cut between characters; all but the first begin with a space."""
    piece = b""
    for sign in line:
        octets = sign.encode()
        if len(piece) + len(octets) > LONGEST:
            yield piece
            piece = b" "
        piece += octets
    yield piece
