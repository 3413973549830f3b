"""Text in any HTML element; always text, never markup."""

from nicegui.elements.mixins.text_element import TextElement


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
