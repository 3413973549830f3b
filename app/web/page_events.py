"""Messages of browsers to NiceGUI's own socket are anybody's JSON; what its handlers cannot read
costs one short line, not a task that failed with a traceback (promises, N9)."""

import inspect
from collections.abc import Callable
from typing import Any, Final, Protocol

import structlog

DATA_EVENTS: Final = ("handshake", "event", "javascript_response", "ack", "log")
"""Of NiceGUI; a fault in a handler of ours never gets here, NiceGUI takes care of those."""

Handler = Callable[..., Any]


class Events(Protocol):
    """What is needed of Socket.IO's server."""

    handlers: dict[str, dict[str, Handler]]
    """By namespace, then by event."""


_log = structlog.get_logger("pages")


def guard_events(sio: Events) -> None:
    """Put the guard around the handlers that are there; to be called once."""
    handlers = sio.handlers.get("/", {})
    for event in DATA_EVENTS:
        if event in handlers:
            handlers[event] = _guarded(event, handlers[event])


def _guarded(event: str, handler: Handler) -> Handler:
    if inspect.iscoroutinefunction(handler):

        async def answer(*args: Any) -> Any:
            try:
                return await handler(*args)
            except Exception as error:
                return _refused(event, error)

        return answer

    def take(*args: Any) -> Any:
        try:
            return handler(*args)
        except Exception as error:
            return _refused(event, error)

    return take


def _refused(event: str, error: Exception) -> bool:
    _log.warning("a message of a page was refused", kind=event, why=type(error).__name__)
    return False
