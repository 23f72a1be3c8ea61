"""Recorded feeds and operation results through their watchers, byte for byte."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bot.demo.papers.pages import release_page
from rules.events import Facility
from watchers.base import Link, Page
from watchers.fed_documents import FedDocuments
from watchers.fed_press import FedPress
from watchers.repo_operations import RepoOperations

pytestmark = pytest.mark.corpus
NOW = datetime(2026, 10, 1, tzinfo=UTC)


def page(body: bytes, url: str = "https://x") -> Page:
    return Page(Link(url), body, NOW)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("press_monetary_2026-08-01.xml", 15),
        ("press_all_2026-09-15.xml", 20),
        ("press_all_2026-06-13_trimmed2.xml", 2),
    ],
)
def test_recorded_feeds(corpus: Path, name: str, count: int) -> None:
    body = (corpus / "sources" / "fed_rss" / name).read_bytes()

    found = list(FedPress().parse(page(body)))

    assert len({document.uid for document in found}) == count
    assert all(document.published_at and document.title and document.category for document in found)
    assert not any("&#39;" in document.title for document in found)


def test_recorded_operations_agree_with_the_history(corpus: Path) -> None:
    folder = corpus / "sources" / "nyfed_markets"
    counts = {
        "rp_results_search_2019-09-17_2019-09-19_excerpt.json": 6,
        "rp_results_search_2021-07-14_2021-07-28_excerpt.json": 21,
        "rp_results_search_2026-09-24_2026-09-25.json": 6,
    }
    for name, count in counts.items():
        found = list(RepoOperations().parse(page((folder / name).read_bytes())))
        assert len(found) == count

    recorded = folder / "rp_results_search_2026-09-24_2026-09-25.json"
    srf = [o for o in RepoOperations().parse(page(recorded.read_bytes())) if o.facility == "SRF"]
    assert [operation.accepted_bn for operation in srf].count(Decimal("0.001")) == 1
    assert {operation.rate_pct for operation in srf} == {Decimal(4)}


def test_before_the_standing_facility_no_repo_is_one(corpus: Path) -> None:
    folder = corpus / "sources" / "nyfed_markets"
    for name in ("2019-09-17_2019-09-19", "2021-07-14_2021-07-28"):
        body = (folder / f"rp_results_search_{name}_excerpt.json").read_bytes()
        facilities = {o.facility for o in RepoOperations().parse(page(body))}
        assert Facility.SRF not in facilities
        assert Facility.ON_RRP in facilities


def test_the_history_of_take_up_is_what_the_thresholds_were_made_from(corpus: Path) -> None:
    files = list((corpus / "sources" / "history").glob("srf_daily_bn_*.csv"))
    with files[0].open(encoding="utf-8") as lines:
        rows = {row[0]: row[1] for row in csv.reader(lines)}

    assert Decimal(rows["2025-10-31"]) == Decimal("50.35")


def test_recorded_days_of_the_history_have_its_take_up(corpus: Path) -> None:
    (file,) = (corpus / "sources" / "history").glob("srf_daily_bn_*.csv")
    with file.open(encoding="utf-8") as lines:
        wanted = {row["date"]: Decimal(row["SRF_USAGE"]) for row in csv.DictReader(lines)}
    found: dict[str, Decimal] = {}
    for recording in (corpus / "sources" / "nyfed_markets").glob("rp_results_*.json"):
        for operation in RepoOperations().parse(page(recording.read_bytes())):
            used = operation.facility is Facility.SRF and not operation.small_value
            day = operation.as_of.isoformat()
            found[day] = found.get(day, Decimal(0)) + (operation.accepted_bn if used else 0)

    common = wanted.keys() & found.keys()

    assert common
    assert {day: found[day] for day in common} == {day: wanted[day] for day in common}


def test_every_release_survives_the_page_template(corpus: Path) -> None:
    import json

    for path in sorted((corpus / "fomc" / "statements").glob("*.json")):
        raw = json.loads(path.read_bytes())
        day = datetime.fromisoformat(raw["date"]).replace(hour=19, tzinfo=UTC)
        body = release_page("FOMC statement", day, raw["statement"])
        (document,) = FedDocuments().parse(page(body, raw["statement_url"]))
        wanted = " ".join(raw["statement"].split())
        assert wanted[:400] in " ".join(document.text.split()), path.name
