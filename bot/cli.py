"""The command line: arguments and settings in, exit code out."""

import asyncio
import json
import os
import sys
import urllib.request
from collections.abc import Coroutine
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated, Any
from urllib.error import URLError

import typer

from bot.settings import Settings, SettingsError, load

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    help="Self-hosted alerts on shifts in the Fed's liquidity stance and the crypto moves after.",
)
ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="TOML file; default fedpivot.toml if present")
]


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Run the bot if no command is given."""
    if context.invoked_subcommand is None:
        run()


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
    """Check the settings and print them, secrets masked."""
    typer.echo(_settings(config).model_dump_json(indent=2, serialize_as_any=True))


@app.command()
def health(config: ConfigOption = None) -> None:
    """Ask the running bot whether it is well; the exit code says so."""
    settings = _settings(config)
    url = f"http://{settings.health.host}:{settings.health.port}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            typer.echo(answer.read().decode())
    except (URLError, OSError) as error:
        typer.echo(f"not well: {error}", err=True)
        raise typer.Exit(1) from error


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"fedpivot {installed_version('fedpivot')}")


def _settings(config: Path | None) -> Settings:
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
