"""The short way in: simple text frames are taken as the library's parser does, others left."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from app.web.text_frames import take_texts

MOST = 131_072
MASK = b"\x12\x34\x56\x78"


def masked(payload: bytes, head: int = 0x81, mask: bytes = MASK) -> bytes:
    """One frame as a client writes it."""
    length = len(payload)
    if length < 126:
        size = bytes((0x80 | length,))
    elif length < 65_536:
        size = b"\xfe" + struct.pack("!H", length)
    else:
        size = b"\xff" + struct.pack("!Q", length)
    body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
    return bytes((head,)) + size + mask + body


def by_the_library(data: bytes) -> list[bytes]:
    """The whole text messages that websockets' parser finds in ``data``."""
    parser = ServerProtocol(state=OPEN, max_size=MOST)
    parser.receive_data(data)
    frames = [event for event in parser.events_received() if isinstance(event, Frame)]
    return [bytes(frame.data) for frame in frames if frame.opcode is Opcode.TEXT and frame.fin]


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 5, 124, 125, 126, 127, 4_095, 65_535])
def test_text_of_every_length_form_is_taken(length: int) -> None:
    text = b"x" * length
    assert take_texts(masked(text), MOST) == ([text], len(masked(text)))


def test_several_frames_are_taken_in_their_order() -> None:
    data = masked(b"one") + masked(b"two" * 100) + masked(b"three", mask=b"\0\0\0\0")
    assert take_texts(data, MOST) == ([b"one", b"two" * 100, b"three"], len(data))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(masked(b"x", 0x01), id="first fragment"),
        pytest.param(masked(b"x", 0x80), id="last fragment"),
        pytest.param(masked(b"x", 0x82), id="binary"),
        pytest.param(masked(b"x", 0x89), id="ping"),
        pytest.param(masked(b"", 0x8A), id="pong"),
        pytest.param(masked(b"\x03\xe8", 0x88), id="close"),
        pytest.param(masked(b"x", 0xC1), id="compressed"),
        pytest.param(b"\x81\x01x", id="without a mask"),
        pytest.param(masked("é".encode()), id="not ASCII, and perhaps not UTF-8"),
        pytest.param(masked(b"\xff"), id="no UTF-8"),
        pytest.param(masked(b"x" * (MOST + 1)), id="over the limit"),
        pytest.param(masked(b"x" * 70_000), id="a length of 64 bits"),
        pytest.param(b"\x81\xfe\x00\x05" + MASK + b"abcde", id="a length that is not the shortest"),
    ],
)
def test_anything_else_is_left_where_it_stands(data: bytes) -> None:
    assert take_texts(data, MOST) == ([], 0)
    before = masked(b"before")
    assert take_texts(before + data + masked(b"after"), MOST) == ([b"before"], len(before))


def test_a_frame_that_is_not_whole_is_left() -> None:
    frame = masked(b"x" * 200)
    for end in range(len(frame)):
        assert take_texts(frame[:end], MOST) == ([], 0)
        assert take_texts(masked(b"y") + frame[:end], MOST) == ([b"y"], len(masked(b"y")))


def test_the_limit_counts_bytes_of_the_message_and_zero_is_none() -> None:
    assert take_texts(masked(b"x" * 100), 100)[0] == [b"x" * 100]
    assert take_texts(masked(b"x" * 101), 100) == ([], 0)
    assert take_texts(masked(b"x" * 65_535), 0)[0] == [b"x" * 65_535]


heads = st.sampled_from([0x81, 0x81, 0x81, 0x01, 0x80, 0x82, 0x89, 0x8A, 0xC1])
payloads = st.one_of(st.text(max_size=200).map(str.encode), st.binary(max_size=140))
frames = st.builds(masked, payloads, heads, st.binary(min_size=4, max_size=4))


@given(st.lists(frames, max_size=6), st.data())
def test_what_is_taken_is_what_the_library_finds(parts: list[bytes], choice: st.DataObject) -> None:
    data = b"".join(parts)
    data = data[: choice.draw(st.integers(0, len(data)))]
    texts, taken = take_texts(data, MOST)
    # What was taken are whole text messages, and what the library makes of the rest is the rest.
    assert by_the_library(data[:taken]) == texts
    assert all(text.isascii() for text in texts)
    if by_the_library(data)[: len(texts)] != texts:
        raise AssertionError("the library finds something else in the whole")


@given(st.binary(max_size=400))
def test_any_bytes_are_taken_as_the_library_does_or_left(data: bytes) -> None:
    texts, taken = take_texts(data, MOST)
    assert 0 <= taken <= len(data)
    assert by_the_library(data[:taken]) == texts
