"""NiceGUI's page without its scripts but for Leaflet, which its import map names.

Vue, Quasar, Socket.IO, the web fonts and what starts them are nine tenths of what a phone would
load and run, and nothing here uses them: static/track/order-map.js makes the map by itself.
"""

import re
from typing import Final

NEEDLESS: Final = re.compile(
    r'<script defer src="[^"]*/_nicegui/[^"]*"></script>'
    r'|<script type="module">.*?</script>'
    r"|<script>.*?</script>"
    r"|<style>\s*(?:@layer|#esm-fallback).*?</style>"
    r'|<link rel="modulepreload" href="[^"]*/_nicegui/[^"]*" />'
    r'|<link href="[^"]*" rel="shortcut icon" />'
    r'|<div id="(?:esm-fallback|app|nicegui-keep-alive-cache)".*?</div>'
    r'|<div id="\w*popup".*?</div>'
    r"|<!--.*?-->",
    re.DOTALL,
)
"""The page's own scripts are files, and every text on it is escaped: none of these is ours."""
BETWEEN: Final = re.compile(r"\n\s*\n")
OPENING: Final = '<html dir="ltr">'
"""How the page of no language begins."""


def lean(html: str, *, tag: str, direction: str) -> str:
    """The page in the language ``tag``, without what is needless."""
    opened = html.replace(OPENING, f'<html lang="{tag}" dir="{direction}">', 1)
    return BETWEEN.sub("\n", NEEDLESS.sub("", opened))
