"""A cell that names a few orders: two, or one and how many others there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nicegui import ui

from app.ui.kit.words import words

SHOWN: Final = 2


def few(ids: Sequence[str]) -> tuple[Sequence[str], int]:
    """Those that are named, and how many there are beside them."""
    named = ids if len(ids) <= SHOWN else ids[:1]
    return named, len(ids) - len(named)


def numbers_words(named: Sequence[str], others: int) -> str:
    """Orders by number, in a sentence: "#A1, #A2 and 7 more"."""
    names = ", ".join(f"#{one}" for one in named)
    return f"{names} and {others:,} more" if others > 0 else names


class OrderLinks(ui.element):
    """The cell: links to orders, and to the list of all where there is one; ``nothing`` stands
    where there is no order."""

    def __init__(self, nothing: str = "") -> None:
        super().__init__("div")
        self._nothing = nothing
        self._shown: list[Link] | None = None
        with self:
            self._line = ui.element("div").classes("whole order-links")

    def show(self, ids: Sequence[str], driver_id: str | None) -> None:
        """Show these orders; ``driver_id``: they are the open ones of this driver. Ids are safe in
        a path."""
        named, more = few(ids)
        shown = [Link(order_id, f"/admin?order={order_id}") for order_id in named]
        if more:
            every = f"/admin/orders?status=open&driver={driver_id}" if driver_id else None
            shown.append(Link(f"and {more} more", every, "order-link muted"))
        elif not ids and self._nothing:
            shown.append(Link(self._nothing, None, "order-link muted"))
        if shown == self._shown:
            return
        self._shown = shown
        self.classes(add=None if shown else "is-blank", remove="is-blank" if shown else None)
        self._line.clear()
        with self._line:
            for link in shown:
                words("a", link.text).classes(link.classes).props.set_optional("href", link.href)


@dataclass(frozen=True, slots=True)
class Link:
    """One of them; without an address it is a text only."""

    text: str
    href: str | None
    classes: str = "order-link"
