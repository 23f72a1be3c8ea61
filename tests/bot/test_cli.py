"""The command line, as a process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bot.example import example
from bot.reference import reference
from rules.events import schema

TOKEN = "123456789:AAExampleExampleExampleExampleExamp"


@pytest.fixture
def fedpivot(tmp_path: Path, root: Path) -> "Fedpivot":
    return Fedpivot(tmp_path, root)


class Fedpivot:
    """Runs the command in an empty folder with an empty environment."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder
        self._base = {"PYTHONPATH": str(root), "HOME": str(folder), "PATH": os.environ["PATH"]}

    def __call__(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env=self._base | environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture(params=[200, 503])
def page(request: pytest.FixtureRequest) -> Iterator[tuple[int, int]]:
    """A health page on loopback that always answers the same: its port and its status."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(request.param if self.path == "/healthz" else 404)
            self.end_headers()
            self.wfile.write(b'{"parts": {}}')

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_port, request.param
    server.shutdown()
    thread.join()
    server.server_close()


def test_version_and_schema_are_printed(fedpivot: Fedpivot) -> None:
    assert fedpivot("version").stdout.startswith("fedpivot ")
    assert json.loads(fedpivot("schema").stdout) == schema()


def test_the_example_and_the_reference_are_printed(fedpivot: Fedpivot) -> None:
    assert fedpivot("example").stdout == example()
    assert fedpivot("docs").stdout == reference()


def test_every_mistake_is_printed_and_the_exit_code_is_2(fedpivot: Fedpivot) -> None:
    (fedpivot.folder / "own.toml").write_text("[health]\nprt = 1\n[log]\nlevel = 'loud'\n")

    done = fedpivot("config", FEDPIVOT_CONFIG="own.toml", FEDPIVOT_HEALTH__HOSTS="x")

    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "settings: health.prt: unknown setting; did you mean health.port? (in own.toml)",
        "settings: health.hosts: unknown setting; did you mean health.host? "
        "(in FEDPIVOT_HEALTH__HOSTS)",
        "settings: log.level: expected 'DEBUG', 'INFO', 'WARNING' or 'ERROR', found 'LOUD' "
        "(in own.toml)",
    ]


def test_mistakes_stop_run_before_anything_starts(fedpivot: Fedpivot) -> None:
    done = fedpivot("--config", "none.toml")

    assert done.returncode == 2
    assert "none.toml: expected a readable TOML file" in done.stderr


def test_config_before_a_command_is_refused_rather_than_ignored(fedpivot: Fedpivot) -> None:
    done = fedpivot("--config", "own.toml", "config")

    assert done.returncode == 2
    assert "expected after the command" in done.stderr


def test_config_shows_what_is_in_force_without_secrets(fedpivot: Fedpivot) -> None:
    done = fedpivot("config", TELEGRAM_BOT_TOKEN=TOKEN, FEDPIVOT_HEALTH__PORT="9001")

    assert done.returncode == 0
    assert "port = 9001" in done.stdout
    assert TOKEN not in done.stdout + done.stderr


def test_health_asks_the_page_and_its_exit_code_says_what_it_said(
    fedpivot: Fedpivot, page: tuple[int, int]
) -> None:
    port, status = page

    done = fedpivot("health", FEDPIVOT_HEALTH__PORT=str(port), FEDPIVOT_HEALTH__HOST="0.0.0.0")

    assert done.returncode == (0 if status == 200 else 1)
    assert done.stdout == '{"parts": {}}\n'


def test_health_without_an_answer_is_not_well(fedpivot: Fedpivot) -> None:
    done = fedpivot("health", FEDPIVOT_HEALTH__PORT="1")

    assert done.returncode == 1
    assert "no answer from 127.0.0.1:1" in done.stderr
