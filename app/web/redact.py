"""Takes secrets out of text that is going to a log: tokens, links, NiceGUI's client ids. Pure."""

import re
from typing import Final

HIDDEN: Final = "[hidden]"

_SECRETS: Final = re.compile(
    r"(?P<before>"
    r"(?:token|client_id|password|api_?key|secret)(?:[\"']?\s*[=:]\s*[\"']?|%3[dD])"
    r"|/(?:track|ingest)/"
    r"|/ws/client/"
    r"|/drive#"
    r"|[Bb]earer\s+"
    r"|(?:__Host-)?ontheway_session="
    r"|[Ss]ec-[Ww]eb[Ss]ocket-[Pp]rotocol:\s*"
    r")(?P<secret>[^\s\"'&;,<>]+)"
)


def redact(text: str) -> str:
    """The text with every secret replaced by a mark."""
    return _SECRETS.sub(lambda match: match["before"] + HIDDEN, text)
