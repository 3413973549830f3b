"""A real store in a temporary folder for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.storage.store import SqlStore, open_store
from tests.fresh import furnish


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Where the store of this test lives; not made yet."""
    return tmp_path / "data"


@pytest.fixture
async def store(data_dir: Path) -> AsyncIterator[SqlStore]:
    """An empty store, closed afterwards."""
    furnish(data_dir)
    opened = await open_store(data_dir)
    yield opened
    await opened.close()
