"""What a page's script imports: named in its head, so that the browser gets all of it at once."""

import re
from posixpath import dirname, join, normpath
from typing import Final

from app import STATIC

IMPORTED: Final = re.compile(r"""\bfrom ["'](\.[^"']+)["']""")
"""An import without condition; one that the script makes later is none of these."""


def scripts(*entries: str) -> list[str]:
    """These scripts and all that they import, by their paths below `/static/`."""
    found = list(entries)
    for path in found:  # which grows on the way
        for target in IMPORTED.findall((STATIC / path).read_text()):
            name = normpath(join(dirname(path), target))
            if name not in found:
                found.append(name)
    return found


def preloads(*entries: str, more: str = "") -> str:
    """For the head: these scripts and all that they import; ``more`` are attributes."""
    return "".join(
        f'<link rel="modulepreload"{more} href="/static/{path}">' for path in scripts(*entries)
    )
