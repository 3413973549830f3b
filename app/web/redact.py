"""Takes secrets out of text that is going to a log: tokens, links, NiceGUI's client ids. Pure."""

import re
from typing import Final

HIDDEN: Final = "[hidden]"

_QUOTE: Final = r"(?:\\*[\"']|%22|%27)?"
_IS: Final = r"(?:[=:]|%3d|%3a)"
_SLASH: Final = r"(?:/|%2f)"
_SECRETS: Final = re.compile(
    r"(?P<before>"
    rf"(?:token|client_id|password|passwd|api_?key|secret(?:_?key)?){_QUOTE}\s*{_IS}\s*{_QUOTE}"
    rf"|{_SLASH}(?:track|ingest){_SLASH}"
    rf"|{_SLASH}ws{_SLASH}client{_SLASH}"
    rf"|{_SLASH}drive(?:\#|%23)"
    r"|bearer(?:\s|\+|%20)+"
    r"|ontheway_session(?:=|%3d)\"?"
    # A list: ours names the protocol first, then the token.
    rf"|(?>sec-websocket-protocol{_QUOTE}\s*[:,]\s*b?{_QUOTE}(?:ontheway\s*,\s*)?)"
    r")(?P<secret>(?!\[hidden\])[^\s\"'&;,<>\\]+)",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """The text with every secret replaced by a mark."""
    return _SECRETS.sub(lambda match: match["before"] + HIDDEN, text)
