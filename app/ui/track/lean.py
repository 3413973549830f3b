"""NiceGUI's page with only what a map needs of it: Vue and Leaflet.

Quasar, Socket.IO, the web fonts, the cleaner of foreign HTML and a second icon are more than half
of what a phone would load, and nothing here uses them; static/alone.js stands in for the first two.
"""

import re
from typing import Final

NEEDLESS: Final = re.compile(
    r'<script defer src="[^"]*/static/'
    r'(?:socket\.io\.min|quasar\.umd(?:\.prod)?|lang/[^"/]+\.umd\.prod)\.js"></script>'
    r'|@import url\("[^"]*/static/[\w.]+\.css"\) layer\(\w+\);'
    r'|import DOMPurify from "dompurify";'
    r'|<link href="[^"]*" rel="shortcut icon" />'
)
OPENING: Final = '<html dir="ltr">'
"""How the page of no language begins."""


def lean(html: str, *, tag: str, direction: str) -> str:
    """The page in the language ``tag``, without what is needless."""
    opened = html.replace(OPENING, f'<html lang="{tag}" dir="{direction}">', 1)
    return NEEDLESS.sub("", opened)
