"""Logging: structlog over the standard library, with secrets taken out of the final line."""

import logging
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Any, TextIO

import structlog

from bot.redaction import Redaction

log = structlog.get_logger(__name__)

CHATTY = ("httpx", "httpcore", "aiohttp.access", "telegram", "apscheduler", "ccxt", "asyncio")


class Redacting(logging.Formatter):
    """Redacts the whole line, traceback included: a filter would see only the message."""

    def __init__(self, inner: logging.Formatter, redact: Redaction) -> None:
        super().__init__()
        self._inner = inner
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """The line without tokens, passwords and the secrets of the settings."""
        return self._redact(self._inner.format(record))


def configure(
    level: str, style: str, stream: TextIO | None = None, secrets: Iterable[str] = ()
) -> None:
    """Set up all logging of the process: `style` is `console` or `json`.

    What ends the process or a thread is logged too, so that its traceback is redacted as well.
    """
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Redacting(_formatter(style, shared), Redaction(secrets)))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # what cannot be formatted would be printed as it is, past the redaction
    logging.raiseExceptions = False
    logging.captureWarnings(capture=True)
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed


def _formatter(style: str, shared: list[Any]) -> logging.Formatter:
    renderer: Any = structlog.processors.JSONRenderer()
    tail: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if style == "console":
        renderer = structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
    else:
        tail.append(structlog.processors.format_exc_info)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[*tail, renderer]
    )


def _crashed(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    log.critical("crashed", exc_info=(kind, error, traceback))


def _thread_crashed(crash: threading.ExceptHookArgs) -> None:
    name = crash.thread.name if crash.thread else ""
    found = crash.exc_value or crash.exc_type()
    log.error("thread crashed", thread=name, exc_info=(crash.exc_type, found, crash.exc_traceback))
