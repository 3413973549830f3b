"""A small picture from outside: what it is by its own bytes, never by its name. Pure.

PNG, JPEG and WebP. SVG is a program for the browser, so it is none.
"""

from dataclasses import dataclass
from hashlib import sha256
from struct import error as ShortBytes
from struct import unpack_from
from typing import Final

from app.domain.errors import OnthewayError

MOST_BYTES: Final = 256 * 1024
MOST_SIDE: Final = 2_048
"""Pixels: a small file can unfold to gigabytes in the browser that shows it."""

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_NO_SIZE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG: markers without a length, and those that tell the size."""


@dataclass(frozen=True, slots=True)
class Picture:
    """``kind`` is png, jpeg or webp; ``digest`` names the bytes."""

    kind: str
    body: bytes
    digest: str

    @property
    def media_type(self) -> str:
        """What it is served as."""
        return f"image/{self.kind}"


def picture(body: bytes) -> Picture:
    """The picture that these bytes are; raises ``invalid_field`` logo."""
    if len(body) > MOST_BYTES:
        raise _wrong(f"A logo may have at most {MOST_BYTES // 1024} KB.")
    try:
        kind, width, height = _measure(body)
    except (ShortBytes, IndexError):
        raise _wrong("The file of the logo is not whole.") from None
    if not (1 <= width <= MOST_SIDE and 1 <= height <= MOST_SIDE):
        raise _wrong(f"A logo may be at most {MOST_SIDE} pixels wide and high.")
    return Picture(kind, body, sha256(body).hexdigest()[:24])


def _measure(body: bytes) -> tuple[str, int, int]:
    if body.startswith(_PNG) and body[12:16] == b"IHDR":
        kind, (width, height) = "png", unpack_from(">II", body, 16)
    elif body.startswith(b"\xff\xd8\xff"):
        kind, (width, height) = "jpeg", _measure_jpeg(body)
    elif body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        kind, (width, height) = "webp", _measure_webp(body)
    else:
        raise _wrong("A logo must be a PNG, JPEG or WebP file.")
    return kind, width, height


def _measure_jpeg(body: bytes) -> tuple[int, int]:
    """Go from marker to marker until one tells the size."""
    place = 2
    while body[place] == 0xFF:
        marker = body[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker in _NO_SIZE:
            place += 2
        elif marker in _FRAMES:
            height, width = unpack_from(">HH", body, place + 5)
            return width, height
        else:
            (length,) = unpack_from(">H", body, place + 2)
            place += 2 + max(2, length)
    raise IndexError


def _measure_webp(body: bytes) -> tuple[int, int]:
    match body[12:16]:
        case b"VP8 ":
            width, height = unpack_from("<HH", body, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = unpack_from("<I", body, 21)
            return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
        case b"VP8X":
            width, width_high, height, height_high = unpack_from("<HBHB", body, 24)
            return (width_high << 16 | width) + 1, (height_high << 16 | height) + 1
    raise IndexError


def _wrong(sentence: str) -> OnthewayError:
    return OnthewayError("invalid_field", sentence, field="logo")
