"""The one loop of every source: look, parse, publish, remember; say once what is wrong."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

import structlog
from pydantic import ValidationError

from rules.events import Event, Health, SourceState
from watchers.base import Page, SourceChangedError, SourceError, SourceUnavailableError, Watcher
from watchers.cursor import Cursor, Cursors
from watchers.fetch import Fetch

log = structlog.get_logger(__name__)

Publish = Callable[[Sequence[Event]], Awaitable[object]]

NEWS_ON_FIRST_LOOK = timedelta(minutes=30)
NEWS_EVER = timedelta(hours=48)
LONGEST_BACKOFF = timedelta(minutes=10)
JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source is doing, for /status and health."""

    watcher: str
    every: timedelta
    state: Health | None = None
    last_success: datetime | None = None
    last_look: datetime | None = None
    next_look: datetime | None = None
    problem: str = ""


class Poller:
    """Runs one watcher for ever. Only cancellation comes out of `run`."""

    def __init__(
        self,
        watcher: Watcher,
        fetch: Fetch,
        publish: Publish,
        cursors: Cursors,
        clock: Callable[[], datetime],
        random: Random,
    ) -> None:
        self.watcher = watcher
        self.standing = Standing(watcher.name, watcher.every)
        self._fetch = fetch
        self._publish = publish
        self._cursors = cursors
        self._clock = clock
        self._random = random
        self._cursor = Cursor()
        self._failures = 0

    async def run(self) -> None:
        """Look again and again, at the watcher's pace or slower while it fails."""
        await self._remember()
        while True:
            wait = await self.once()
            await asyncio.sleep(wait.total_seconds())

    async def once(self) -> timedelta:
        """One look, whatever happens; how long to wait before the next."""
        try:
            await self._look()
        except SourceError as error:
            wait = await self._failed(error)
        except Exception as error:
            log.exception("watcher failed", watcher=self.watcher.name)
            wait = await self._failed(SourceUnavailableError(self.watcher.name, repr(error)))
        else:
            await self._succeeded()
            wait = self._jittered(self.watcher.every)
        now = self._clock()
        self.standing = replace(self.standing, last_look=now, next_look=now + wait)
        return wait

    async def _remember(self) -> None:
        raw = await self._cursors.load(self.watcher.name)
        if raw is not None:
            self._cursor = Cursor.model_validate_json(raw)
            self._fetch.kept.update(self._cursor.pages)

    async def _look(self) -> None:
        async for page in self._pages():
            known = frozenset(self._cursor.known)
            events = list(read(self.watcher, replace(page, known=known)))
            events = [mark_old(e, first=self._cursor.first_look is None) for e in events]
            await self._publish([event for event in events if event.uid not in known])
            self._fetch.keep(page)
            uids = [event.uid for event in events if event.uid not in known]
            validator = self._fetch.kept[page.link.url]
            pages = {**self._cursor.pages, page.link.url: validator}
            self._cursor = self._cursor.with_known(uids).model_copy(update={"pages": pages})
            await self._save()
        if self._cursor.first_look is None:
            self._cursor = self._cursor.model_copy(update={"first_look": self._clock()})
            await self._save()

    def _pages(self) -> AsyncIterator[Page]:
        return self.watcher.look(self._fetch, self._clock())

    async def _save(self) -> None:
        await self._cursors.save_cursor(self.watcher.name, self._cursor.model_dump_json().encode())

    async def _succeeded(self) -> None:
        self._failures = 0
        self.standing = replace(self.standing, last_success=self._clock(), problem="")
        await self._change(Health.OK, "")

    async def _failed(self, error: SourceError) -> timedelta:
        self._failures += 1
        changed = isinstance(error, SourceChangedError)
        self.standing = replace(self.standing, problem=error.problem)
        await self._change(Health.CHANGED if changed else Health.FAILING, error.problem)
        backoff = self.watcher.every * 2 ** min(self._failures, 10)
        asked = error.retry_after if isinstance(error, SourceUnavailableError) else None
        return max(self._jittered(min(backoff, LONGEST_BACKOFF)), asked or timedelta(0))

    async def _change(self, state: Health, reason: str) -> None:
        """Tell a change of state once: in the log, and as an event."""
        before = self.standing.state
        if state is before:
            return
        self.standing = replace(self.standing, state=state)
        if before is None and state is Health.OK:
            return
        log.warning("source changed state", source=self.watcher.name, state=state, problem=reason)
        now = self._clock()
        event = SourceState(
            uid=f"source_state:{self.watcher.name}:{now.isoformat()}",
            source=self.watcher.name,
            observed_at=now,
            watcher=self.watcher.name,
            state=state,
            previous=before,
            reason=reason[:500],
        )
        try:
            await self._publish([event])
        except Exception:
            log.exception("cannot publish a source's state", source=self.watcher.name)
            self.standing = replace(self.standing, state=before)

    def _jittered(self, wait: timedelta) -> timedelta:
        return wait * self._random.uniform(1 - JITTER, 1 + JITTER)


def read(watcher: Watcher, page: Page) -> Iterable[Event]:
    """Parse a page; a value that the vocabulary refuses means that the source has changed."""
    try:
        return list(watcher.parse(page))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        found = str(first.get("input"))[:80]
        raise SourceChangedError(
            watcher.name, f"{where}: {first['msg']}, found {found}", body=page.body
        ) from error


def mark_old(event: Event, *, first: bool) -> Event:
    """What was old when first seen is context, not news."""
    if event.published_at is None:
        return event
    age = event.observed_at - event.published_at
    old = age > (NEWS_ON_FIRST_LOOK if first else NEWS_EVER)
    return event.model_copy(update={"baseline": True}) if old else event
