"""A place from what people type or paste: coordinates with decimals or with minutes and seconds, a
geo: address, or a link of a map. Pure.

Links that hold no coordinates (shortened ones, names of places) would have to be asked for
elsewhere; they are refused with a sentence that says so.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from app.domain.geo import Place, is_place

MAX_PLACE: Final = 2_000
"""Characters; links with all that was looked for get long."""
HOW: Final = "Please write a place as 48.137, 11.575. The link of a map will do as well."
SHORT: Final = "This link does not say where it leads. Please open it, and paste the long one."
NOWHERE: Final = "There is no such place on earth."

_NUMBER: Final = r"[+-]?\d{1,3}(?:\.\d{0,20})?"
_PAIR: Final = re.compile(rf"\s*({_NUMBER})\s*[,;\s]\s*({_NUMBER})\s*", re.ASCII)
_WITH_COMMAS: Final = re.compile(
    r"([+-]?\d{1,3},\d{1,20})\s*[;\s]\s*([+-]?\d{1,3},\d{1,20})", re.ASCII
)
_PART: Final = r"\d{1,2}(?:[.,]\d{1,20})?"
_ANGLE: Final = (
    rf"(\d{{1,3}})\s*°\s*(?:({_PART})\s*['\u2032\u2019]\s*)?"
    rf"(?:({_PART})\s*(?:[\"\u2033\u201d]|''|\u2032\u2032)\s*)?"
)
_ANGLES: Final = re.compile(rf"{_ANGLE}([NS])[\s,;]*{_ANGLE}([EW])", re.ASCII | re.IGNORECASE)
"""48°08'14"N 11°34'31"E, as maps and encyclopaedias write it. O is refused: it is east in German,
and west in French."""
_BEGIN: Final = re.compile(rf"\s*({_NUMBER})\s*,\s*({_NUMBER})(?![\d.])", re.ASCII)
_GOOGLE_PIN: Final = re.compile(rf"!3d({_NUMBER})!4d({_NUMBER})", re.ASCII)
_GOOGLE_VIEW: Final = re.compile(rf"/@({_NUMBER}),({_NUMBER})(?:,|/|$)", re.ASCII)
_OSM_VIEW: Final = re.compile(
    rf"(?:^|&)map=[\d.]{{1,6}}/({_NUMBER})/({_NUMBER})(?:&|/|$)", re.ASCII
)

_GOOGLE: Final = re.compile(r"(?:www\.|maps\.)?google(?:\.[a-z]{2,3}){1,2}", re.ASCII)
_OSM: Final = frozenset({"openstreetmap.org", "www.openstreetmap.org", "osm.org", "www.osm.org"})
_APPLE: Final = frozenset({"maps.apple.com", "beta.maps.apple.com"})
_SHORT: Final = frozenset({"maps.app.goo.gl", "goo.gl", "g.co", "maps.apple"})
_GOOGLE_KEYS: Final = ("q", "query", "destination", "daddr", "ll", "center", "viewpoint")
_APPLE_KEYS: Final = ("coordinate", "ll", "daddr", "q", "address")


def parse_place(text: str) -> Place | None:
    """The place that ``text`` says; None for nothing; raises `ValueError` with a sentence."""
    text = text.strip()
    if not text:
        return None
    if len(text) > MAX_PLACE:
        raise ValueError(HOW)
    pair = _PAIR.fullmatch(text)
    if pair is not None:
        return _place(pair)
    commas = _WITH_COMMAS.fullmatch(text)
    if commas is not None:
        return _checked(*(float(number.replace(",", ".")) for number in commas.groups()))
    angles = _ANGLES.fullmatch(text)
    if angles is not None:
        return _checked(_degrees(*angles.groups()[:4]), _degrees(*angles.groups()[4:]))
    if text[:4].lower() == "geo:":
        return _place(_in_geo(text[4:]))
    try:
        link = urlsplit(text if "://" in text else f"https://{text}")
        host = (link.hostname or "").lower()
    except ValueError:
        raise ValueError(HOW) from None
    if link.scheme not in {"http", "https"}:
        raise ValueError(HOW)
    return _place(_in_link(link, host))


def _place(match: re.Match[str]) -> Place:
    return _checked(float(match[1]), float(match[2]))


def _degrees(degrees: str, minutes: str | None, seconds: str | None, side: str) -> float:
    """Degrees of an angle in parts; raises `ValueError` for 60 minutes or seconds and more."""
    parts = [float((part or "0").replace(",", ".")) for part in (minutes, seconds)]
    if max(parts) >= 60:
        raise ValueError(NOWHERE)
    angle = int(degrees) + parts[0] / 60 + parts[1] / 3_600
    return -angle if side in "SsWw" else angle


def _checked(lat: float, lng: float) -> Place:
    place = Place(lat, lng)
    if not is_place(*place):
        raise ValueError(NOWHERE)
    return place


def _in_link(link: SplitResult, host: str) -> re.Match[str]:
    if _GOOGLE.fullmatch(host):
        return _first(_in_google(link))
    if host in _APPLE:
        return _first(_in_query(link.query, _APPLE_KEYS))
    if host in _OSM:
        return _first(_in_osm(link))
    raise ValueError(SHORT if host in _SHORT else HOW)


def _first(match: re.Match[str] | None) -> re.Match[str]:
    if match is None:
        raise ValueError(SHORT)
    return match


def _in_geo(rest: str) -> re.Match[str]:
    """geo:LAT,LNG;… as RFC 5870 has it; Android's geo:0,0?q=LAT,LNG(name) says it in the query."""
    where, _, query = rest.partition("?")
    asked = _in_query(query, ("q",))
    if asked is not None:
        return asked
    match = _BEGIN.match(where.partition(";")[0])
    if match is None:
        raise ValueError(HOW)
    return match


def _in_google(link: SplitResult) -> re.Match[str] | None:
    """The pin, what was looked for, or else the middle of the map."""
    path = unquote(link.path)
    pins = list(_GOOGLE_PIN.finditer(path))
    if pins:
        return pins[-1]
    parts = [part.replace("+", " ") for part in path.split("/")]
    named = [match for part in parts if (match := _PAIR.fullmatch(part))]
    if named:
        return named[-1]
    return _in_query(link.query, _GOOGLE_KEYS) or _GOOGLE_VIEW.search(path)


def _in_osm(link: SplitResult) -> re.Match[str] | None:
    """The marker, or else the middle of the map."""
    asked = _query(link.query)
    marker = f"{asked.get('mlat', '')},{asked.get('mlon', '')}"
    return _PAIR.fullmatch(marker) or _OSM_VIEW.search(link.fragment)


def _in_query(query: str, keys: tuple[str, ...]) -> re.Match[str] | None:
    """The first of ``keys`` that begins with two numbers; "loc:" may stand before them."""
    asked = _query(query)
    for key in keys:
        match = _BEGIN.match(asked.get(key, "").removeprefix("loc:"))
        if match is not None:
            return match
    return None


def _query(query: str) -> Mapping[str, str]:
    try:
        return {key: values[0] for key, values in parse_qs(query, max_num_fields=100).items()}
    except ValueError:
        return {}
