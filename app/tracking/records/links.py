"""A customer's link, and who listens through it."""

from dataclasses import dataclass

from app.domain.push import PushAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A tracking link; the token itself is derived from ``id`` and ``salt`` when needed."""

    id: str
    order_id: str
    order_num: int
    salt: bytes
    created_at: int
    expires_at: int | None
    revoked_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """A link to be made, its token hashed (SHA-256)."""

    id: str
    salt: bytes
    token_hash: bytes
    expires_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A browser that is told of the order of a link; ``locale`` is the language of its page, as
    BCP 47 names it."""

    num: int
    link: Link
    address: PushAddress
    locale: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told: the sender's name, one sentence, and the language of it."""

    title: str
    text: str
    locale: str
    direction: str
