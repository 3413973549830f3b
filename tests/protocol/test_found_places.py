"""What an address search answers, whoever wrote it."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.geo import Place, is_place
from app.protocol.found_places import LONGEST_LABEL, MOST_FOUND, FoundPlace, parse_found

GOOD = {"lat": "48.1", "lon": "11.5", "display_name": "Here"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
MAYBE = st.fixed_dictionaries(
    {}, optional={"lat": JSON, "lon": JSON, "display_name": JSON | st.text(min_size=400)}
)


def of(*items: Any) -> list[FoundPlace]:
    """What is found in these items."""
    return parse_found(json.dumps(items).encode())


def test_places_in_their_order_each_once_and_not_too_many() -> None:
    here = FoundPlace(Place(48.1, 11.5), "Here")
    assert of(GOOD, GOOD) == [here]
    many = [{**GOOD, "lat": str(number)} for number in range(9)]
    assert [found.place.lat for found in of(*many)] == list(range(MOST_FOUND))
    assert of({**GOOD, "lat": 48.1, "lon": 11.5}) == [here]


@pytest.mark.parametrize(
    "bad",
    [
        {"lat": "91"},
        {"lat": "nan"},
        {"lat": "1e400"},
        {"lat": True},
        {"lat": None},
        {"lon": "east"},
        {"display_name": " \n\x00\x1b\x85 "},
        {"display_name": 7},
    ],
)
def test_one_bad_place_is_left_out(bad: dict[str, Any]) -> None:
    assert [found.label for found in of(GOOD | bad, GOOD)] == ["Here"]
    assert of(7, None, [], GOOD) == of(GOOD)


def test_a_label_is_one_line_of_bounded_length() -> None:
    (found,) = of({**GOOD, "display_name": "Hall\r\n\x1b[31m  of <b>Ana</b> 🎁 " + "x" * 999})
    assert found.label.startswith("Hall [31m of <b>Ana</b> 🎁 x")
    assert len(found.label) == LONGEST_LABEL


@given(st.lists(MAYBE | JSON))
def test_whatever_comes_only_places_on_earth_are_found(items: list[Any]) -> None:
    for found in parse_found(msgspec.json.encode(items)):
        assert is_place(*found.place)
        assert 0 < len(found.label) <= LONGEST_LABEL
        assert found.label.splitlines() == [found.label]


@given(st.binary())
def test_bytes_are_a_list_or_refused(data: bytes) -> None:
    try:
        assert isinstance(parse_found(data), list)
    except ValueError:
        return
