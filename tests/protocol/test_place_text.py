"""Places as people type and paste them."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.geo import Place, is_place
from app.protocol.place_text import HOW, MAX_PLACE, NOWHERE, SHORT, parse_place

HERE = Place(48.137, 11.575)
SAME = [
    "48.137, 11.575",
    " 48.137;11.575 ",
    "48.137 11.575",
    "+48.137,+11.575",
    "48,137 11,575",
    "48,137; 11,575",
    "48°08'13.2\"N 11°34'30\"E",
    "48° 8\u2032 13,2\u2033 N, 11° 34\u2032 30\u2033 E",
    "48°8.22'n11°34.5'e",
    "geo:48.137,11.575",
    "GEO:48.137,11.575,519;u=35?z=17",
    "geo:0,0?q=48.137,11.575(Ada's door)",
    "https://www.google.com/maps/@48.137,11.575,17z",
    "https://www.google.de/maps/place/Marienplatz/@48.2,11.6,17z/data=!3m1!3d48.2!4d11.6!3d48.137!4d11.575",
    "https://www.google.co.uk/maps/search/48.137,+11.575?entry=tts",
    "https://www.google.com/maps/dir/48.2,11.6/48.137,11.575/@48.15,11.58,14z",
    "https://maps.google.com/?q=48.137,11.575&z=9",
    "maps.google.com/maps?q=loc:48.137,11.575",
    "https://www.google.com/maps/search/?api=1&query=48.137%2C11.575",
    "https://www.google.com/maps/dir/?api=1&destination=48.137,11.575",
    "https://www.openstreetmap.org/?mlat=48.137&mlon=11.575#map=17/48.2/11.6",
    "https://www.openstreetmap.org/#map=17/48.137/11.575&layers=N",
    "https://www.openstreetmap.org/node/1#map=17.5/48.137/11.575",
    "https://maps.apple.com/?ll=48.137,11.575&q=Ada",
    "https://maps.apple.com/place?coordinate=48.137,11.575&name=Ada",
    "https://maps.apple.com/?daddr=48.137,11.575",
]


@pytest.mark.parametrize("text", SAME)
def test_the_same_place_in_many_ways(text: str) -> None:
    assert parse_place(text) == HERE


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Marienplatz", HOW),
        ("48.137", HOW),
        ("1,2,3", HOW),
        ("48°08'14\" 11°34'31\"", HOW),
        ("48°N 11°O", HOW),
        ("48°60'N 11°E", NOWHERE),
        ("91°N 11°E", NOWHERE),
        ("geo:north", HOW),
        ("https://example.com/@48.137,11.575,17z", HOW),
        ("https://google.example.com/maps/@48.137,11.575", HOW),
        ("https://evil.com/?u=www.google.com/maps/@48.137,11.575", HOW),
        ("javascript://www.google.com/maps/@48.1,11.5", HOW),
        ("https://[::1/", HOW),
        ("1" * (MAX_PLACE + 1), HOW),
        ("https://maps.app.goo.gl/abcDEF", SHORT),
        ("https://www.google.com/maps/place/Marienplatz", SHORT),
        ("https://www.openstreetmap.org/node/1", SHORT),
        ("https://maps.apple.com/?q=Munich", SHORT),
        ("91, 0", NOWHERE),
        ("geo:0,181", NOWHERE),
    ],
)
def test_what_is_no_place_says_why(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as told:
        parse_place(text)
    assert str(told.value) == sentence


def test_nothing_is_no_place() -> None:
    assert parse_place(" \t") is None


DEGREES = st.decimals(-90, 90, places=6).map(float)


@given(lat=DEGREES, lng=DEGREES.map(lambda degrees: degrees * 2))
def test_minutes_and_seconds_are_parts_of_a_degree(lat: float, lng: float) -> None:
    place = parse_place(f"{in_parts(lat, 'NS')} {in_parts(lng, 'EW')}")
    assert place is not None
    assert place.lat == pytest.approx(lat, abs=1e-9)
    assert place.lng == pytest.approx(lng, abs=1e-9)


def in_parts(angle: float, sides: str) -> str:
    """Such as 48°8'13.2"N; of millionths of a degree, seconds have four decimals at the most."""
    minutes, rest = divmod(round(abs(angle) * 36_000_000), 600_000)
    degrees, minutes = divmod(minutes, 60)
    return f"{degrees}°{minutes}'{rest // 10_000}.{rest % 10_000:04}\"{sides[angle < 0]}"


@given(lat=DEGREES, lng=DEGREES.map(lambda degrees: degrees * 2))
def test_every_place_comes_back_from_each_form(lat: float, lng: float) -> None:
    a, b = f"{lat:.6f}", f"{lng:.6f}"
    for text in (
        f"{a}, {b}",
        f"{a} {b}".replace(".", ","),
        f"geo:{a},{b}?z=9",
        f"https://www.google.com/maps/@{a},{b},9z",
        f"https://www.google.com/maps?q={quote(f'{a},{b}')}",
        f"https://www.openstreetmap.org/?mlat={a}&mlon={b}",
        f"https://maps.apple.com/?ll={a},{b}",
    ):
        assert parse_place(text) == Place(float(a), float(b))


@given(
    st.text(max_size=80)
    | st.text("0123456789.,;+-@!/?#&=:[]%lqmap", max_size=80).map("https://www.google.com/".__add__)
    | st.text("0123456789.,;?&=()q", max_size=40).map("geo:".__add__)
)
def test_anything_is_a_place_nothing_or_refused_with_a_sentence(text: str) -> None:
    try:
        place = parse_place(text)
    except ValueError as error:
        assert str(error) in {HOW, SHORT, NOWHERE}
    else:
        assert place is None or is_place(*place)
