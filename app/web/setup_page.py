"""The page for a person whose camera opened a set-up code in the browser: back to the app. Pure."""

from html import escape
from typing import Final
from urllib.parse import quote

from app.protocol.apps import osmand, traccar

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Set up this phone</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="stylesheet" href="/static/shared/ontheway.css"></head>
<body class="message"><main><h1>Set up this phone</h1>
<p>{text}</p>
</main></body></html>
"""
_TRACCAR: Final = (
    'This code is for the app Traccar Client. If it is installed here, <a href="{link}">open the '
    "settings in it</a>; or scan the code again, from within the app."
)
_OSMAND: Final = (
    "This code is for the app OsmAnd. Paste this address there, under Trip recording, "
    "Online tracking: <br><code>{link}</code>"
)


def setup_page(public_url: str, token: str, query: str) -> str:
    """The page; ``query`` holds the settings, which go on to the app."""
    address = f"{public_url}/ingest/{quote(token, safe='')}"
    if query.startswith("app=osmand"):
        return _PAGE.format(text=_OSMAND.format(link=escape(f"{address}?{osmand.QUERY}")))
    link = f"{traccar.LINK}?url={quote(address, safe='')}"
    return _PAGE.format(text=_TRACCAR.format(link=escape(f"{link}&{query}" if query else link)))
