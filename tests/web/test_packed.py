"""Bodies that a phone compressed."""

import gzip
import tracemalloc

import pytest

from app.protocol.apps.message import NotKnown
from app.web.packed import TooLarge, unpack


def test_what_unpacks_to_much_is_not_unpacked_whole() -> None:
    packed = gzip.compress(b" " * 20_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            unpack(packed, b"gzip", 10_000)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_as_much_as_the_limit_is_taken_and_0_is_none() -> None:
    packed = gzip.compress(b"x" * 1_000)
    assert unpack(packed, b"GZIP", 1_000) == b"x" * 1_000
    assert unpack(packed, b"x-gzip", 0) == b"x" * 1_000
    assert unpack(b"as it is", b"identity", 3) == b"as it is"


@pytest.mark.parametrize("encoding", [b"br", b"gzip, gzip", b"deflate"])
def test_what_is_packed_in_another_way_is_not_known(encoding: bytes) -> None:
    with pytest.raises(NotKnown):
        unpack(gzip.compress(b"x"), encoding, 100)
