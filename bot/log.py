"""Logging: structlog over the standard library, with secrets taken out of the final line."""

import logging
import re
import sys
from typing import Any, TextIO

import structlog

TOKEN = re.compile(r"\b\d{5,12}:[A-Za-z0-9_-]{30,}")
URL_PASSWORD = re.compile(r"(rediss?://[^:/@\s]*:)[^@\s]+@")
CHATTY = ("httpx", "httpcore", "aiohttp.access", "telegram", "apscheduler", "ccxt", "asyncio")


class Redacting(logging.Formatter):
    """Redacts the whole line, traceback included: a filter would see only the message."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """The line without tokens and passwords."""
        return redact(self._inner.format(record))


def redact(text: str) -> str:
    """The text without anything that looks like a bot token or a password in a URL."""
    return URL_PASSWORD.sub(r"\1***@", TOKEN.sub("***", text))


def configure(level: str, style: str, stream: TextIO | None = None) -> None:
    """Set up all logging of the process: `style` is `console` or `json`."""
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
    renderer: Any = structlog.processors.JSONRenderer()
    tail: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if style == "console":
        renderer = structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
    else:
        tail.append(structlog.processors.format_exc_info)
    inner = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[*tail, renderer]
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Redacting(inner))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
