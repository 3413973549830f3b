"""The address for phone apps that exist; this version only says that it is not built yet."""

from typing import Final

from fastapi import APIRouter

from app.domain.errors import OnthewayError

router: Final = APIRouter(include_in_schema=False)


@router.api_route("/ingest/{token}", methods=["GET", "POST"])
async def ingest() -> None:
    """Refuse, whatever the token."""
    raise OnthewayError("not_built", "Phone apps are not taken yet in this version.")
