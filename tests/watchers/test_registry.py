"""Every watcher is registered by name, runs on its defaults and reads any bytes without a crash."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchers.base import Link, Page, SourceError
from watchers.registry import WATCHERS

URL = "https://www.federalreserve.gov/newsevents/pressreleases/monetary20251029a.htm"
NOW = datetime(2025, 10, 29, 18, tzinfo=UTC)


@pytest.mark.parametrize("name", WATCHERS)
def test_a_watcher_runs_on_its_defaults(name: str) -> None:
    assert WATCHERS[name]().name == name


@pytest.mark.parametrize("name", ["fed_press", "fed_documents", "repo_operations"])
@given(body=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(name: str, body: bytes) -> None:
    with suppress(SourceError):
        list(WATCHERS[name]().parse(Page(Link(URL), body, NOW)))
