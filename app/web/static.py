"""The hand-written files: scripts, stylesheets, icons, and the driver's page."""

import json
import mimetypes
from hashlib import sha256
from pathlib import Path
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

PAGE: Final = "/drive"
DRIVE: Final = STATIC / "drive"
DRIVE_PAGE: Final = DRIVE / "drive.html"
DRIVE_WORKER: Final = DRIVE / "worker.js"
WORKER_POLICY: Final = "default-src 'none'; connect-src 'self'"

router: Final = APIRouter(include_in_schema=False)
mimetypes.add_type("application/manifest+json", ".webmanifest")


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


@router.get(PAGE)
async def drive() -> Response:
    """The driver's page; his token is in the part of the address that is never sent."""
    return FileResponse(DRIVE_PAGE, media_type="text/html")


@router.get("/drive-worker.js")
def drive_worker() -> Response:
    """What keeps the driver's page on his phone; another text as soon as a file of it is."""
    paths, digest = [PAGE], sha256(DRIVE_PAGE.read_bytes())
    for path in kept_files():
        paths.append(f"/static/{path.relative_to(STATIC).as_posix()}")
        digest.update(path.read_bytes())
    names = (
        f"const VERSION = {json.dumps(digest.hexdigest())};\nconst FILES = {json.dumps(paths)};\n"
    )
    headers = {"Content-Security-Policy": WORKER_POLICY}
    return Response(names + DRIVE_WORKER.read_text(), media_type="text/javascript", headers=headers)


@router.get("/track-worker.js")
async def track_worker() -> FileResponse:
    """What shows the notifications of the customer's page; it lies where its scope begins."""
    headers = {"Cache-Control": ASK}
    path = STATIC / "track" / "worker.js"
    return FileResponse(path, media_type="text/javascript", headers=headers)


def kept_files() -> list[Path]:
    """The files that the driver's page is made of, beside itself."""
    own = sorted(path for path in DRIVE.iterdir() if path not in {DRIVE_PAGE, DRIVE_WORKER})
    return [STATIC / "shared" / "ontheway.css", ICON, *own]


@router.get("/favicon.ico")
async def favicon() -> Response:
    """The icon, for browsers that ask without being told."""
    headers = Headers({"Cache-Control": DAY})
    return FileResponse(ICON, media_type="image/svg+xml", headers=headers)
