"""The cookie of people who are signed in: its name and its flags. Pure."""

from typing import Final, Protocol

PLAIN: Final = "ontheway_session"
SECURE: Final = "__Host-ontheway_session"
"""Over https: the prefix forbids other hosts, plain connections and paths to set it."""
MAX_VALUE: Final = 256


class Headers(Protocol):
    """Headers by lower-case name."""

    def get(self, key: str, /) -> str | None:
        """The value, None where there is none."""


def session_cookie(headers: Headers) -> str | None:
    """The token in the cookie of a request."""
    text = headers.get("cookie")
    if not text:
        return None
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, sign, value = part.strip().partition("=")
        if sign and name in {PLAIN, SECURE}:
            found.setdefault(name, value.strip().strip('"'))
    token = found.get(SECURE) or found.get(PLAIN)
    return token if token and len(token) <= MAX_VALUE else None


def set_session(token: str, *, secure: bool) -> str:
    """The value of `Set-Cookie` for somebody who signed in; its end is the server's matter."""
    return f"{_name(secure)}={token}; {_flags(secure)}"


def drop_session(*, secure: bool) -> str:
    """The value of `Set-Cookie` for somebody who signed out."""
    return f'{_name(secure)}=""; Max-Age=0; {_flags(secure)}'


def _name(secure: bool) -> str:
    return SECURE if secure else PLAIN


def _flags(secure: bool) -> str:
    return "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
