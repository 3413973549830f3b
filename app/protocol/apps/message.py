"""What every app's module speaks: a request taken apart, what it says, and how it is answered."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec import Struct

from app.protocol.point import Point


class NotKnown(Exception):
    """The bytes are no message of any app that we know."""


class Sent(Struct, frozen=True):
    """One request of a phone.

    ``fields`` are the names of the query, those of a form in their place; ``form`` whether there
    was one; ``json`` the object of a body in JSON. ``app`` is what the address itself says of the
    app (``?app=``). ``empty``: neither form nor JSON.
    """

    method: str
    fields: dict[str, str]
    form: bool = False
    json: dict[str, Any] | None = None
    app: str | None = None

    @property
    def empty(self) -> bool:
        """Whether there was no body."""
        return not self.form and self.json is None


class Reading(Struct, frozen=True):
    """What a request says.

    ``battery`` is 0 to 1; ``words`` is what the app says of itself; ``device`` its name for the
    phone, which proves nothing. ``unused`` counts what was understood and is of no use, and
    ``reason`` says why of the last.
    """

    points: list[Point] = []
    battery: float | None = None
    charging: bool | None = None
    words: str | None = None
    device: str | None = None
    unused: int = 0
    reason: str | None = None


class Reply(Struct, frozen=True):
    """The success that an app waits for, byte by byte; always status 200."""

    body: bytes = b""
    json: bool = False


DONE: Final = Reply()


class Wish(Struct, frozen=True):
    """What the server would have of a phone: a report every ``seconds`` (None: as it does now),
    and, with ``place``, where it is at once."""

    seconds: int | None = None
    place: bool = False


class Phone(Struct, frozen=True):
    """Whose phone is set up: ``address`` is the whole of `/ingest/TOKEN`, ``name`` the driver's."""

    address: str
    name: str


class Setup(Struct, frozen=True, kw_only=True):
    """How an app is set up.

    ``picture`` is what its QR code holds, ``link`` what is tapped on the phone (None where the app
    knows no such link), ``texts`` what is copied by hand, by label, ``file`` the name and content
    of a file that the app opens. ``steps`` are sentences for people.
    """

    steps: Sequence[str]
    picture: str
    link: str | None = None
    texts: Sequence[tuple[str, str]] = ()
    file: tuple[str, str] | None = None


class App(Struct, frozen=True, kw_only=True):
    """One app: its ``name`` for people, the ``phones`` that it runs on.

    ``claims`` says whether a request is its own, asked in the order of the table; ``read`` takes
    it, and raises nothing; ``setup`` is None for what nobody sets up. ``by_key``: an address may
    say ``?app=`` and its ``key``. ``tell`` is the success that also tells a wish; None where the
    app reads nothing of an answer but its status.
    """

    key: str
    name: str
    claims: Callable[[Sent], bool]
    read: Callable[[Sent], Reading]
    reply: Reply = DONE
    tell: Callable[[Wish], Reply] | None = None
    phones: str = ""
    by_key: bool = False
    setup: Callable[[Phone], Setup] | None = None
