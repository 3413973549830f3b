"""The address of map tiles: which ones are safe to use, and where images come from then. Pure."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from app.domain.errors import OnthewayError

OSM_TILES: Final = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
OSM_ATTRIBUTION: Final = "© OpenStreetMap contributors"
LONGEST: Final = 500
FILLED_IN: Final = frozenset({"z", "x", "y", "-y", "s", "r"})
"""What the map puts into the address; it stops at any other name."""

_CHARACTERS: Final = re.compile(r"[A-Za-z0-9._~:/?#@!$&+,=%{}-]+", re.ASCII)
_NAMES: Final = re.compile(r"\{([^{}]*)\}")
_HOST: Final = re.compile(r"[A-Za-z0-9*.-]+(:\d+)?", re.ASCII)


@lru_cache(maxsize=8)
def tile_source(tile_url: str | None) -> str | None:
    """Where images of the map come from, as a source of a content policy; None: from here or
    nowhere.

    A part of the host that varies, such as ``{s}``, makes its whole label a wildcard.
    """
    try:
        parts = urlsplit(tile_url or "")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"}:
        return None
    labels = parts.netloc.rpartition("@")[2].split(".")
    varying = max((i for i, label in enumerate(labels) if "{" in label), default=-1)
    host = ".".join(["*", *labels[varying + 1 :]] if varying >= 0 else labels)
    return f"{parts.scheme}://{host}" if _HOST.fullmatch(host) else None


def check_tile_url(text: str) -> str:
    """The address without spaces around it; raises ``invalid_field`` tile_url."""
    url = text.strip()
    if len(url) > LONGEST or _CHARACTERS.fullmatch(url) is None:
        raise _wrong("The address of the tiles has characters that do not belong there.")
    names = set(_NAMES.findall(url))
    if not {"z", "x"} <= names or not {"y", "-y"} & names:
        raise _wrong("The address of the tiles needs {z}, {x} and {y}.")
    if names - FILLED_IN or set(_NAMES.sub("", url)) & {"{", "}"}:
        raise _wrong("In the address of the tiles only {z}, {x}, {y}, {s} and {r} are filled in.")
    if not (url.startswith("/") and not url.startswith("//")) and not _is_host_named(url):
        raise _wrong("The address of the tiles is like https://tiles.example.com/{z}/{x}/{y}.png.")
    return url


def _is_host_named(url: str) -> bool:
    """Whether it names one provider: no login in it, and a host that varies only in front."""
    source = tile_source(url)
    if source is None or "@" in urlsplit(url).netloc:
        return False
    return "*" not in source or source.count(".") >= 2


def _wrong(sentence: str) -> OnthewayError:
    return OnthewayError("invalid_field", sentence, field="tile_url")
