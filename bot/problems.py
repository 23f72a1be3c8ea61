"""The errors that end the process, as one line each with what was expected and found."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from redis.exceptions import RedisError

from bot.deliver import NothingCanBeSentError
from bot.embedded import EmbeddedServerError
from bot.outbox import PositionMovedError

FATAL = (NothingCanBeSentError, EmbeddedServerError, PositionMovedError, RedisError)
TOKEN_ERROR = "TokenRefusedError"  # noqa: S105 - a class name; importing it would load PTB


@contextmanager
def explained() -> Iterator[None]:
    """Print a known fatal error in one line and exit 1; anything else keeps its traceback."""
    try:
        yield
    except BaseException as error:
        known = [one for one in _leaves(error) if _is_known(one)]
        if not known:
            raise
        for one in known:
            sys.stderr.write(f"fedpivot: {one}\n")
        raise typer.Exit(1) from error


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _is_known(error: BaseException) -> bool:
    return isinstance(error, FATAL) or type(error).__name__ == TOKEN_ERROR
