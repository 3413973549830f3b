"""One of very many, found as one types: the server looks, the browser gets only what it found."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Final

from nicegui import ui

from app import STATIC
from app.domain.errors import OnthewayError

MOST: Final = 20
"""Offered at once."""
LONGEST: Final = 100

Option = tuple[str, str, str, str]
"""Key, word, what helps to tell it from others, and the icon of that, "" for none."""
Find = Callable[[str], tuple[Sequence[Option], int]]
"""What fits a text, at most `MOST`, and how many there are in all."""


class Finder(ui.element, component=STATIC / "staff" / "finder.js"):
    """A field that shows one of what ``find`` knows; what comes back is a key that was offered.

    ``chosen`` gets the key; where it returns False, it is not chosen, or not yet.
    """

    def __init__(
        self,
        name: str,
        find: Find,
        chosen: Callable[[str], Any],
        act: Callable[..., Any],
    ) -> None:
        super().__init__()
        self._find = find
        self._chosen = chosen
        self._offered: dict[str, str] = {}
        self.value = ""
        self.props["name"] = name
        self.props["options"] = []
        self._act = act
        self.on("find", act(self._asked))
        self.on("chosen", act(self._changed))

    def show(self, value: str, word: str, *, enabled: bool = True) -> None:
        """Show what is chosen."""
        self.value = value
        state = (value, word, not enabled)
        known = (self.props.get("value"), self.props.get("word"), self.props.get("disabled", False))
        if known != state:
            self.props["value"], self.props["word"] = value, word
            self.props.set_bool("disabled", not enabled)

    def on_open(self, opened: Callable[[], object]) -> None:
        """Call ``opened`` when somebody begins to choose: what changes from then on is not seen."""
        self.on("opened", self._act(opened), [])

    def begin(self) -> None:
        """Bring the person here, with the list open."""
        self.run_method("begin")

    def empty(self) -> None:
        """Show that nothing is chosen, not even what has the key ""."""
        self.value = ""
        self.props["value"], self.props["word"] = None, ""

    def _asked(self, event: Any) -> None:
        text = event.args.strip()[:LONGEST] if isinstance(event.args, str) else ""
        found, count = self._find(text)
        self._offered = {key: word for key, word, *_ in found}
        self.props["options"] = [list(option) for option in found]
        self.props["more"] = _more_words(len(found), count)

    async def _changed(self, event: Any) -> None:
        key = event.args
        if not isinstance(key, str) or key not in self._offered:
            return
        before = self.value, str(self.props.get("word", ""))
        self.show(key, self._offered[key])
        try:
            result = self._chosen(key)
            if inspect.isawaitable(result):
                result = await result
        except OnthewayError:
            self._go_back(key, before)
            raise
        if result is False:
            self._go_back(key, before)

    def _go_back(self, key: str, before: tuple[str, str]) -> None:
        """Show what was chosen before, unless something else is shown by now."""
        if self.value == key:
            self.show(*before)
        self.run_method("write")  # the browser shows what was pressed


def _more_words(shown: int, count: int) -> str:
    if not count:
        return "Nobody fits"
    return f"{count - shown:,} more; type a part of the name" if count > shown else ""
