"""Logging: one escaped line per event on standard error, with every secret redacted."""

import logging
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Final

import structlog

from app.web.redact import redact

_QUIET: Final = ("uvicorn.access", "uvicorn.error", "alembic")
_TERSE: Final = ("engineio.server", "socketio.server")
"""What strangers send makes these raise: their tracebacks tell nothing of us."""
SPAN_SECONDS: Final = 10.0
MOST_IN_SPAN: Final = 10
"""Lines that begin alike; what comes more often is counted instead."""
ALIKE: Final = 40


def configure(level: int = logging.INFO) -> None:
    """Set up structlog and the standard library's logging, which libraries use."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            Calm(time.monotonic),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            # repr() escapes CR, LF, ANSI sequences and U+2028: one event is one line.
            structlog.processors.KeyValueRenderer(
                key_order=["timestamp", "level", "event"], repr_native_str=True
            ),
            # Last: whatever a value is made of, it is text by now.
            _redacted,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [_ToStructlog()]
    root.setLevel(logging.WARNING)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _TERSE:
        # A level of its own keeps them from adding a handler that writes past us.
        logging.getLogger(name).setLevel(logging.ERROR)
        logging.getLogger(name).handlers.clear()
    # NiceGUI warns of every address that is not found: any stranger's words, or a mistyped link.
    logging.getLogger("nicegui").setLevel(logging.ERROR)


class Calm:
    """Counts events that come too often instead of writing them: nobody fills the disk with
    what is logged of him."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends = 0.0
        self._seen: dict[str, int] = {}

    def __call__(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """A processor of structlog's."""
        now = self._clock()
        if now >= self._ends:
            left_out = sum(max(0, count - MOST_IN_SPAN) for count in self._seen.values())
            self._ends, self._seen = now + SPAN_SECONDS, {}
            if left_out:
                event["left_out_before"] = left_out
        kind = str(event.get("event"))[:ALIKE]
        count = self._seen[kind] = self._seen.get(kind, 0) + 1
        if count > MOST_IN_SPAN:
            raise structlog.DropEvent
        return event


def _redacted(_logger: Any, _method: str, line: Any) -> str:
    return redact(line)


class _ToStructlog(logging.Handler):
    """Library messages in the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        error = record.exc_info[1] if record.exc_info else None
        if record.name in _TERSE:
            why = type(error).__name__
            log.log(record.levelno, record.getMessage()[:200], logger=record.name, why=why)
            return
        log.log(record.levelno, record.getMessage(), logger=record.name, exc_info=error)
