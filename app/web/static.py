"""The hand-written files: scripts, one stylesheet, icons, and the driver's page."""

from typing import Final

from fastapi import APIRouter
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app import STATIC

ICON: Final = STATIC / "icons" / "favicon.svg"
DAY: Final = "public, max-age=86400"
ASK: Final = "no-cache"
"""Kept, but asked for each time: files of two versions must never meet in one page."""

router: Final = APIRouter(include_in_schema=False)


class Files(StaticFiles):
    """Static files with what browsers may keep."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or 304, or 404."""
        response = await super().get_response(path, scope)
        if response.status_code in {200, 206, 304}:
            response.headers["Cache-Control"] = DAY if path.startswith("icons/") else ASK
        return response


def files() -> Files:
    """What is served below `/static`."""
    return Files(directory=STATIC)


@router.get("/drive")
async def drive() -> Response:
    """The driver's page; his token is in the part of the address that is never sent."""
    return FileResponse(STATIC / "drive.html", media_type="text/html")


@router.get("/favicon.ico")
async def favicon() -> Response:
    """The icon, for browsers that ask without being told."""
    headers = Headers({"Cache-Control": DAY})
    return FileResponse(ICON, media_type="image/svg+xml", headers=headers)
