"""Frames as no library sends them: each breach costs its sender the socket, and nobody else."""

import struct
import threading
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.live import LiveServer
from tests.web.raw import (
    BINARY,
    CLOSE,
    CONT,
    PING,
    PONG,
    TEXT,
    Gone,
    Got,
    Raw,
    frame,
    memory,
    opened,
    phone,
    quiet_log,
    usual,
    watch,
)

Json = dict[str, Any]
POINT: Final = '{"id": "p-1", "lat": 48.137, "lng": 11.575}'
LIMITS: Final = {"driver": 131_072, "viewer": 4_096}
MIB: Final = 1_048_576


@pytest.fixture(scope="module")
def token(live_server: LiveServer) -> str:
    """A driver's token."""
    return str(live_server.driver("Raw")["token"])


@pytest.fixture(scope="module")
def order(live_server: LiveServer) -> Json:
    """An order with its link."""
    return live_server.order()


@pytest.fixture(params=["driver", "viewer"])
def peer(
    request: pytest.FixtureRequest, live_server: LiveServer, token: str, order: Json
) -> Iterator[Raw]:
    """An open socket of either kind."""
    if request.param == "driver":
        with phone(live_server, token) as raw:
            yield raw
    else:
        with watch(live_server, order) as raw:
            yield raw


# what is unusual and legal


def test_frame_that_comes_byte_by_byte_is_one_message(live_server: LiveServer, token: str) -> None:
    with phone(live_server, token) as raw:
        for byte in frame(TEXT, '{"type": "ping"}') + frame(TEXT, POINT):
            raw.send(bytes([byte]))
        assert raw.hear_text() == {"type": "pong"}
        assert raw.hear_text() == {"type": "ack", "ids": ["p-1"], "count": 1}


def test_segments_may_end_anywhere_in_the_next_header(live_server: LiveServer, token: str) -> None:
    """The first segment ends within a frame; the second makes it whole and begins another."""
    ping, long = frame(TEXT, '{"type": "ping"}'), frame(TEXT, '{"type": "ping"}' + " " * 200)
    with phone(live_server, token) as raw:
        for third in (ping, long):
            for cut in range(10):
                raw.send(ping + ping[:10])
                assert raw.hear_text() == {"type": "pong"}  # so much is read
                raw.send(ping[10:] + ping + third[:cut])
                assert [raw.hear_text() for _ in range(2)] == [{"type": "pong"}] * 2
                raw.send(third[cut:])
                assert raw.hear_text() == {"type": "pong"}


def test_many_frames_that_come_at_once_are_many_messages(
    live_server: LiveServer, token: str
) -> None:
    with phone(live_server, token) as raw:
        raw.send(frame(TEXT, '{"type": "ping"}') * 500)
        assert [raw.hear_text() for _ in range(500)] == [{"type": "pong"}] * 500


def test_pings_between_fragments_are_answered_at_once(live_server: LiveServer, token: str) -> None:
    with phone(live_server, token) as raw:
        raw.send(frame(TEXT, POINT[:5], fin=False) + frame(PING, b"one"))
        assert raw.hear() == Got(PONG, b"one")
        raw.send(frame(CONT, POINT[5:9], fin=False) + frame(CONT, b"", fin=False))
        raw.send(frame(PING, bytes(125)) + frame(PONG, b"nobody asked"))
        assert raw.hear() == Got(PONG, bytes(125))
        raw.send(frame(CONT, POINT[9:]))
        assert raw.hear_text()["type"] == "ack"


def test_character_that_is_split_over_fragments_is_whole_again(
    live_server: LiveServer, token: str
) -> None:
    text = (
        '{"type": "status_update", "id": "s-1", "orderId": "x", "status": "failed", "note": "🚚é"}'
    )
    with phone(live_server, token) as raw:
        data = text.encode()
        parts = [data[at : at + 1] for at in range(len(data))]
        raw.send(frame(TEXT, parts[0], fin=False))
        raw.send(b"".join(frame(CONT, part, fin=False) for part in parts[1:]))
        raw.send(frame(CONT))
        answer = raw.hear_text()
        assert (answer["type"], answer["id"], answer["code"]) == ("reject", "s-1", "unknown_order")


def test_empty_and_binary_frames_are_answered_and_the_socket_lives(
    live_server: LiveServer, token: str
) -> None:
    with phone(live_server, token) as raw:
        for bad in (frame(TEXT), frame(BINARY, b"\xff\xfe"), frame(BINARY)):
            raw.send(bad)
            assert raw.hear_text()["type"] == "reject"
        raw.send(frame(TEXT, '{"type": "ping"}'))
        assert raw.hear_text() == {"type": "pong"}


