"""The page on a phone's home screen, where iPhones let it notify: a web app of this one link. Pure.

It opens the link, so it shows what that shows, and ends with it; nothing is kept on the phone.
"""

from typing import Any, Final

from app.ui.track.language import Speech

MEDIA_TYPE: Final = "application/manifest+json"
ICONS: Final[list[dict[str, str]]] = [
    {"src": "/static/icons/app-192.png", "type": "image/png", "sizes": "192x192"},
    {"src": "/static/icons/app-512.png", "type": "image/png", "sizes": "512x512"},
    {"src": "/static/icons/app.svg", "type": "image/svg+xml", "sizes": "any"},
]
GROUND: Final = "#f6f7f9"
"""The token --bg, seen until the page is there."""
ACCENT: Final = "#0f766e"


def manifest(
    speech: Speech, *, path: str, language: str | None, shop: str, colour: str | None
) -> dict[str, Any]:
    """The Web App Manifest of the page at ``path``.

    ``language``: what the reader chose in place of what his browser prefers; ``colour``: the
    business's own, "#rrggbb".
    """
    return {
        "id": path,
        "name": speech.words["page"]["event"].format(shop=shop),
        "short_name": shop,
        "lang": speech.tag,
        "dir": speech.direction,
        "start_url": path if language is None else f"{path}?lang={language}",
        "scope": path,
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": colour or ACCENT,
        "icons": ICONS,
    }
