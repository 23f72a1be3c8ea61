"""Statement pages and implementation notes: followed from the feed, read to clean text."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.demo.papers.pages import FeedItem, release_page
from rules.events import Document, DocumentType
from tests.fakes.facts import CUT_OCTOBER, statement
from watchers.base import Link, Page, SourceChangedError
from watchers.fed_documents import FedDocuments

AT = datetime(2025, 10, 29, 18, tzinfo=UTC)
URL = FeedItem("-", AT).url
NOTE_URL = URL.replace(".htm", "1.htm")
NOTE = (
    "Decisions Regarding Monetary Policy Implementation\n\n- One decision.\n- Another: " + "x" * 200
)


def entry(title: str, url: str = URL) -> Document:
    return statement(date(2025, 10, 29), "").model_copy(
        update={"type": DocumentType.PRESS_RELEASE, "title": title, "url": url}
    )


def read(url: str, body: bytes) -> Document:
    (document,) = FedDocuments().parse(Page(Link(url), body, AT + timedelta(seconds=20)))
    return document


def test_a_statement_leads_to_its_page_and_its_note() -> None:
    links = list(FedDocuments().links(entry("Federal Reserve issues FOMC statement")))

    assert [link.url for link in links] == [URL, NOTE_URL]
    assert links[1].retry_for == timedelta(minutes=2)


@pytest.mark.parametrize(
    "title", ["Minutes of the Federal Open Market Committee", "Federal Reserve Board approves"]
)
def test_other_releases_lead_nowhere(title: str) -> None:
    assert list(FedDocuments().links(entry(title))) == []


def test_a_page_becomes_clean_text_with_paragraphs() -> None:
    document = read(URL, release_page("Federal Reserve issues FOMC statement", AT, CUT_OCTOBER))

    assert document.type is DocumentType.STATEMENT
    assert document.meeting == date(2025, 10, 29)
    assert document.published_at == AT
    assert "to 3-3/4 to 4 percent" in document.text
    assert document.text.count("\n\n") >= 1
    assert "Share" not in document.text
    assert "dataLayer" not in document.text


def test_a_note_keeps_its_list() -> None:
    document = read(NOTE_URL, release_page("Implementation Note", AT, NOTE))

    assert document.type is DocumentType.IMPLEMENTATION_NOTE
    assert "- One decision." in document.text


def test_the_same_text_on_another_template_is_the_same_document() -> None:
    first = read(URL, release_page("Federal Reserve issues FOMC statement", AT, CUT_OCTOBER))
    page = release_page("Federal Reserve issues FOMC statement", AT, CUT_OCTOBER)

    second = read(URL, page.replace(b"<footer>", b"<footer><p>New footer</p>"))

    assert first.uid == second.uid


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html><body><p>Access denied</p></body></html>", id="an error page"),
        pytest.param(b"\x00\xff" * 100, id="noise"),
    ],
)
def test_what_is_no_article_is_refused(body: bytes) -> None:
    with pytest.raises(SourceChangedError, match="expected an article"):
        read(URL, body)


def test_a_wall_before_the_page_is_no_statement() -> None:
    wall = b"<title>Attention</title><main><p>" + b"You have been blocked. " * 20 + b"</p></main>"

    with pytest.raises(SourceChangedError, match="expected an article"):
        read(URL, wall)


def test_an_impossible_release_time_does_not_hide_the_text() -> None:
    body = release_page("FOMC statement", AT, CUT_OCTOBER).replace(b"at 2:00 p", b"at 2:75 p")

    assert read(URL, body).published_at is None


def test_an_impossible_day_leads_nowhere() -> None:
    odd = URL.replace("20251029", "20251399")

    assert list(FedDocuments().links(entry("Federal Reserve issues FOMC statement", odd))) == []
