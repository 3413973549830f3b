"""Fields for text that the server writes into while somebody may be typing."""

from typing import Any

from nicegui import ui


class Line(ui.input):
    """As NiceGUI's, which sends a value that the server sets also as a command, for a browser that
    was told the same before and shows something else. Where it was told something else it needs no
    command; late, that would put the value over what was typed meanwhile."""

    _told: Any = None

    def _handle_value_change(self, value: Any) -> None:
        from_browser = not self._send_update_on_value_change
        if from_browser or value == self._told:
            super()._handle_value_change(value)
        else:
            super(ui.input, self)._handle_value_change(value)
        if not from_browser:
            self._told = value


class Lines(Line, ui.textarea):
    """The same for several lines."""
