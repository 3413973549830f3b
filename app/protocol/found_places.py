"""The answer of an address search as Nominatim writes it (`format=jsonv2`): places, labels. Pure.

Another program wrote it, so nothing in it is trusted: what has no place on earth or no label is
left out.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from app.domain.geo import Place, is_place

MOST_FOUND: Final = 5
LONGEST_LABEL: Final = 300


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place that fits an address, and what it is called, on one line."""

    place: Place
    label: str


def parse_found(data: bytes) -> list[FoundPlace]:
    """The best places, at most `MOST_FOUND`; raises `ValueError` when it is no list in JSON."""
    try:
        items = msgspec.json.decode(data, type=list[Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("not a list in JSON") from error
    found: dict[FoundPlace, None] = {}
    for item in items:
        place = _found(item) if isinstance(item, Mapping) else None
        if place is not None:
            found[place] = None
    return list(found)[:MOST_FOUND]


def _found(item: Mapping[str, Any]) -> FoundPlace | None:
    lat, lng = _degrees(item.get("lat")), _degrees(item.get("lon"))
    name = item.get("display_name")
    label = _line(name) if isinstance(name, str) else ""
    return FoundPlace(Place(lat, lng), label) if label and is_place(lat, lng) else None


def _degrees(value: object) -> float:
    """Nominatim writes numbers as texts; others that speak its language do not."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def _line(text: str) -> str:
    """On one line, without what cannot be seen."""
    seen = "".join(" " if ord(char) < 32 or 127 <= ord(char) < 160 else char for char in text)
    return " ".join(seen.split())[:LONGEST_LABEL]
