"""Addresses and methods that do not exist, told in our shape; pages are left to the interface."""

from typing import Final

from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.errors import NO_ADDRESS, NOT_ALLOWED, error_response
from app.web.rules import RULES

API: Final = "/api"
ALSO_PAGES: Final = frozenset({"/login"})
"""Paths of ours that are pages for those who only look."""
PAGES: Final = ("/admin", "/track/")
"""How the paths of the interface's own begin."""


class Known:
    """ASGI middleware: 404 and 405 before the pages' own; HEAD is answered like GET."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        paths: dict[str, set[str]] = {}
        for method, path in RULES:
            paths.setdefault(path, set()).add(method)
        self._paths = [(compile_path(path)[0], methods) for path, methods in paths.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        app = self._app
        if scope["type"] == "http":
            path, method = scope["path"], scope["method"]
            looking = method in {"GET", "HEAD"}
            allowed = self._allowed(path)
            if looking and ("GET" in allowed or _is_page(path)):
                scope = {**scope, "method": "GET"}
            elif allowed and method not in allowed and not (looking and path in ALSO_PAGES):
                app = error_response(NOT_ALLOWED, {"Allow": ", ".join(sorted(allowed))})
            elif not allowed and (path == API or path.startswith(f"{API}/")):
                app = error_response(NO_ADDRESS)
        await app(scope, receive, send)

    def _allowed(self, path: str) -> set[str]:
        return next((methods for regex, methods in self._paths if regex.match(path)), set())


def _is_page(path: str) -> bool:
    return path == "/" or path in ALSO_PAGES or path.startswith(PAGES)
