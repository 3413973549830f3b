"""Logging: one escaped line per event on standard error, with every secret redacted."""

import logging
import sys
from typing import Any

import structlog

from app.web.redact import redact

_QUIET = ("uvicorn.access", "uvicorn.error", "engineio", "socketio", "alembic")


def configure(level: int = logging.INFO) -> None:
    """Set up structlog and the standard library's logging, which libraries use."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
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
    # NiceGUI warns of every address that is not found: any stranger's words, or a mistyped link.
    logging.getLogger("nicegui").setLevel(logging.ERROR)


def _redacted(_logger: Any, _method: str, line: Any) -> str:
    return redact(line)


class _ToStructlog(logging.Handler):
    """Library messages in the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        error = record.exc_info[1] if record.exc_info else None
        log.log(record.levelno, record.getMessage(), logger=record.name, exc_info=error)
