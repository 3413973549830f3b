"""What is chosen on a page stands in the browser's address: a link and a reload bring it back."""

from collections.abc import Mapping
from urllib.parse import urlencode

from nicegui import ui


def address_of(path: str, chosen: Mapping[str, str]) -> str:
    """The address of the page ``path``; what is "" is so by itself and needs no words."""
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"{path}?{query}" if query else path


def keep_address(path: str, chosen: Mapping[str, str]) -> None:
    """Show it, as the same step of the browser's history."""
    ui.navigate.history.replace(address_of(path, chosen))
