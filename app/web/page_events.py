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
    handle_request: Handler
    """Serves a whole connection, from ASGI's scope on."""


_log = structlog.get_logger("pages")


def guard_events(sio: Events) -> None:
    """Put the guard around the handlers that are there; to be called once."""
    handlers = sio.handlers.get("/", {})
    for event in DATA_EVENTS:
        if event in handlers:
            handlers[event] = _guarded(event, handlers[event])
    sio.handle_request = _guarded_socket(sio.handle_request)


def _guarded_socket(serve: Handler) -> Handler:
    """A frame that is no packet at all, such as an empty one, ends its connection and no more."""

    async def handle_request(scope: dict[str, Any], *channels: Any) -> Any:
        if scope["type"] != "websocket":
            return await serve(scope, *channels)
        try:
            return await serve(scope, *channels)
        except Exception as error:
            return _refused("frame", error)

    return handle_request


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
