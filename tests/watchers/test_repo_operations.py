"""Repo results on payload bytes: facilities told apart, units guarded, missing is not zero."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import orjson
import pytest

from bot.demo.papers.pages import Operation, operations
from rules.events import Facility, RepoOperation
from watchers.base import Link, Page, SourceChangedError
from watchers.repo_operations import RepoOperations

DAY = date(2025, 10, 31)
MORNING = Operation(DAY, 1, "Repo", Decimal("20.35"), Decimal("4.0"), "08:30")
REVERSE = Operation(DAY, 2, "Reverse Repo", Decimal("51.8"), Decimal("3.75"), "13:15")
AFTERNOON = Operation(DAY, 3, "Repo", Decimal("30.0"), Decimal("4.0"), "13:45")


def read(body: bytes, known: frozenset[str] = frozenset()) -> list[RepoOperation]:
    now = datetime(2025, 10, 31, 18, tzinfo=UTC)
    return list(RepoOperations().parse(Page(Link("https://x"), body, now, known=known)))


def changed(**fields: object) -> bytes:
    row = {**MORNING.row(), **fields}
    return orjson.dumps({"repo": {"operations": [row]}})


def test_both_operations_of_a_day_and_the_reverse_repo() -> None:
    found = read(operations([AFTERNOON, MORNING, REVERSE]))

    assert [(op.facility, op.accepted_bn) for op in found] == [
        (Facility.SRF, Decimal("20.35")),
        (Facility.ON_RRP, Decimal("51.8")),
        (Facility.SRF, Decimal(30)),
    ]
    assert found[0].published_at == datetime(2025, 10, 31, 12, 30, 27, tzinfo=UTC)
    assert found[0].rate_pct == Decimal("4.0")


@pytest.mark.parametrize(
    ("fields", "small"),
    [
        pytest.param({"note": "This is a Small Value Exercise"}, True, id="says so"),
        pytest.param({"operationId": "RP 103125 99"}, True, id="test number"),
        pytest.param({"totalAmtAccepted": 1_000_000}, False, id="tiny is not a test"),
    ],
)
def test_technical_exercises(fields: dict[str, object], small: bool) -> None:
    assert read(changed(**fields))[0].small_value is small


@pytest.mark.parametrize(
    ("fields", "facility"),
    [
        pytest.param({"operationDate": "2019-09-18"}, Facility.REPO, id="before the facility"),
        pytest.param({"term": "Term"}, Facility.REPO, id="term repo"),
        pytest.param({"operationMethod": "Full Allotment"}, Facility.SRF, id="since the redesign"),
        pytest.param({"releaseTime": None}, Facility.SRF, id="no release time"),
    ],
)
def test_facilities(fields: dict[str, object], facility: Facility) -> None:
    assert read(changed(**fields))[0].facility is facility


def test_an_announcement_is_no_result() -> None:
    assert read(changed(auctionStatus="Announcement")) == []


def test_an_empty_list_is_a_holiday_not_an_error() -> None:
    assert read(b'{"repo": {"operations": []}}') == []


def test_a_tranche_without_bids_has_no_rate() -> None:
    (operation,) = read(changed(details=[{"securityType": "Treasury"}]))

    assert operation.rate_pct is None


def test_a_changed_value_is_a_revision_and_a_changed_stamp_is_not() -> None:
    (first,) = read(changed())
    known = frozenset({first.uid})

    (same,) = read(changed(lastUpdated="2025-10-31 09:00:00"), known)
    (revised,) = read(changed(totalAmtAccepted=21_000_000_000), known)

    assert same.uid == first.uid
    assert revised.uid != first.uid
    assert revised.revision == 1


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(lambda: b"", "repo.operations", id="empty"),
        pytest.param(lambda: operations([MORNING])[:200], "repo.operations", id="truncated"),
        pytest.param(lambda: b'{"repo": {"ops": []}}', "repo.operations", id="renamed list"),
        pytest.param(lambda: b'{"repo": {"operations": "null"}}', "list", id="a word"),
        pytest.param(
            lambda: operations([MORNING]).replace(b"totalAmtAccepted", b"accepted"),
            "totalAmtAccepted",
            id="renamed field",
        ),
        pytest.param(lambda: changed(totalAmtAccepted=None), "totalAmtAccepted", id="null"),
        pytest.param(lambda: changed(totalAmtAccepted="NA"), "totalAmtAccepted", id="NA"),
        pytest.param(lambda: changed(totalAmtAccepted=-1), "found -", id="negative"),
        pytest.param(lambda: changed(totalAmtAccepted=20_350 * 10**9), "20350", id="10³ off"),
    ],
)
def test_what_is_no_result_is_refused(body: Callable[[], bytes], found: str) -> None:
    with pytest.raises(SourceChangedError, match=found):
        read(body())
