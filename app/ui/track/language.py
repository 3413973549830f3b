"""Which language a reader is spoken to in, and everything the page says in it.

The catalogues are the .po files in `locale`, compiled when a language is first asked for. Words
are chosen by language, times are written as in the reader's own country.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.ui.track.words import WORDS, Plural

FOLDER: Final = Path(__file__).parent / "locale"
DOMAIN: Final = "track"
SOURCE: Final = "en"
"""The language of the sentences themselves."""
LANGUAGES: Final[dict[str, str]] = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
    "nl": "Nederlands",
    "pl": "Polski",
    "tr": "Türkçe",
    "ar": "العربية",
    "zh": "中文",
    "ja": "日本語",
}
"""By its own name."""
SCRIPTS: Final = {"zh": "zh-Hans"}
"""The tag of a language that is written in more than one way."""
ANYWHERE: Final = "GB"
"""Where people read English whose country is not known: as most of the world, up to 24 hours."""
COUNTED: Final = range(1, 200)
"""Numbers that meet every plural form; nothing here counts none, which is said in other words."""

_WISH: Final = re.compile(
    r"\s*([A-Za-z]{2,3})(?:-[A-Za-z]{4})?(?:-([A-Za-z]{2}))?(?:-[\w-]+)?"
    r"\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*",
    re.ASCII,
)
_MOST_WISHES: Final = 20


@dataclass(frozen=True, slots=True)
class Speech:
    """One reader's language, and the country whose times he reads."""

    language: str
    locale: Locale

    @property
    def tag(self) -> str:
        """As HTML and browsers name it (BCP 47), such as "de-AT"."""
        if self.language in SCRIPTS:
            return SCRIPTS[self.language]
        return str(self.locale).replace("_", "-")

    @property
    def direction(self) -> str:
        """ "ltr" or "rtl"."""
        return self.locale.text_direction

    @property
    def words(self) -> dict[str, dict[str, Any]]:
        """All words of the page: texts, and for what counts the forms by CLDR's plural."""
        return spoken(self.language)

    def fill(self, text: str, **values: object) -> str:
        """``text`` with its ``{fields}``; where it runs to the left, they keep their own way."""
        shown = {name: self.apart(str(value)) for name, value in values.items()}
        return text.format(**shown)

    def apart(self, text: str) -> str:
        """``text`` as part of another: where that runs to the left, between isolates."""
        return f"\u2068{text}\u2069" if text and self.direction == "rtl" else text

    def count(self, forms: dict[str, str], n: int) -> str:
        """The form for ``n``, filled."""
        return self.fill(forms[self.locale.plural_form(n)], n=n)


def choose(accepted: str | None, asked: str | None) -> Speech:
    """The speech for a browser's ``Accept-Language`` and the language that a person chose.

    Both may hold anything: what is not known does not count.
    """
    wishes = list(_wishes(accepted or ""))
    known = (name for name, _ in wishes if name in LANGUAGES)
    chosen = asked if asked in LANGUAGES else next(known, None)
    lands = [land for name, land in wishes if name == chosen] + [land for _, land in wishes]
    land = next(filter(None, lands), None)
    return _speech(SOURCE, land or ANYWHERE) if chosen is None else _speech(chosen, land)


def _wishes(accepted: str) -> Iterator[tuple[str, str | None]]:
    """Languages and countries, the dearest first (RFC 9110 12.5.4)."""
    found: list[tuple[float, str, str | None]] = []
    for part in accepted.split(",")[:_MOST_WISHES]:
        match = _WISH.fullmatch(part)
        if match is None:
            continue
        weight = 1.0 if match[3] is None else float(match[3])
        if weight > 0:
            found.append((-weight, match[1].lower(), match[2].upper() if match[2] else None))
    for _, name, land in sorted(found, key=lambda wish: wish[0]):
        yield name, land


@lru_cache(maxsize=256)
def _speech(language: str, land: str | None) -> Speech:
    try:
        locale = Locale(language, land)
    except UnknownLocaleError:
        locale = Locale(language, ANYWHERE if language == SOURCE else None)
    return Speech(language, locale)


@cache
def spoken(language: str) -> dict[str, dict[str, Any]]:
    """`WORDS` in one of `LANGUAGES`."""
    book = catalogue(language)
    rule = Locale(language).plural_form
    return {
        group: {
            key: book.gettext(text) if isinstance(text, str) else _forms(text, book, rule)
            for key, text in texts.items()
        }
        for group, texts in WORDS.items()
    }


def _forms(texts: Plural, book: NullTranslations, rule: Any) -> dict[str, str]:
    forms: dict[str, str] = {}
    for n in COUNTED:
        forms.setdefault(rule(n), book.ngettext(*texts, n))
    return forms


def catalogue(language: str) -> NullTranslations:
    """The translations into one of `LANGUAGES`; none for `SOURCE`."""
    if language == SOURCE:
        return NullTranslations()
    with path_of(language).open("rb") as file:
        read = read_po(file, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return GNUTranslations(compiled)


def path_of(language: str) -> Path:
    """Its catalogue."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"
