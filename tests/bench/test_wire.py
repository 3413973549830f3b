"""The frames that the load sends are those that any WebSocket server reads."""

import pytest

from tests.bench import wire
from tests.bench.frames import read


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_frame_of_any_size_is_read_back(size: int) -> None:
    payload = bytes(number % 251 for number in range(size))
    assert read(wire.frame(payload)) == [payload]


def test_each_frame_has_a_mask_of_its_own() -> None:
    assert len({wire.frame(b"the same") for _ in range(50)}) == 50


def test_masking_twice_gives_the_payload_back() -> None:
    assert wire.masked(wire.masked(b"position", b"\x01\x80\xff\x00"), b"\x01\x80\xff\x00") == (
        b"position"
    )
