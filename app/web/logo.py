"""The business's logo, from the settings: open to everybody, kept by browsers for ever.

Its address holds a digest of its bytes, so that another logo has another address.
"""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.domain.errors import not_found
from app.web.guard import services_of

FOREVER: Final = "public, max-age=31536000, immutable"

router: Final = APIRouter(include_in_schema=False)


@router.get("/logo/{digest}")
async def logo(digest: str, request: Request) -> Response:
    """The picture as it was uploaded, under a name of ours; opened by itself it is a download."""
    picture = services_of(request).preferences.current.logo
    if picture is None or picture.digest != digest:
        raise not_found("logo")
    headers = {
        "Cache-Control": FOREVER,
        "Content-Disposition": f'attachment; filename="logo.{picture.kind}"',
    }
    return Response(picture.body, media_type=picture.media_type, headers=headers)
