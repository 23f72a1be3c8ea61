"""The command line: arguments and settings in, exit code out."""

import asyncio
import json
import os
import sys
from collections.abc import Coroutine
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.settings import HealthSettings, Settings

ANSWER_WITHIN_S = 5

# Each command imports what it needs: `version` and `schema` answer at once.
app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,  # it prints local variables, and with them secrets
    help="Self-hosted alerts on shifts in the Fed's liquidity stance and the crypto moves after.",
)
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        envvar="FEDPIVOT_CONFIG",
        help="TOML file; default fedpivot.toml if present",
    ),
]


@app.callback(invoke_without_command=True)
def default(context: typer.Context, config: ConfigOption = None) -> None:
    """Run the bot if no command is given."""
    if context.invoked_subcommand is None:
        run(config)
    elif (source := context.get_parameter_source("config")) and source.name == "COMMANDLINE":
        raise typer.BadParameter("--config: expected after the command, found before it")


@app.command()
def run(config: ConfigOption = None) -> None:
    """Run the bot; without TELEGRAM_BOT_TOKEN in this terminal."""
    settings = _settings(config)
    from bot import app as bot_app
    from bot.log import configure
    from bot.problems import explained

    configure(settings.log.level, settings.log.format, secrets=settings.secrets())
    with explained():
        raise typer.Exit(_run(bot_app.run(settings)))


@app.command()
def demo(
    corpus: Annotated[
        Path | None, typer.Option(help="folder of recordings to serve instead of the fixtures")
    ] = None,
    speed: Annotated[float, typer.Option(help="2 is twice as fast")] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object per alert")] = False,
) -> None:
    """Replay October to December 2025 through the whole path, without network or token."""
    from bot.demo.run import run as run_demo

    raise typer.Exit(_run(run_demo(corpus, speed, as_json=as_json)))


@app.command()
def schema() -> None:
    """Print the events' JSON Schema."""
    from rules.events import schema as event_schema

    typer.echo(json.dumps(event_schema(), indent=2))


@app.command("config")
def show_config(config: ConfigOption = None) -> None:
    """Check the settings and print them as TOML, secrets masked."""
    from bot.example import in_force

    typer.echo(in_force(_settings(config)))


@app.command()
def example() -> None:
    """Print a settings file with every setting, its default and what it is for."""
    from bot.example import example as example_file

    typer.echo(example_file(), nl=False)


@app.command()
def docs() -> None:
    """Print the reference of commands, watchers, rules and settings as Markdown."""
    from bot.reference import reference

    typer.echo(reference(), nl=False)


@app.command()
def health(config: ConfigOption = None) -> None:
    """Ask the running bot whether it is well; the exit code says so."""
    settings = _settings(config).health
    try:
        status, body = _ask(settings)
    except (OSError, HTTPException) as error:
        typer.echo(f"no answer from {settings.host}:{settings.port}: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(body)
    raise typer.Exit(0 if status == HTTPStatus.OK else 1)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"fedpivot {installed_version('fedpivot')}")


def _ask(settings: "HealthSettings") -> tuple[int, str]:
    """Status and body of the health page, asked from the machine it runs on."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104
    connection = HTTPConnection(host, settings.port, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def _settings(config: Path | None) -> "Settings":
    from bot.settings import SettingsError, load

    try:
        return load(config, os.environ)
    except SettingsError as error:
        for problem in error.problems:
            typer.echo(f"settings: {problem}", err=True)
        raise typer.Exit(2) from error


def _run(work: Coroutine[Any, Any, int]) -> int:
    if sys.platform == "win32":
        return asyncio.run(work)
    import uvloop

    return int(uvloop.run(work))
