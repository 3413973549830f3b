"""Text in any HTML element; always text, never markup."""

import re
import unicodedata
from typing import Final

from nicegui.elements.mixins.text_element import TextElement

_CONTROLS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of what follows."""
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_ISOLATE: Final = "\u2068{}\u2069"


class Words(TextElement):
    """An HTML element that holds only text."""

    def __init__(self, tag: str, text: str) -> None:
        super().__init__(tag=tag, text=text)


def words(tag: str, text: str) -> Words:
    """A new element, such as ``words("h2", "Links")``."""
    return Words(tag, text)


class Icon(Words):
    """An icon that stands beside a word: the font draws it from its name.

    A plain element: tables have hundreds, and NiceGUI's own costs the server and the browser a
    multiple.
    """

    def __init__(self, name: str) -> None:
        super().__init__("i", name)
        self.classes("q-icon notranslate material-icons")
        self.props["aria-hidden"] = "true"

    def set_name(self, name: str) -> None:
        """Show another one."""
        self.set_text(name)


def contained(text: str) -> str:
    """Text from outside that stands in a sentence of ours: it turns only its own direction."""
    if text.isascii():
        return text
    plain = _CONTROLS.sub("", text)
    if any(unicodedata.bidirectional(one) in _RIGHT_TO_LEFT for one in plain):
        return _ISOLATE.format(plain)
    return plain
