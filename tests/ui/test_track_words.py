"""The customer's page in every language: its catalogues, who gets which, times, plural forms."""

import re
from datetime import UTC, date, datetime
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from app.domain.eta import Window
from app.domain.geo import Place
from app.domain.order import Status
from app.domain.times import HOUR, MINUTE, SECOND
from app.tracking.records import Spotted
from app.ui.track import words as sentences
from app.ui.track.language import COUNTED, LANGUAGES, SOURCE, catalogue, choose, path_of, spoken
from app.ui.track.lean import lean
from app.ui.track.maps import maps_link
from app.ui.track.times import Times
from app.ui.track.view import Seen, view

TRANSLATED = sorted(LANGUAGES.keys() - {SOURCE})
AFTERNOON = int(datetime(2026, 11, 23, 13, 20, tzinfo=UTC).timestamp()) * SECOND
BERLIN = ZoneInfo("Europe/Berlin")


def read(language: str) -> Catalog:
    """A catalogue as it is written."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def messages(language: str) -> list[Message]:
    return [message for message in read(language) if message.id]


def forms(message: Message) -> list[str]:
    """What it is translated with: one text, or one for each plural form."""
    text = message.string
    return [text] if isinstance(text, str) else list(text or ())


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def marked() -> set[object]:
    """Every sentence that the page's module marks."""
    kinds = {"_": None, "_n": (1, 2)}
    return {found[1] for found in extract_from_file("python", sentences.__file__, keywords=kinds)}


def times(tag: str, zone: ZoneInfo = BERLIN) -> Times:
    return Times(Locale.parse(tag, sep="-"), zone, date(2026, 11, 23))


