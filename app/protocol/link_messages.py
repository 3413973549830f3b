"""The addresses with which a phone calls, and a phone or a mail program opens a message. Pure."""

import re
from typing import Final
from urllib.parse import quote

_NOT_DIALLED: Final = re.compile(r"[^0-9+*#]", re.ASCII)

_CALLED: Final = re.compile(r"\+?[0-9 ()./-]{3,40}", re.ASCII)
"""Digits as people group them. Not * and #: they would tell the phone to do something."""
_DIGITS: Final = range(3, 21)
_MAILED: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)


def tel_href(phone: str) -> str | None:
    """A call to a phone (RFC 3966); None for what is no plain number."""
    text = phone.strip()
    number = _NOT_DIALLED.sub("", text)
    plain = _CALLED.fullmatch(text) is not None and len(number.lstrip("+")) in _DIGITS
    return f"tel:{number}" if plain else None


def mail_href(email: str) -> str | None:
    """A new email to an address; None for what is no plain address."""
    text = email.strip()
    return f"mailto:{text}" if _MAILED.fullmatch(text) is not None else None


def sms_href(phone: str | None, text: str) -> str:
    """A message to a phone (RFC 5724); without a number the person chooses one."""
    number = _NOT_DIALLED.sub("", phone or "")
    return f"sms:{quote(number, safe='+*')}?body={quote(text, safe='')}"


def mailto_href(email: str | None, subject: str, text: str) -> str:
    """An email (RFC 6068); nothing in the address can add a field or another receiver."""
    receiver = quote((email or "").strip(), safe="@")
    return f"mailto:{receiver}?subject={quote(subject, safe='')}&body={quote(text, safe='')}"
