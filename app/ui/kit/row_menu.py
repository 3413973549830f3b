"""The menu of a row. It is made when somebody opens it: of hundreds of rows few are asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from app.ui.kit.parts import button, icon_for_eye
from app.ui.kit.visit import Visit
from app.ui.kit.words import words


@dataclass(frozen=True, slots=True)
class Deed:
    """What a menu offers."""

    icon: str
    word: str
    do: Callable[[], Any]
    danger: bool = False


class RowMenu:
    """A button that opens a menu of what ``offer`` says at that time."""

    def __init__(self, visit: Visit, offer: Callable[[], Sequence[Deed]]) -> None:
        self._visit = visit
        self._offer = offer
        self._opener = button(
            "", visit.act(self._open), "btn-quiet btn-icon btn-small", "more_horiz"
        )
        self._opener.props("aria-haspopup=menu")

    def name(self, name: str) -> None:
        """What screen readers call the button."""
        if self._opener.props.get("aria-label") != name:
            self._opener.props["aria-label"] = name

    def _open(self) -> None:
        with self._opener:
            menu = ui.menu(value=True)
        # Its own opening is ours: once it is closed it is gone.
        menu.props('auto-close no-parent-event anchor="bottom right" self="top right" role=menu')
        menu.on("hide", menu.delete, [])
        with menu:
            for deed in self._offer():
                self._item(deed)

    def _item(self, deed: Deed) -> None:
        kind = "menu-item item-danger" if deed.danger else "menu-item"
        item = ui.item(on_click=self._visit.act(deed.do)).classes(kind).props("role=menuitem")
        with item:
            icon_for_eye(deed.icon)
            words("span", deed.word)
