"""What the button of a toast takes back: one thing at a time, once.

A toast lives in the browser alone. Its button has a key in data-undo, which static/staff/staff.js
looks up in an element of ours: a press there comes here as any other.
"""

import secrets
from collections.abc import Callable
from typing import Any

from nicegui import Client, ui


class UndoOffer:
    """What can be taken back now in one tab."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._element: ui.element | None = None

    def offer(self, undo: Callable[[], Any]) -> str:
        """Take this back when its button is pressed; the button's key."""
        self.withdraw()
        key = secrets.token_hex(8)
        with self._client:
            element = ui.element("span").props(f"hidden data-undoes={key}")

        async def once() -> None:
            if self._element is element:
                self.withdraw()
                await undo()

        element.on("click", once, [])
        self._element = element
        return key

    def withdraw(self) -> str:
        """Nothing can be taken back any more: no key."""
        element, self._element = self._element, None
        if element is not None and not element.is_deleted:
            element.delete()
        return ""