@pytest.mark.parametrize("payload", [b"", b"\x03\xe8", b"\x03\xe8bye", b"\x0f\xa0", b"\x13\x87"])
def test_close_is_answered_with_the_same_and_the_connection_ends(peer: Raw, payload: bytes) -> None:
    peer.send(frame(CLOSE, payload))
    assert peer.hear() == Got(CLOSE, payload)
    peer.is_gone()


def test_nothing_is_done_after_a_close(live_server: LiveServer, token: str) -> None:
    with phone(live_server, token) as raw:
        raw.send(frame(CLOSE, b"\x03\xe8") + frame(TEXT, '{"type": "ping"}') + frame(PING))
        assert raw.hear() == Got(CLOSE, b"\x03\xe8")
        raw.is_gone()


def test_close_within_a_message_in_fragments_ends_the_socket_at_once(
    live_server: LiveServer, peer: Raw
) -> None:
    with quiet_log(live_server):
        peer.send(frame(TEXT, "{", fin=False) + frame(CLOSE, b"\x03\xe8"))
        code, before = peer.ended()
        assert code in (1000, 1002)
        assert not before


@pytest.mark.parametrize("part", [1, 2, 7, 20])
def test_connection_that_ends_within_a_frame_leaves_nothing(
    live_server: LiveServer, token: str, part: int
) -> None:
    with quiet_log(live_server, 0):
        with phone(live_server, token) as raw:
            raw.send(frame(TEXT, POINT)[:part])
        assert live_server.api.get("/healthz").status_code == 200


# sizes


@pytest.mark.parametrize("kind", ["driver", "viewer"])
@pytest.mark.parametrize("announced", [1, 65_536 * 4, 2**32, 2**62, 2**63 - 1])
def test_frame_over_the_limit_is_refused_by_its_header_alone(
    live_server: LiveServer, token: str, order: Json, kind: str, announced: int
) -> None:
    most = LIMITS[kind]
    door = phone(live_server, token) if kind == "driver" else watch(live_server, order)
    slack = 20 * usual(live_server)
    with quiet_log(live_server), door as raw:
        before, begun = memory(live_server), time.monotonic()
        raw.send(frame(TEXT, length=max(most + 1, announced))[:-4])
        error = raw.hear().json
        assert (error["type"], error["code"]) == ("error", "too_large")
        assert str(most) in error["message"], "it names the limit"
        code, more = raw.ended()
        assert (code, more) == (1009, [])
        assert time.monotonic() - begun < 1.5 + slack
        assert memory(live_server) - before < 4 * MIB


@pytest.mark.parametrize("sizes", [(2_000, 2_000, 97), (4_096, 1), (1, 4_096), (0, 4_097)])
def test_fragments_that_add_up_over_the_limit_are_refused(
    live_server: LiveServer, order: Json, sizes: tuple[int, ...]
) -> None:
    with quiet_log(live_server), watch(live_server, order) as raw:
        for number, size in enumerate(sizes):
            raw.send(frame(CONT if number else TEXT, b"x" * size, fin=False))
        assert raw.hear().json["code"] == "too_large"
        assert raw.ended() == (1009, [])


def test_fragments_that_add_up_to_the_limit_are_one_message(
    live_server: LiveServer, order: Json
) -> None:
    text = '{"type": "ping"}'.ljust(LIMITS["viewer"])
    with watch(live_server, order) as raw:
        raw.send(frame(TEXT, text[:4_000], fin=False) + frame(CONT, text[4_000:]))
        assert raw.hear_text() == {"type": "pong"}


def test_close_frame_arrives_while_the_peer_still_sends_a_big_message(
    live_server: LiveServer, token: str
) -> None:
    with quiet_log(live_server), phone(live_server, token) as raw:
        raw.send(frame(TEXT, length=64 * MIB))
        stuck: list[OSError] = []

        def go_on() -> None:
            try:
                for _ in range(400):
                    raw.socket.send(bytes(65_536))
            except OSError as error:  # cut, as it should be; what counts is what came before
                stuck.append(error)

        sender = threading.Thread(target=go_on)
        sender.start()
        try:
            assert raw.hear().json["code"] == "too_large"
            assert raw.hear().code == 1009
        finally:
            sender.join()


# breaches

