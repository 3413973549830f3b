"""What a WebSocket handshake asks for: the door, the credentials, where to resume. Pure."""

from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import parse_qs, unquote

from websockets.datastructures import Headers, MultipleValuesError
from websockets.http11 import Request

from app.protocol.cookies import is_secure, session_cookie
from app.tracking.follow import Since
from app.web.address import client_address, is_trusted

SUBPROTOCOL: Final = "ontheway"
LONGEST_TOKEN: Final = 256
LONGEST_AGENT: Final = 200
LARGEST_SEQ_DIGITS: Final = 16
MOST_FIELDS: Final = 20
PREFIX: Final = "/ws/"


class Door(Enum):
    """Our sockets, by path."""

    DRIVER = "driver"
    CLIENT = "client"
    STAFF = "staff"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Opening:
    """One handshake. ``name`` is the order id or link of the path, ``token`` what came in the
    header, the subprotocols or the query, ``cookie`` a session's."""

    door: Door
    name: str | None
    token: str | None
    since: Since | None
    cookie: str | None
    origin: str | None
    host: str | None
    address: str | None
    agent: str | None
    subprotocol: bool

    @property
    def kind(self) -> str:
        """What the connection is to staff."""
        return "viewer" if self.door is Door.CLIENT else self.door.value


@dataclass(frozen=True, slots=True)
class Wire:
    """What the handshake came over: the peer, our own scheme and public address, and the
    proxies that are believed."""

    peer: str | None
    scheme: str
    public_url: str
    trusted: frozenset[str]


def read_opening(request: Request, wire: Wire) -> Opening | None:
    """Read a handshake; None when its path is not one of ours."""
    path, _, query = request.path.partition("?")
    if not path.startswith(PREFIX):
        return None
    door, name = _door(path)
    headers = request.headers
    offered = [
        item.strip()
        for value in headers.get_all("Sec-WebSocket-Protocol")
        for item in value.split(",")
    ]
    fields = _fields(query)
    host = _one(headers, "Host")
    proxy = _one(headers, "X-Forwarded-Proto") if is_trusted(wire.peer, wire.trusted) else None
    secure = is_secure(proxy or wire.scheme, host, wire.public_url)
    return Opening(
        door=door,
        name=name,
        token=_token(_one(headers, "Authorization"), offered, fields),
        since=_since(fields),
        cookie=session_cookie({"cookie": _one(headers, "Cookie") or ""}, secure=secure),
        origin=_one(headers, "Origin"),
        host=host,
        address=client_address(wire.peer, _joined(headers, "X-Forwarded-For"), wire.trusted),
        agent=(_one(headers, "User-Agent") or "")[:LONGEST_AGENT] or None,
        subprotocol=SUBPROTOCOL in offered,
    )


def _door(path: str) -> tuple[Door, str | None]:
    rest = path.removeprefix(PREFIX)
    simple = {"driver": Door.DRIVER, "client": Door.CLIENT, "staff": Door.STAFF}
    if rest in simple:
        return simple[rest], None
    head, _, name = rest.partition("/")
    if head == "client" and name and "/" not in name:
        return Door.CLIENT, unquote(name)
    return Door.NOWHERE, None


def _fields(query: str) -> dict[str, list[str]]:
    try:
        return parse_qs(query, max_num_fields=MOST_FIELDS)
    except ValueError:  # too many: none is believed
        return {}


def _token(
    authorization: str | None, offered: list[str], fields: dict[str, list[str]]
) -> str | None:
    scheme, _, bearer = (authorization or "").partition(" ")
    found = bearer.strip() if scheme.lower() == "bearer" else None
    if not found and SUBPROTOCOL in offered:
        found = next((item for item in offered if item != SUBPROTOCOL), None)
    if not found:
        found = fields.get("token", [None])[0]
    return found[:LONGEST_TOKEN] if found else None


def _since(fields: dict[str, list[str]]) -> Since | None:
    epoch, seq = fields.get("epoch", [""])[0], fields.get("seq", [""])[0]
    if not epoch or not seq.isascii() or not seq.isdigit() or len(seq) > LARGEST_SEQ_DIGITS:
        return None
    return Since(epoch[:64], int(seq))


def _one(headers: Headers, name: str) -> str | None:
    try:
        return headers.get(name)
    except MultipleValuesError:
        return None


def _joined(headers: Headers, name: str) -> str | None:
    return ", ".join(headers.get_all(name)) or None
