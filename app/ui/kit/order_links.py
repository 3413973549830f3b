"""A cell that names a few orders: two, or one and how many others there are."""

from collections.abc import Sequence
from typing import Final

from nicegui import ui

from app.ui.kit.words import words

SHOWN: Final = 2


def few(ids: Sequence[str]) -> tuple[Sequence[str], int]:
    """Those that are named, and how many there are beside them."""
    named = ids if len(ids) <= SHOWN else ids[:1]
    return named, len(ids) - len(named)


class OrderLinks(ui.element):
    """The cell: links to orders, and to the list of all where there is one; ``nothing`` stands
    where there is no order."""

    def __init__(self, nothing: str = "") -> None:
        super().__init__("div")
        self._nothing = nothing
        with self, ui.element("div").classes("whole order-links"):
            self._links = [words("a", "").classes("order-link") for _ in range(SHOWN)]
            self._more = words("a", "").classes("order-link muted")

    def show(self, ids: Sequence[str], driver_id: str | None) -> None:
        """Show these orders; ``driver_id``: they are the open ones of this driver. Ids are safe in
        a path."""
        named, more = few(ids)
        for place, link in enumerate(self._links):
            order_id = named[place] if place < len(named) else ""
            link.set_visibility(bool(order_id))
            if link.text != order_id:
                link.set_text(order_id)
                link.props["href"] = f"/admin?order={order_id}"
        blank = not ids and not self._nothing
        self.classes(add="is-blank" if blank else None, remove=None if blank else "is-blank")
        self._more.set_text(f"and {more} more" if more else "" if ids else self._nothing)
        every = f"/admin/orders?status=open&driver={driver_id}" if more and driver_id else None
        self._more.props.set_optional("href", every)
