"""One colour of a business, made readable on light and on dark grounds (WCAG 2, 4.5 : 1). Pure.

Colours are "#rrggbb" in lower case.
"""

import re
from dataclasses import dataclass
from typing import Final

from app.domain.errors import OnthewayError

ENOUGH: Final = 4.5
"""The least contrast of text with its ground."""
LIGHT_GROUNDS: Final = ("#ffffff", "#f6f7f9")
DARK_GROUNDS: Final = ("#0e1116", "#161b22", "#1d232c")
"""What coloured text stands on: the tokens --bg, --surface and --raised of the stylesheet."""
WHITE: Final = "#ffffff"
BLACK: Final = "#000000"

_STEPS: Final = 100
_HEX: Final = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shade:
    """A colour for text and marks, and the colour of text ``on`` it."""

    colour: str
    on: str


@dataclass(frozen=True, slots=True)
class Shades:
    """The same colour in both looks of a page."""

    light: Shade
    dark: Shade


def parse_colour(text: str) -> str:
    """ "0F766E" or "#abc" as "#rrggbb"; raises ``invalid_field`` colour."""
    match = _HEX.fullmatch(text.strip().lower())
    if match is None:
        raise OnthewayError(
            "invalid_field", "A colour is six digits such as #0f766e.", field="colour"
        )
    digits = match[1]
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(one: str, other: str) -> float:
    """How well two colours can be told apart: from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def shades(colour: str) -> Shades:
    """The colour itself where it can be read; else the nearest darker, or lighter, one."""
    return Shades(_readable(colour, LIGHT_GROUNDS, BLACK), _readable(colour, DARK_GROUNDS, WHITE))


def _readable(colour: str, grounds: tuple[str, ...], towards: str) -> Shade:
    for step in range(_STEPS):
        mixed = _mix(colour, towards, step / _STEPS)
        if min(contrast(mixed, ground) for ground in grounds) >= ENOUGH:
            return _shade(mixed)
    return _shade(towards)


def _shade(colour: str) -> Shade:
    """White on it where that can be read; black can be wherever white cannot."""
    return Shade(colour, WHITE if contrast(WHITE, colour) >= ENOUGH else BLACK)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