BREACHES: Final = {
    "unmasked": (frame(TEXT, "{}", masked=False), 1002),
    "unmasked close": (frame(CLOSE, b"\x03\xe8", masked=False), 1002),
    "reserved bit 1": (frame(TEXT, "{}", rsv=4), 1002),
    "reserved bit 2": (frame(TEXT, "{}", rsv=2), 1002),
    "reserved bit 3": (frame(TEXT, "{}", rsv=1), 1002),
    "corrupt deflate": (frame(TEXT, b"\xff" * 60, rsv=4), 1002),
    "opcode 3": (frame(3, "{}"), 1002),
    "opcode 7": (frame(7), 1002),
    "opcode 11": (frame(11), 1002),
    "opcode 15": (frame(15, b"x" * 125), 1002),
    "ping of 126 bytes": (frame(PING, bytes(126)), 1002),
    "pong of 126 bytes": (frame(PONG, bytes(126)), 1002),
    "close of 126 bytes": (frame(CLOSE, b"\x03\xe8" + bytes(124)), 1002),
    "ping in fragments": (frame(PING, b"x", fin=False), 1002),
    "close in fragments": (frame(CLOSE, b"\x03\xe8", fin=False), 1002),
    "continuation of nothing": (frame(CONT, "{}"), 1002),
    "unfinished continuation of nothing": (frame(CONT, "{", fin=False), 1002),
    "text within a message": (frame(TEXT, "{", fin=False) + frame(TEXT, "}"), 1002),
    "binary within a message": (frame(TEXT, "{", fin=False) + frame(BINARY, "}"), 1002),
    "close of one byte": (frame(CLOSE, b"\x03"), 1002),
    "not UTF-8": (frame(TEXT, b'{"type": "\xff"}'), 1007),
    "half a character": (frame(TEXT, b'{"type": "\xc3'), 1007),
    "overlong slash": (frame(TEXT, b'"\xc0\xaf"'), 1007),
    "surrogate": (frame(TEXT, b'"\xed\xa0\x80"'), 1007),
    "beyond Unicode": (frame(TEXT, b'"\xf4\x90\x80\x80"'), 1007),
    "not UTF-8 over fragments": (
        frame(TEXT, b'"\xf0\x9f', fin=False) + frame(CONT, b'\x9a"'),
        1007,
    ),
    "reason that is not UTF-8": (frame(CLOSE, b"\x03\xe8\xff\xfe"), 1007),
} | {
    f"close code {code}": (frame(CLOSE, struct.pack("!H", code) + b"bye"), 1002)
    for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535)
}


@pytest.mark.parametrize("breach", BREACHES)
def test_breach_of_the_protocol_is_named_and_ends_the_socket(
    live_server: LiveServer, peer: Raw, breach: str
) -> None:
    data, code = BREACHES[breach]
    with quiet_log(live_server):
        # Answered by the first frame alone: what follows is not even looked at.
        peer.send(data + frame(TEXT, '{"type": "ping"}'))
        assert peer.ended() == (code, [])


def test_not_a_word_is_answered_to_bytes_that_are_no_frames(
    live_server: LiveServer, peer: Raw
) -> None:
    with quiet_log(live_server):
        peer.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
        assert peer.ended() == (1002, [])


# floods


def test_flood_of_empty_fragments_is_ended_in_bounded_memory(
    live_server: LiveServer, peer: Raw
) -> None:
    with quiet_log(live_server):
        before = memory(live_server)
        _flood(peer, frame(TEXT, fin=False), frame(CONT, fin=False) * 1_000, 160)
        code, frames = peer.ended()
        assert (code, frames) == (4029, [])
        assert memory(live_server) - before < 8 * MIB


def test_flood_of_pings_is_ended_and_nobody_else_waits(
    live_server: LiveServer, peer: Raw, token: str
) -> None:
    slack = 20 * usual(live_server)
    with quiet_log(live_server), phone(live_server, token) as other:
        _flood(peer, b"", frame(PING, bytes(100)) * 100, 200)
        begun = time.monotonic()
        other.send(frame(TEXT, '{"type": "ping"}'))
        assert other.hear_text() == {"type": "pong"}
        assert time.monotonic() - begun < 1.0 + slack
        code, frames = peer.ended()
        assert code == 4029
        assert 100 <= len(frames) <= 2_000, "a few pings are answered"
        assert {got.opcode for got in frames} == {PONG}


def test_flood_of_pongs_is_ended(live_server: LiveServer, peer: Raw) -> None:
    with quiet_log(live_server):
        _flood(peer, b"", frame(PONG) * 100, 100)
        assert peer.ended() == (4029, [])


def test_pings_at_the_rate_of_a_library_are_never_too_many(peer: Raw) -> None:
    for number in range(150):
        peer.send(frame(PING, str(number).encode()))
        assert peer.hear() == Got(PONG, str(number).encode())


def test_peer_that_floods_and_does_not_read_costs_little(
    live_server: LiveServer, order: Json
) -> None:
    before = memory(live_server)
    with opened(live_server, f"/ws/client/{order['trackingToken']}", small=True) as raw:
        raw.socket.settimeout(0.5)
        try:
            for _ in range(400):
                raw.send(frame(PING, bytes(125)) * 100)
        except OSError:  # it takes no more, or we were cut
            pass
    assert memory(live_server) - before < 8 * MIB


def _flood(peer: Raw, first: bytes, chunk: bytes, times: int) -> None:
    """Send until it is enough, or the server has cut us off."""
    try:
        peer.send(first)
        for _ in range(times):
            peer.send(chunk)
    except (ConnectionError, Gone):
        pass
