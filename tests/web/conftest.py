"""An installation for each test of the HTTP side, and clients for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.web.house import House, open_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A whole HTTP side on a store of its own."""
    async with open_house(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
async def admin(house: House) -> httpx.AsyncClient:
    """A program that may do everything."""
    return await house.client_for("admin")
