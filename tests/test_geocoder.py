"""The client of an address search, against a real server that behaves well or not."""

import gzip
from collections.abc import Iterator

import pytest

from app.domain.errors import OnthewayError
from app.domain.geo import Place
from app.geocoder import BUSY, LONGEST_ANSWER, SLOW, UNREACHABLE, UNUSABLE, Nominatim
from tests.geocoder_stand_in import PLACES, GeocoderStandIn

SHOP = "https://track.example.com"


@pytest.fixture
def there() -> Iterator[GeocoderStandIn]:
    """A server that behaves well until it is told otherwise."""
    with GeocoderStandIn() as server:
        yield server


async def sentence(geocoder: Nominatim) -> str:
    """Why it finds nothing."""
    with pytest.raises(OnthewayError) as refused:
        await geocoder.find("Marienplatz 8")
    assert refused.value.code == "unavailable"
    return refused.value.message


async def test_it_asks_as_the_policy_wants_and_reads_the_places(there: GeocoderStandIn) -> None:
    found = await Nominatim(f"{there.url}/nominatim", SHOP).find("Straße 8 & Söhne?limit=50")
    assert there.asked == [{"q": "Straße 8 & Söhne?limit=50", "format": "jsonv2", "limit": "5"}]
    assert there.agents[0].startswith("Ontheway/")
    assert SHOP in there.agents[0]
    assert [one.place for one in found] == [Place(48.1373968, 11.5754485), Place(49.0, 12.1)]
    assert [one.label for one in found] == [place["display_name"] for place in PLACES]


async def test_nothing_found_is_an_answer(there: GeocoderStandIn) -> None:
    there.answer = b"[]"
    assert await Nominatim(there.url, SHOP).find("Nowhere 1") == []


async def test_nobody_there() -> None:
    with GeocoderStandIn() as gone:
        url = gone.url
    assert await sentence(Nominatim(url, SHOP)) == UNREACHABLE


async def test_an_answer_that_never_comes_is_given_up(there: GeocoderStandIn) -> None:
    there.hold.clear()
    assert await sentence(Nominatim(there.url, SHOP, within=0.2)) == SLOW


@pytest.mark.parametrize(
    ("status", "why"), [(429, BUSY), (503, BUSY), (403, UNUSABLE), (500, UNUSABLE)]
)
async def test_a_refusal_is_told(there: GeocoderStandIn, status: int, why: str) -> None:
    there.status = status
    assert await sentence(Nominatim(there.url, SHOP)) == why


async def test_a_redirect_is_not_followed(there: GeocoderStandIn) -> None:
    there.status, there.headers = 302, {"Location": f"{there.url}/search?q=secret"}
    assert await sentence(Nominatim(there.url, SHOP)) == UNUSABLE
    assert len(there.asked) == 1


@pytest.mark.parametrize("answer", [b"<html>", b'{"error": "no"}', b"\xff", b"[" * 60_000])
async def test_what_is_no_list_of_places_is_refused(there: GeocoderStandIn, answer: bytes) -> None:
    there.answer = answer
    assert await sentence(Nominatim(there.url, SHOP)) == UNUSABLE


async def test_an_answer_has_a_bound_and_is_not_unpacked(there: GeocoderStandIn) -> None:
    there.answer = b"[" + b" " * LONGEST_ANSWER + b"]"
    assert await sentence(Nominatim(there.url, SHOP)) == UNUSABLE
    there.answer = gzip.compress(b"[]")
    there.headers = {"Content-Encoding": "gzip"}
    assert await sentence(Nominatim(there.url, SHOP)) == UNUSABLE
