"""What a handshake says: the door, one token out of four ways, where to resume. And lies."""

import string
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.datastructures import Headers
from websockets.http11 import Request

from app.domain.order import is_order_id
from app.tracking.follow import Since
from app.web.opening import LONGEST_AGENT, LONGEST_TOKEN, Door, Opening, Wire, read_opening

PEER: Final = "203.0.113.7"
NAMES: Final = (
    "Authorization",
    "Cookie",
    "Host",
    "Origin",
    "User-Agent",
    "Sec-WebSocket-Protocol",
    "X-Forwarded-For",
)


def read(
    path: str,
    *headers: tuple[str, str],
    trusted: frozenset[str] = frozenset(),
) -> Opening:
    """The opening of one of our paths."""
    opening = read_opening(Request(path, Headers(headers)), Wire(PEER, "ws", "", trusted))
    assert opening is not None
    return opening


# doors


@pytest.mark.parametrize(
    ("path", "door", "name"),
    [
        ("/ws/driver", Door.DRIVER, None),
        ("/ws/driver?token=x", Door.DRIVER, None),
        ("/ws/staff", Door.STAFF, None),
        ("/ws/client", Door.CLIENT, None),
        ("/ws/client?x=/", Door.CLIENT, None),
        ("/ws/client/A1", Door.CLIENT, "A1"),
        ("/ws/client/A%2D1~.x?epoch=e", Door.CLIENT, "A-1~.x"),
        ("/ws/client/%c3%a9", Door.CLIENT, "é"),
        ("/ws/client/", Door.NOWHERE, None),
        ("/ws/client/A1/", Door.NOWHERE, None),
        ("/ws/client/A1/B2", Door.NOWHERE, None),
        ("/ws/client//A1", Door.NOWHERE, None),
        ("/ws/driver/", Door.NOWHERE, None),
        ("/ws/driver/x", Door.NOWHERE, None),
        ("/ws/Driver", Door.NOWHERE, None),
        ("/ws/%64river", Door.NOWHERE, None),
        ("/ws/staff/x", Door.NOWHERE, None),
        ("/ws/", Door.NOWHERE, None),
        ("/ws/../ws/driver", Door.NOWHERE, None),
    ],
)
def test_path_is_a_door_or_nowhere(path: str, door: Door, name: str | None) -> None:
    opening = read(path)
    assert (opening.door, opening.name) == (door, name)


@pytest.mark.parametrize("path", ["/", "/ws", "/wsx/driver", "//ws/driver", "/_nicegui_ws/", "*"])
def test_other_paths_are_none_of_ours(path: str) -> None:
    assert read_opening(Request(path, Headers()), Wire(PEER, "ws", "", frozenset())) is None


@pytest.mark.parametrize(
    "path", ["%2e%2e", "%2F", "a%00b", "a%0d%0ab", "%ff", "..", "a b", "x" * 65]
)
def test_name_that_is_no_order_id_stays_one_name(path: str) -> None:
    """It is looked up as a link and as an order, and is neither."""
    opening = read(f"/ws/client/{path}")
    assert opening.door is Door.CLIENT
    assert opening.name is not None
    assert not is_order_id(opening.name)


# credentials


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("", [("Authorization", "Bearer T")]),
        ("", [("authorization", "bearer   T ")]),
        ("", [("Sec-WebSocket-Protocol", "ontheway, T")]),
        ("", [("Sec-WebSocket-Protocol", "T,ontheway")]),
        ("", [("Sec-WebSocket-Protocol", "ontheway"), ("Sec-WebSocket-Protocol", "T")]),
        ("?token=T", []),
        ("?a=b&token=T&token=U", []),
        ("?token=%54", []),
    ],
)
def test_token_comes_in_any_of_the_ways(path: str, headers: list[tuple[str, str]]) -> None:
    assert read(f"/ws/driver{path}", *headers).token == "T"


def test_header_goes_before_subprotocol_before_query() -> None:
    header = ("Authorization", "Bearer H")
    offer = ("Sec-WebSocket-Protocol", "ontheway, P")
    assert read("/ws/driver?token=Q", header, offer).token == "H"
    assert read("/ws/driver?token=Q", offer).token == "P"
    assert read("/ws/driver?token=Q", ("Sec-WebSocket-Protocol", "ontheway")).token == "Q"


@pytest.mark.parametrize(
    "headers",
    [
        [("Authorization", "Basic dXNlcjpwYXNz")],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer ")],
        [("Authorization", "")],
        [("Authorization", "Bearer A"), ("Authorization", "Bearer B")],
        [("Sec-WebSocket-Protocol", "T")],
        [("Sec-WebSocket-Protocol", "chat, ONTHEWAY, T")],
        [("Sec-WebSocket-Protocol", "")],
    ],
)
def test_what_is_no_token_is_none(headers: list[tuple[str, str]]) -> None:
    assert read("/ws/driver", *headers).token is None


