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


def is_secure(scheme: str, host: str | None, public_url: str) -> bool:
    """Whether the browser speaks https: to us, or to a proxy at the public address."""
    if scheme in {"https", "wss"}:
        return True
    at, sign, public = public_url.partition("://")
    return bool(sign) and at == "https" and host is not None and host.lower() == public.lower()


def session_cookie(headers: Headers, *, secure: bool) -> str | None:
    """The token in the cookie of a request; over https only the one that nobody else can set."""
    text = headers.get("cookie")
    if not text:
        return None
    wanted = _name(secure)
    for part in text.split(";"):
        name, sign, value = part.strip().partition("=")
        if sign and name == wanted:
            token = value.strip().strip('"')
            return token if token and len(token) <= MAX_VALUE else None
    return None


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
