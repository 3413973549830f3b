"""What we send, byte for byte. The apps that read it are already on people's phones."""

import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from app.domain.eta import Window
from app.domain.geo import Place
from app.domain.times import MINUTE, SECOND
from app.protocol.messages import (
    Destination,
    Out,
    TimeWindow,
    ToDriver,
    ToStaff,
    ToViewer,
    destination,
    encode,
    time_window,
)
from tests.protocol.examples import EXAMPLES

GOLDEN = Path(__file__).parent / "golden"
SENT: list[type[Out]] = list(
    dict.fromkeys([*get_args(ToDriver), *get_args(ToViewer), *get_args(ToStaff)])
)
EVERY = msgspec.json.Decoder(ToDriver | ToViewer | ToStaff)


@pytest.mark.parametrize("name", EXAMPLES)
def test_message_is_written_as_its_golden_file_says(name: str) -> None:
    assert encode(EXAMPLES[name]) + b"\n" == (GOLDEN / f"{name}.json").read_bytes()


def test_there_is_no_golden_file_without_its_message() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(EXAMPLES)


@pytest.mark.parametrize("kind", SENT)
def test_every_message_that_we_send_has_an_example(kind: type[Out]) -> None:
    assert any(isinstance(example, kind) for example in EXAMPLES.values())


@pytest.mark.parametrize("name", EXAMPLES)
def test_message_reads_back_as_itself(name: str) -> None:
    assert EVERY.decode(encode(EXAMPLES[name])) == EXAMPLES[name]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_name_on_the_wire_is_camel_case_and_every_message_has_its_type_first(
    name: str,
) -> None:
    message = json.loads(encode(EXAMPLES[name]))
    assert next(iter(message)) == "type"
    assert all(field.isalnum() and field[0].islower() for field in fields_of(message))


def fields_of(value: Any) -> list[str]:
    """All names in a JSON value, at any depth."""
    if isinstance(value, list):
        return [name for inner in value for name in fields_of(inner)]
    if isinstance(value, dict):
        return [*value, *(name for inner in value.values() for name in fields_of(inner))]
    return []


def test_text_is_utf_8_and_coordinates_keep_every_digit() -> None:
    place = Destination(lat=48.13715432109876, lng=-0.1, address="Süd 🚲")
    assert encode(place) == '{"lat":48.13715432109876,"lng":-0.1,"address":"Süd 🚲"}'.encode()


def test_arrival_window_has_two_times() -> None:
    begin = 1_795_426_200 * SECOND
    assert time_window(Window(begin, begin + 5 * MINUTE)) == TimeWindow(
        from_="2026-11-23T09:30:00.000Z", to="2026-11-23T09:35:00.000Z"
    )
    assert time_window(None) is None


def test_destination_is_a_place_an_address_both_or_nothing() -> None:
    assert destination(Place(1, 2), "Road 1") == Destination(lat=1, lng=2, address="Road 1")
    assert destination(Place(1, 2), None) == Destination(lat=1, lng=2)
    assert destination(None, "Road 1") == Destination(address="Road 1")
    assert destination(None, None) is None
