"""A picture of proof as an answer: shown by our own pages, and nothing but a picture to others."""

from typing import Final

from starlette.responses import Response

_HEADERS: Final = {
    # It was made anew by us; should it ever be something else, it may do nothing.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Disposition": 'inline; filename="proof"',
}


def picture_response(body: bytes, media_type: str) -> Response:
    """The answer; `app.web.headers` adds ``nosniff`` and ``no-store``."""
    return Response(body, media_type=media_type, headers=_HEADERS)
