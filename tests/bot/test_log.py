"""No secret gets into a log, by whatever way it comes."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from typing import NoReturn

import pytest
import structlog

from bot.log import configure

TOKEN = "123456789:AAExampleExampleExampleExampleExamp"
PASSWORD = 'pa"ss wörd'
REDIS_URL = "redis://bot:hunter22@redis.example/0"


class RefusedError(Exception):
    """An error whose text quotes the request that failed."""


def refuse(text: str) -> NoReturn:
    raise RefusedError(text)


@pytest.fixture
def _as_before() -> Iterator[None]:
    """Logging is one for the whole process: give back what was there."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    hooks = sys.excepthook, threading.excepthook
    yield
    root.handlers, root.level, logging.raiseExceptions = before
    sys.excepthook, threading.excepthook = hooks
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


pytestmark = pytest.mark.usefixtures("_as_before")


@pytest.fixture(params=["console", "json"])
def written(request: pytest.FixtureRequest) -> io.StringIO:
    """What was logged so far, in either style, at the level that says most."""
    stream = io.StringIO()
    configure("DEBUG", request.param, stream, secrets=[TOKEN, PASSWORD])
    return stream


def test_a_token_in_a_traceback_is_masked(written: io.StringIO) -> None:
    try:
        refuse(f"POST https://api.telegram.org/bot{TOKEN}/sendMessage")
    except RefusedError:
        structlog.get_logger("bot.deliver").exception("not sent", url=f"/bot{TOKEN}/x")

    assert "RefusedError" in written.getvalue()
    assert "Traceback" in written.getvalue()
    assert TOKEN not in written.getvalue()


def test_a_token_in_the_traceback_of_a_cause_is_masked(written: io.StringIO) -> None:
    try:
        try:
            refuse(TOKEN)
        except RefusedError as error:
            raise RuntimeError("no answer") from error
    except RuntimeError:
        logging.getLogger("somebody.elses").exception("failed with %s", TOKEN)

    assert "no answer" in written.getvalue()
    assert TOKEN not in written.getvalue()


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(TOKEN, id="a token of the settings"),
        pytest.param("987654321:BBOtherOtherOtherOtherOtherOtherOth", id="any other token"),
        pytest.param("987654321%3ABBOtherOtherOtherOtherOtherOtherOth", id="a quoted token"),
        pytest.param(PASSWORD, id="a password that JSON has to escape"),
    ],
)
def test_a_secret_is_masked_in_a_message_and_in_a_value(written: io.StringIO, secret: str) -> None:
    structlog.get_logger("bot").warning(f"of {secret}.", found=secret)

    assert secret not in written.getvalue()
    assert json.dumps(secret)[1:-1] not in written.getvalue()
    assert "***" in written.getvalue()


def test_the_password_in_a_url_is_masked_and_its_host_is_not(written: io.StringIO) -> None:
    logging.getLogger("redis").error("cannot connect to %s", REDIS_URL)

    assert "hunter22" not in written.getvalue()
    assert "redis.example" in written.getvalue()


def test_what_ends_the_process_is_masked(written: io.StringIO) -> None:
    try:
        refuse(TOKEN)
    except RefusedError as error:
        sys.excepthook(type(error), error, error.__traceback__)

    assert "crashed" in written.getvalue()
    assert TOKEN not in written.getvalue()


def test_what_ends_a_thread_is_masked(written: io.StringIO) -> None:
    thread = threading.Thread(target=refuse, args=(TOKEN,), name="reader")
    thread.start()
    thread.join()

    assert "reader" in written.getvalue()
    assert TOKEN not in written.getvalue()


def test_a_line_that_cannot_be_formatted_is_not_printed_as_it_is(
    written: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("bot").error("expected a number, found %d", TOKEN)

    assert TOKEN not in written.getvalue() + capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["httpx", "httpcore.http11", "aiohttp.access", "telegram.Bot", "apscheduler.scheduler"]
)
def test_libraries_that_quote_urls_are_heard_only_when_something_is_wrong(
    written: io.StringIO, name: str
) -> None:
    logging.getLogger(name).info("POST /bot/getMe")
    logging.getLogger(name).warning("slow")

    assert "getMe" not in written.getvalue()
    assert "slow" in written.getvalue()


def test_json_is_one_object_a_line() -> None:
    stream = io.StringIO()
    configure("INFO", "json", stream)

    structlog.get_logger("bot.app").info("started", port=8477)
    logging.getLogger("bot.app").debug("unheard")

    line = json.loads(stream.getvalue())
    assert line["event"] == "started"
    assert line["port"] == 8477
    assert line["level"] == "info"
    assert line["logger"] == "bot.app"