# catalogues


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_holds_every_sentence_and_no_other(language: str) -> None:
    assert {message.id for message in messages(language)} == marked()
    assert not read(language).obsolete


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_for_good(language: str) -> None:
    for message in messages(language):
        texts = forms(message)
        assert texts, message.id
        assert all(texts), message.id
        assert not message.fuzzy, message.id
        assert len(texts) == (1 if isinstance(message.id, str) else read(language).num_plurals)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fills_in_what_the_sentence_does(language: str) -> None:
    for message in messages(language):
        if isinstance(message.id, str):
            assert [fields(text) for text in forms(message)] == [fields(message.id)], message.id
            continue
        # Of one and two some languages speak without a number.
        assert all(fields(text) <= {"n"} for text in forms(message))
        assert fields(forms(message)[-1]) == {"n"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_and_the_browser_count_alike(language: str) -> None:
    seconds = spoken(language)["live"]["seconds"]
    book, rule = catalogue(language), Locale(language).plural_form
    texts = sentences.LIVE["seconds"]
    assert isinstance(texts, tuple)
    for n in COUNTED:
        assert seconds[rule(n)] == book.ngettext(*texts, n), n


def test_polish_and_arabic_count_in_all_their_forms() -> None:
    polish, arabic = choose("pl", None), choose("ar", None)
    seconds = polish.words["live"]["seconds"]
    assert polish.count(seconds, 1) == "pozycja sprzed 1 sekundy"
    assert polish.count(seconds, 5) == "pozycja sprzed 5 sekund"
    counted = {arabic.count(arabic.words["live"]["seconds"], n)[-8:] for n in (1, 2, 3, 11)}
    assert len(counted) == 4


# who gets which


@pytest.mark.parametrize(
    ("accepted", "asked", "language", "tag"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", None, "de", "de-AT"),
        ("fr;q=0, nl", None, "nl", "nl"),
        ("sv;q=0.9, tr;q=0.3, it;q=0.8", None, "it", "it"),
        ("en-US", None, "en", "en-US"),
        ("sv-SE,en;q=0.5", None, "en", "en-SE"),
        ("sv-SE", None, "en", "en-SE"),
        ("sv", None, "en", "en-GB"),
        (None, None, "en", "en-GB"),
        ("zh-Hant-TW,zh;q=0.9", None, "zh", "zh-Hans"),
        ("ar-EG", None, "ar", "ar-EG"),
        ("pt-BR", None, "pt", "pt-BR"),
        ("de-DE, en;q=0.5", "ja", "ja", "ja"),
        ("de-DE, en-GB;q=0.5", "en", "en", "en-GB"),
        ("de-DE", "xx", "de", "de-DE"),
        ("de-XX", None, "de", "de"),
        ("*", None, "en", "en-GB"),
    ],
)
def test_the_language_is_the_dearest_that_there_is(
    accepted: str | None, asked: str | None, language: str, tag: str
) -> None:
    speech = choose(accepted, asked)
    assert (speech.language, speech.tag) == (language, tag)


@given(st.text(), st.none() | st.text())
def test_whatever_a_browser_says_it_is_spoken_to(accepted: str, asked: str | None) -> None:
    assert choose(accepted, asked).language in LANGUAGES


def test_arabic_alone_runs_to_the_left_and_keeps_apart_what_is_filled_in() -> None:
    arabic = choose("ar", None)
    assert {name for name in LANGUAGES if choose(name, None).direction == "rtl"} == {"ar"}
    assert arabic.fill("{name}:", name="Ana") == "\u2068Ana\u2069:"
    assert choose("de", None).fill("{name}:", name="Ana") == "Ana:"


# times


@pytest.mark.parametrize(
    ("tag", "clock", "window", "day"),
    [
        ("en-GB", "14:20", "14:20\u201314:30", "23 November"),
        ("en-US", "2:20 PM", "2:20 \u2013 2:30 PM", "November 23"),
        ("de", "14:20", "14:20\u201314:30 Uhr", "23. November"),
        ("fr", "14:20", "14:20 \u2013 14:30", "23 novembre"),
        ("pl", "14:20", "14:20\u201314:30", "23 listopada"),
        ("ar", "2:20 م", "2:20\u20132:30 م", "23 نوفمبر"),
        ("ja", "14:20", "14時20分\uff5e14時30分", "11月23日"),
    ],
)
def test_times_are_written_as_where_the_reader_lives(
    tag: str, clock: str, window: str, day: str
) -> None:
    shown = times(tag)
    plain = [
        re.sub(r"[\u202f\u2009\xa0]", " ", text)
        for text in (
            shown.clock(AFTERNOON),
            shown.window(Window(AFTERNOON, AFTERNOON + 10 * MINUTE)),
            shown.day(AFTERNOON),
        )
    ]
    assert plain == [clock, window, day]


def test_another_day_is_said_and_midnight_makes_no_two_of_it() -> None:
    english = times("en-GB")
    night = AFTERNOON + 9 * HOUR + 35 * MINUTE
    assert english.short(AFTERNOON + 24 * HOUR) == "24 Nov, 14:20"
    assert english.window(Window(night, night + 10 * MINUTE)) == "23:55 \u2013 00:05"
    later = Window(AFTERNOON, AFTERNOON + 48 * HOUR)
    assert english.window(later) == "14:20 \u2013 25 Nov, 14:20"


# what is said when


def said(now: int = AFTERNOON, **known: object) -> dict[str, object]:
    """The page's words in English for an order on its way, but for what is ``known`` otherwise."""
    facts: dict[str, object] = {
        "order_id": "A1",
        "status": Status.IN_TRANSIT,
        "timeline": [(Status.PENDING, AFTERNOON - HOUR), (Status.IN_TRANSIT, AFTERNOON)],
        "name": "Ana",
        "vehicle": "bike",
        "eta": None,
        "window": None,
        "late_after": 0,
        "fix_at": None,
        "address": None,
        "note": None,
        "business": "Blumen Huber",
        "has_map": True,
    }
    seen = Seen(**{**facts, **known})  # type: ignore[arg-type]
    shown = view(seen, choose("en-GB", None), times("en-GB"), now)
    return {**shown, "sentence": "".join(text for _, text in shown["sentence"])}


def minutes(begin: int, end: int) -> Window:
    """From now."""
    return Window(AFTERNOON + begin * MINUTE, AFTERNOON + end * MINUTE)


def test_what_comes_within_minutes_gets_no_false_precision() -> None:
    assert said(eta=minutes(0, 10))["sentence"] == "Ana is on the way, arriving in a few minutes."
    assert said(eta=minutes(5, 15))["sentence"] == "Ana is on the way, arriving 14:25\u201314:35."
    assert said(eta=minutes(-10, -5))["sentence"] == "Ana is on the way."


def test_late_is_said_plainly_and_only_when_it_is() -> None:
    late = "Running late. It was planned for 13:50\u201314:20."
    planned = minutes(-30, 0)
    assert said(window=planned, eta=minutes(5, 15))["late"] == late
    assert said(now=AFTERNOON + 1, window=planned)["late"] == late
    assert said(window=minutes(0, 30), eta=minutes(5, 15))["late"] is None
    assert said(window=planned, eta=minutes(5, 15), late_after=10 * MINUTE)["late"] is None
    ended = [(Status.PENDING, AFTERNOON - HOUR), (Status.DELIVERED, AFTERNOON)]
    done = said(now=AFTERNOON + HOUR, window=planned, status=Status.DELIVERED, timeline=ended)
    assert done["late"] is None
    assert done["more"] == "Thank you for your order."


def test_what_lies_ahead_can_be_put_into_a_calendar() -> None:
    assert said(window=minutes(0, 30))["dated"]
    assert said(eta=minutes(5, 15))["dated"]
    assert not said(window=minutes(-30, -1))["dated"]
    assert not said(eta=minutes(0, 5))["dated"]
    assert not said()["dated"]


# links into the device's own maps


@pytest.mark.parametrize(
    ("agent", "link"),
    [
        ("Linux; Android 16", "geo:48.146100,11.582900?q=48.146100,11.582900(Haupt%20%26%209)"),
        ("iPhone", "https://maps.apple.com/?ll=48.146100,11.582900&q=Haupt%20%26%209"),
        (
            "X11; Linux",
            "https://www.openstreetmap.org/?mlat=48.146100&mlon=11.582900#map=17/48.146100/11.582900",
        ),
    ],
)
def test_a_place_opens_in_the_maps_of_the_device(agent: str, link: str) -> None:
    assert maps_link(Spotted(place=Place(48.1461, 11.5829), address="Haupt & 9"), agent) == link


def test_an_address_alone_is_looked_for_and_nothing_leads_nowhere() -> None:
    alone = Spotted(address="Haupt & 9")
    assert maps_link(alone, "Android") == "geo:0,0?q=Haupt%20%26%209"
    assert maps_link(alone, "Linux") == "https://www.openstreetmap.org/search?query=Haupt%20%26%209"
    assert maps_link(Spotted(), "Android") is None


def test_the_lean_page_keeps_what_is_ours_and_loses_every_script_of_niceguis_pages() -> None:
    ours = (
        '<script type="importmap">{"imports": {}}</script><style>.track { top: 0; }</style>'
        '<link rel="modulepreload" href="/static/map/map.js"><div id="track">Ana</div>'
        '<script type="application/json" id="track-data">{}</script>'
        '<script type="module" src="/static/track/track.js"></script>'
    )
    theirs = (
        "<style>@layer a, b; p { top: 1px; }</style><script>addStyle = 1</script>"
        '<script defer src="/x/_nicegui/3/static/nicegui.js"></script>'
        '<link rel="modulepreload" href="/_nicegui/3/components/leaflet.js" />'
        '<link href="/favicon.ico" rel="shortcut icon" /><!-- a note -->'
        '<script type="module">import * as Vue from "vue";\napp.mount("#app");</script>'
        '<div id="app" ></div><div id="popup" class="a"><span>Lost</span></div>'
    )
    html = f'<html dir="ltr">{theirs}{ours}{theirs}</html>'
    assert lean(html, tag="ar-EG", direction="rtl") == (
        f'<html lang="ar-EG" dir="rtl">{ours}</html>'
    )
