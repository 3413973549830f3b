"""The addresses with which a phone or a mail program opens a message that holds a link. Pure."""

import re
from typing import Final
from urllib.parse import quote

_NOT_DIALLED: Final = re.compile(r"[^0-9+*#]", re.ASCII)


def sms_href(phone: str | None, text: str) -> str:
    """A message to a phone (RFC 5724); without a number the person chooses one."""
    number = _NOT_DIALLED.sub("", phone or "")
    return f"sms:{quote(number, safe='+*')}?body={quote(text, safe='')}"


def mailto_href(email: str | None, subject: str, text: str) -> str:
    """An email (RFC 6068); nothing in the address can add a field or another receiver."""
    receiver = quote((email or "").strip(), safe="@")
    return f"mailto:{receiver}?subject={quote(subject, safe='')}&body={quote(text, safe='')}"
