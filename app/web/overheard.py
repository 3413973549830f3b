"""A phone app's request over HTTP and our answer, as staff may see them raw. Pure.

The token in the address is never shown; nor are credentials that an app was given beside it.
"""

from app.domain.errors import OnthewayError
from app.protocol.apps.message import NotKnown, Reply
from app.web.masks import shown
from app.web.packed import TooLarge, unpack
from app.web.redact import HIDDEN

SHOWN_HEADERS = (b"content-type", b"content-encoding", b"user-agent")
"""What helps where a phone will not work."""


def request_text(
    method: str, query: bytes, headers: dict[bytes, bytes], raw: bytes, most: int
) -> str:
    """A request as it came, its body unpacked, as far as that is at most ``most`` bytes."""
    address = f"{method} /ingest/{HIDDEN}"
    if query:
        address += f"?{shown(query)}"
    facts = [shown(headers[name]) for name in SHOWN_HEADERS if name in headers]
    about = f" ({', '.join(facts)})" if facts else ""
    body = _body(raw, headers.get(b"content-encoding", b""), most)
    return f"{address}{about} {body}".rstrip()


def _body(raw: bytes, encoding: bytes, most: int) -> str:
    try:
        return shown(unpack(raw, encoding, most) if encoding else raw)
    except TooLarge:
        return "A body that is too large when unpacked"
    except NotKnown:
        return "A body that cannot be unpacked"


def answer_text(reply: Reply) -> str:
    """Our success."""
    return f"200 {reply.body.decode()}".rstrip()


def refusal_text(error: OnthewayError) -> str:
    """Our refusal."""
    again = f" Again after {error.retry_after:.0f} s." if error.retry_after else ""
    return f"{error.status} {error.message}{again}"
