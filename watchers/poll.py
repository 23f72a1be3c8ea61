"""The one loop of every source: look, parse, publish, remember; say once what is wrong."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
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
        self._remembers = False

    async def run(self) -> None:
        """Look again and again, at the watcher's pace or slower while it fails."""
        while True:
            wait = await self.once()
            await asyncio.sleep(wait.total_seconds())

    async def once(self) -> timedelta:
        """One look, whatever happens; how long to wait before the next."""
        try:
            await self._remember()
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
        if self._remembers:
            return
        raw = await self._cursors.load(self.watcher.name)
        if raw is not None:
            self._cursor = self._read_cursor(raw)
            self._fetch.kept.update(self._cursor.pages)
            told = self.standing.state or self._cursor.state
            self.standing = replace(self.standing, state=told)
        self._remembers = True

    def _read_cursor(self, raw: bytes) -> Cursor:
        """A cursor that cannot be read costs one full look, not the last two days' news: the bus
        drops what it has seen."""
        try:
            return Cursor.model_validate_json(raw)
        except ValidationError as error:
            log.warning("cursor cannot be read", source=self.watcher.name, problem=str(error))
            return Cursor(first_look=self._clock())

    async def _look(self) -> None:
        async for page in self._pages():
            await self._take(page)
        if self._cursor.first_look is None:
            self._cursor = self._cursor.model_copy(update={"first_look": self._clock()})
            await self._save()

    async def _take(self, page: Page) -> None:
        """Publish what a page says; a page that was read only in part is not kept."""
        known = frozenset(self._cursor.known)
        events, problem = sift(self.watcher, replace(page, known=known))
        first = self._cursor.first_look is None
        new = [mark_old(event, first=first) for event in events if event.uid not in known]
        await self._publish(new)
        self._cursor = self._cursor.with_known([event.uid for event in new])
        if problem is None:
            self._fetch.keep(page)
            pages = {**self._cursor.pages, page.link.url: self._fetch.kept[page.link.url]}
            self._cursor = self._cursor.model_copy(update={"pages": pages})
        await self._save()
        if problem is not None:
            raise problem

    def _pages(self) -> AsyncIterator[Page]:
        return self.watcher.look(self._fetch, self._clock())

    async def _save(self) -> None:
        if not self._remembers:  # what could not be loaded must not be overwritten
            return
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
        if changed:  # it answers at our pace, and a release may come beside what is odd
            return self._jittered(self.watcher.every)
        backoff = self.watcher.every * 2 ** min(self._failures, 10)
        asked = error.retry_after if isinstance(error, SourceUnavailableError) else None
        return max(self._jittered(min(backoff, LONGEST_BACKOFF)), asked or timedelta(0))

    async def _change(self, state: Health, reason: str) -> None:
        """Tell a change of state once: in the log, and as an event."""
        before = self.standing.state
        if state is before:
            return
        self.standing = replace(self.standing, state=state)
        self._cursor = self._cursor.model_copy(update={"state": state})
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
            await self._save()
        except Exception:
            log.exception("cannot publish a source's state", source=self.watcher.name)
            self.standing = replace(self.standing, state=before)
            self._cursor = self._cursor.model_copy(update={"state": before})

    def _jittered(self, wait: timedelta) -> timedelta:
        return wait * self._random.uniform(1 - JITTER, 1 + JITTER)


def read(watcher: Watcher, page: Page) -> Sequence[Event]:
    """All that a page says; raises `SourceChangedError` if any of it is odd."""
    events, problem = sift(watcher, page)
    if problem is not None:
        raise problem
    return events


def sift(watcher: Watcher, page: Page) -> tuple[Sequence[Event], SourceChangedError | None]:
    """What can be read of a page, and what was wrong with the rest, if anything.

    A value that the vocabulary or a parser refuses means that the source has changed.
    """
    events: list[Event] = []
    try:
        for event in watcher.parse(page):
            events.append(event)  # noqa: PERF402 - what came before an error has to stay
    except SourceChangedError as error:
        return events, error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        found = f"{where}: {first['msg']}, found {str(first.get('input'))[:80]}"
        return events, SourceChangedError(watcher.name, found, body=page.body)
    except (ValueError, LookupError, TypeError, ArithmeticError, AttributeError) as error:
        found = f"expected the known shape, found {error!r}"
        return events, SourceChangedError(watcher.name, found, body=page.body)
    return events, None


def mark_old(event: Event, *, first: bool) -> Event:
    """What was old when first seen is context, not news."""
    if event.published_at is None:
        return event
    age = event.observed_at - event.published_at
    old = age > (NEWS_ON_FIRST_LOOK if first else NEWS_EVER)
    return event.model_copy(update={"baseline": True}) if old else event
