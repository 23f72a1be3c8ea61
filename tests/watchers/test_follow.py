"""Following a release to its papers: late ones are awaited, announced ones never given up."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.demo.papers.pages import FeedItem, release_page
from rules.events import Document, DocumentType, Event, Health, SourceState
from tests.fakes.facts import CUT_OCTOBER, statement
from watchers import follow
from watchers.base import Link, Page, PageMissingError, SourceError, SourceUnavailableError
from watchers.fed_documents import FedDocuments
from watchers.follow import Follower

AT = datetime(2025, 10, 29, 18, tzinfo=UTC)
URL = FeedItem("-", AT).url
NOTE_URL = URL.replace(".htm", "1.htm")
MISSING = PageMissingError("fed_documents", "found 404")
DOWN = SourceUnavailableError("fed_documents", "found 503")
PAGE = release_page("FOMC statement", AT, CUT_OCTOBER)


def announcement(*, baseline: bool = False) -> Document:
    return statement(date(2025, 10, 29), "", baseline=baseline).model_copy(
        update={
            "type": DocumentType.PRESS_RELEASE,
            "title": "Federal Reserve issues FOMC statement",
            "url": URL,
        }
    )


class Pages:
    """Answers by address; the last one is repeated."""

    gateway = None
    proxy = None

    def __init__(self, **answers: Sequence[bytes | SourceError]) -> None:
        self.asked: list[str] = []
        self.kept: list[str] = []
        self._answers: dict[str, Iterator[bytes | SourceError]] = {
            URL: _then_last(answers["statement"]),
            NOTE_URL: _then_last(answers["note"]),
        }

    async def __call__(self, source: str, link: Link) -> Page | None:
        self.asked.append(link.url)
        answer = next(self._answers[link.url])
        if isinstance(answer, SourceError):
            raise answer
        return Page(link, answer, AT + timedelta(seconds=20))

    def keep(self, page: Page) -> None:
        self.kept.append(page.link.url)


def _then_last(answers: Sequence[bytes | SourceError]) -> Iterator[bytes | SourceError]:
    yield from answers
    while True:
        yield answers[-1]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "ASK_AGAIN_S", 0.001)
    monkeypatch.setattr(follow, "SLOWEST_S", 0.001)
    monkeypatch.setattr(follow, "SLOWEST_ONCE_TOLD_S", 0.001)


async def run(pages: Pages, event: Document, within: float = 1) -> tuple[list[Event], bool]:
    """What was published, and whether everything was settled in time."""
    published: list[Event] = []

    async def publish(events: Sequence[Event]) -> None:
        published.extend(events)

    watcher = FedDocuments(note_within=timedelta(seconds=0.01))
    follower = Follower(watcher, pages, publish, lambda: AT)  # type: ignore[arg-type]  # a Fetch in all that is used
    try:
        await asyncio.wait_for(follower.follow(event), within)
    except TimeoutError:
        return published, False
    return published, True


def types(published: list[Event]) -> list[DocumentType]:
    return [event.type for event in published if isinstance(event, Document)]


def states(published: list[Event]) -> list[Health]:
    return [event.state for event in published if isinstance(event, SourceState)]


async def test_the_statement_comes_before_its_note() -> None:
    pages = Pages(statement=[PAGE], note=[PAGE])

    published, settled = await run(pages, announcement())

    assert settled
    assert types(published) == [DocumentType.STATEMENT, DocumentType.IMPLEMENTATION_NOTE]
    assert pages.kept == [URL, NOTE_URL]


async def test_a_note_that_is_not_there_yet_is_awaited() -> None:
    published, settled = await run(
        Pages(statement=[PAGE], note=[MISSING, MISSING, PAGE]), announcement()
    )

    assert settled
    assert types(published) == [DocumentType.STATEMENT, DocumentType.IMPLEMENTATION_NOTE]


async def test_a_note_that_never_comes_is_no_failure() -> None:
    published, settled = await run(Pages(statement=[PAGE], note=[MISSING]), announcement())

    assert settled
    assert types(published) == [DocumentType.STATEMENT]
    assert states(published) == [Health.OK]


@pytest.mark.parametrize("problem", [MISSING, DOWN], ids=["missing", "down"])
async def test_an_announced_page_is_told_as_missing_and_not_given_up(problem: SourceError) -> None:
    published, settled = await run(
        Pages(statement=[problem], note=[PAGE]), announcement(), within=0.3
    )

    assert not settled
    assert states(published) == [Health.FAILING]


async def test_a_page_that_was_down_for_long_is_read_in_the_end() -> None:
    published, settled = await run(
        Pages(statement=[DOWN] * 40 + [PAGE], note=[PAGE]), announcement()
    )

    assert settled
    assert DocumentType.STATEMENT in types(published)
    assert states(published) == [Health.FAILING, Health.OK]


async def test_an_old_page_is_asked_for_once_and_stays_context() -> None:
    pages = Pages(statement=[PAGE], note=[MISSING])

    published, settled = await run(pages, announcement(baseline=True))

    assert settled
    assert pages.asked == [URL, NOTE_URL]
    assert all(event.baseline for event in published)
