"""A field for files, without a browser."""

import gc
from weakref import ref

import pytest
from nicegui import Client, core, ui
from nicegui.page import page

from app.ui.kit.upload import Upload


class Reader:
    """Somebody who reads files."""

    async def take(self) -> None:
        """Read one."""


async def test_nothing_stays_of_who_read_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.app.config, "endpoint_documentation", "none", raising=False)
    client, reader = Client(page("")), Reader()
    with client:
        upload = Upload(on_upload=reader.take, on_begin_upload=reader.take)
        upload.on_multi_upload(reader.take)
        ui.label("beside it")
    left = ref(reader)
    client.delete()
    del client, reader, upload
    gc.collect()
    assert left() is None