def test_subprotocol_is_ours_only_when_offered() -> None:
    assert read("/ws/driver", ("Sec-WebSocket-Protocol", "ontheway, T")).subprotocol
    assert not read("/ws/driver", ("Sec-WebSocket-Protocol", "chat, T")).subprotocol
    assert not read("/ws/driver?token=ontheway").subprotocol


def test_what_is_long_is_cut() -> None:
    opening = read(
        "/ws/driver", ("Authorization", "Bearer " + "x" * 9_000), ("User-Agent", "y" * 9_000)
    )
    assert len(opening.token or "") == LONGEST_TOKEN
    assert len(opening.agent or "") == LONGEST_AGENT


def test_cookie_is_found_among_others_and_only_once() -> None:
    cookie = ("Cookie", 'a=1; ontheway_session="S"; ontheway_session=T')
    assert read("/ws/client", cookie).cookie == "S"
    both = ("Cookie", "__Host-ontheway_session=H; ontheway_session=S")
    assert read("/ws/client", both).cookie == "S"
    proxied = ("X-Forwarded-Proto", "https")
    assert read("/ws/client", both, proxied, trusted=frozenset({PEER})).cookie == "H"
    assert read("/ws/client", both, proxied).cookie == "S"
    assert read("/ws/client", ("Cookie", "xontheway_session=S")).cookie is None
    assert read("/ws/client", ("Cookie", "ontheway_session=" + "x" * 500)).cookie is None


# resume


@pytest.mark.parametrize(
    ("query", "since"),
    [
        ("?epoch=e&seq=7", Since("e", 7)),
        ("?seq=0&epoch=e", Since("e", 0)),
        ("?epoch=" + "e" * 99 + "&seq=1", Since("e" * 64, 1)),
        ("?epoch=e", None),
        ("?seq=7", None),
        ("?epoch=e&seq=-1", None),
        ("?epoch=e&seq=1.5", None),
        ("?epoch=e&seq=%D9%A1", None),
        ("?epoch=e&seq=²", None),
        ("?epoch=e&seq=" + "9" * 17, None),
        ("?epoch=e&seq=", None),
    ],
)
def test_resume_in_the_query_is_whole_or_none(query: str, since: Since | None) -> None:
    assert read(f"/ws/client/A1{query}").since == since


def test_too_many_fields_are_none() -> None:
    opening = read("/ws/driver?token=T&" + "&".join(f"f{number}=1" for number in range(5_000)))
    assert (opening.token, opening.since) == (None, None)


# where from


def test_forwarded_address_counts_from_named_proxies_only() -> None:
    said = ("X-Forwarded-For", "198.51.100.9")
    assert read("/ws/driver", said).address == PEER
    assert read("/ws/driver", said, trusted=frozenset({"203.0.113.0/24"})).address == "198.51.100.9"
    lies = ("X-Forwarded-For", "<script>, nobody")
    assert read("/ws/driver", lies, trusted=frozenset({PEER})).address == PEER


# lies

LATIN: Final = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60
)
WORDS: Final = (
    'ontheway token= ontheway_session= Bearer % %ff %00 & = ; , " epoch=e seq= '
    "999999999999999999999 [ ::1 http:// null é ² / ? #"
)
PIECES: Final = st.lists(st.sampled_from([" ", *WORDS.split()])).map("".join)
TEXT: Final = st.one_of(LATIN, PIECES)


@given(
    path=st.sampled_from(["/ws/driver", "/ws/client", "/ws/client/", "/ws/staff", "/ws/"]),
    rest=st.one_of(PIECES, st.text(string.printable)),
    headers=st.lists(st.tuples(st.sampled_from(NAMES), TEXT), max_size=8),
    peer=st.sampled_from([None, PEER, "::1", "fe80::1%eth0", "not an address"]),
    trusted=st.sampled_from([frozenset[str](), frozenset({PEER, "::/0"})]),
)
def test_no_handshake_is_an_exception(
    path: str,
    rest: str,
    headers: list[tuple[str, str]],
    peer: str | None,
    trusted: frozenset[str],
) -> None:
    opening = read_opening(Request(path + rest, Headers(headers)), Wire(peer, "ws", "", trusted))
    if opening is not None:
        assert opening.token is None or 0 < len(opening.token) <= LONGEST_TOKEN
        assert opening.cookie is None or opening.cookie
        assert (opening.door is Door.CLIENT) or opening.name is None
