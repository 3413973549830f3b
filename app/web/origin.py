"""Whether a browser's page is one of ours. Pure."""

from typing import Final
from urllib.parse import urlsplit

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def same_origin(origin: str | None, host: str | None, public_url: str) -> bool:
    """Whether ``origin`` (header `Origin`) names the host of the request or of the public URL.

    ``host`` is the header `Host`. Missing, "null" and malformed origins are nobody's.
    """
    theirs = _place(origin)
    if theirs is None:
        return False
    scheme = theirs[0]
    return theirs in {_place(f"{scheme}://{host}" if host else None), _place(public_url)}


def _place(url: str | None) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for what is no web address."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    default = DEFAULT_PORTS.get(parts.scheme)
    if default is None or not parts.hostname or parts.username is not None:
        return None
    return parts.scheme, parts.hostname, port or default
