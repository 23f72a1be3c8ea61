"""`fedpivot demo`: the unchanged bot in the loopback world, from page to phone."""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.app import App, running
from bot.chat.console import styled
from bot.demo.clock import DemoClock
from bot.demo.episode import Episode, episode
from bot.demo.exchange import Exchange
from bot.demo.papers.pages import OPERATIONS_URL
from bot.demo.prices import corpus_prices, episode_prices
from bot.demo.telegram import Sent, Telegram
from bot.demo.world import World
from bot.log import configure
from bot.outbox import Job
from bot.settings import HealthSettings, Settings, StoreSettings
from bot.settings import Telegram as TelegramSettings
from rules.registry import RULES
from watchers.fetch import Fetching
from watchers.registry import WATCHERS
from watchers.tickers import Tickers

TOKEN = "123456789:the-demo-speaks-to-itself-on-loopback"  # noqa: S105 - of the loopback Bot API
READER = 4242
POLL = timedelta(milliseconds=60)


@dataclass(frozen=True, slots=True)
class Told:
    """An alert as it arrived. Latency: from the page's first byte served to sendMessage."""

    job: Job
    sent: Sent
    delivered_at: datetime
    latency_ms: float | None


async def run(corpus: Path | None, speed: float, *, as_json: bool = False) -> int:
    """Replay the episode; exit code 0 if every expected kind of alert arrived."""
    configure("ERROR", "console")
    told: list[Told] = []
    # JSON is for programs: nothing else may stand on standard output.
    console = Console(quiet=as_json)
    play = episode(corpus)
    clock = DemoClock(play.segments, play.end, time.monotonic, speed)
    prices = corpus_prices(corpus) if corpus else episode_prices()
    world = World(clock, Telegram(TOKEN), Exchange(prices, clock))
    with tempfile.TemporaryDirectory(prefix="fedpivot-demo-") as folder:
        async with world:
            _publish_due(world, play, clock(), 0)
            app = App(_settings(world, Path(folder)), clock, tick=timedelta(seconds=0.2))
            async with running(app):
                await _subscribe(world)
                clock.begin()
                async for one in _play(app, world, play, clock, console):
                    told.append(one)
                    _show(one, console, as_json=as_json)
    console.print(_summary(told))
    return 0 if {one.job.transition.finding.rule for one in told} >= EXPECTED else 1


EXPECTED = {"rate_decision", "balance_sheet_policy", "srf_take_up", "crypto_reaction"}


def _settings(world: World, folder: Path) -> Settings:
    """The bot's own settings, pointed at the world and asking as often as time is compressed."""
    watchers = {
        name: kind(every=POLL) if kind.polled else kind() for name, kind in WATCHERS.items()
    }
    # Simulated minutes pass while a second venue answers: one is asked here, several in real life.
    watchers["tickers"] = Tickers(every=POLL, venues=("gate",), quorum=1)
    return Settings(
        telegram=TelegramSettings(token=SecretStr(TOKEN), api_base=f"{world.url}/api.telegram.org"),
        store=StoreSettings(data_dir=folder),
        fetch=Fetching(gateway=world.url),
        health=HealthSettings(port=0),
        watchers=watchers,
        rules={name: kind() for name, kind in RULES.items()},
    )


def _publish_due(world: World, play: Episode, now: datetime, done: int) -> int:
    due = [step for step in play.publications[done:] if step.at <= now]
    for step in due:
        step.publish(world)
    return done + len(due)


async def _subscribe(world: World) -> None:
    await world.telegram.say(READER, "/start")
    while not world.telegram.sent:
        await world.telegram.arrived.wait()


async def _play(
    app: App, world: World, play: Episode, clock: DemoClock, console: Console
) -> AsyncIterator[Told]:
    """Publish what is due and yield alerts as they arrive, until the end."""
    done, seen = 0, len(world.telegram.sent)
    async with _bar(console, clock.seconds) as progress:
        grace = 1.5
        while clock.elapsed() < clock.seconds + grace:
            done = _publish_due(world, play, clock(), done)
            progress(clock.elapsed(), clock())
            while seen < len(world.telegram.sent):
                sent = world.telegram.sent[seen]
                told = await _match(app, world, sent, clock)
                if told is None:
                    break
                seen += 1
                yield told
            await asyncio.sleep(0.01)


@asynccontextmanager
async def _bar(console: Console, seconds: float) -> AsyncIterator[Any]:
    columns = (BarColumn(), TextColumn("{task.fields[at]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=seconds, at="")

        def update(elapsed: float, now: datetime) -> None:
            progress.update(task, completed=min(elapsed, seconds), at=f"{now:%Y-%m-%d %H:%M} UTC")

        yield update


async def _match(app: App, world: World, sent: Sent, clock: DemoClock) -> Told | None:
    """The alert that a message carries; None until its ledger row says so."""
    for job in await app.outbox.recent(50):
        if await app.outbox.message_id(job.transition.id, sent.chat_id) == sent.message_id:
            return Told(job, sent, clock.when(sent.at), _latency_ms(world, job, sent))
    return None


def _latency_ms(world: World, job: Job, sent: Sent) -> float | None:
    finding = job.transition.finding
    if finding.message in ("balance_sheet.effective", "crypto_reaction"):
        return None  # the clock's own alerts: no page was served for them
    pages = (OPERATIONS_URL,) if finding.rule == "srf_take_up" else finding.urls
    served = [at for url in pages if (at := world.first_served(url, sent.at)) is not None]
    return (sent.at - max(served)) * 1000 if served else None


def _show(told: Told, console: Console, *, as_json: bool) -> None:
    transition = told.job.transition
    if as_json:
        row = {
            "id": transition.id,
            "reason": transition.reason,
            "message": transition.finding.message,
            "severity": transition.finding.severity.name,
            "values": transition.finding.model_dump(mode="json")["values"],
            "thread": transition.finding.thread,
            "published_at": _iso(transition.finding.published_at),
            "first_seen_at": _iso(transition.finding.observed_at),
            "detected_at": _iso(told.job.detected_at),
            "delivered_at": _iso(told.delivered_at),
            "latency_ms": told.latency_ms and round(told.latency_ms, 1),
            "reply_to": told.sent.reply_to,
            "text": told.sent.text,
        }
        print(json.dumps(row, ensure_ascii=False), flush=True)  # noqa: T201 - the program's output
        return
    reply = f" ↩ #{told.sent.reply_to}" if told.sent.reply_to else ""
    title = f"#{told.sent.message_id}{reply}"
    console.print(Panel(styled(told.sent.text), title=title, title_align="left"))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _summary(told: list[Told]) -> Table:
    table = Table(
        title="From page to phone (times UTC, simulated; latency real)",
        caption="A second message to one chat waits a second: Telegram asks for that.",
    )
    table.add_column("event", overflow="fold")
    for heading in ("first seen", "detected", "delivered"):
        table.add_column(heading, no_wrap=True)
    table.add_column("latency", justify="right", no_wrap=True)
    for one in told:
        finding = one.job.transition.finding
        table.add_row(
            one.job.transition.id.removesuffix("#1"),
            f"{finding.observed_at:%m-%d %H:%M:%S}",
            f"{one.job.detected_at:%H:%M:%S}",
            f"{one.delivered_at:%H:%M:%S}",
            f"{one.latency_ms:.1f} ms" if one.latency_ms is not None else "—",
        )
    return table
