"""Text in any HTML element; always text, never markup."""

from nicegui.elements.mixins.text_element import TextElement


class Words(TextElement):
    """An HTML element that holds only text."""

    def __init__(self, tag: str, text: str) -> None:
        super().__init__(tag=tag, text=text)


def words(tag: str, text: str) -> Words:
    """A new element, such as ``words("h2", "Links")``."""
    return Words(tag, text)
