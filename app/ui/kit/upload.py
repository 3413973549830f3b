"""A field for files that leaves nothing behind."""

from nicegui import ui


class Upload(ui.upload):
    """As NiceGUI's. FastAPI remembers the last thousands of handlers that it looked at, also those
    of addresses that are gone, and the one of this element knows it: what hangs on its own handlers
    (a dialog, a file that was read) would stay as long."""

    def _handle_delete(self) -> None:
        super()._handle_delete()
        self._begin_upload_handlers.clear()
        self._upload_handlers.clear()
        self._multi_upload_handlers.clear()
