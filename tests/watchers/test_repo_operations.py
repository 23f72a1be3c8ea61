"""Repo results on payload bytes: facilities told apart, units guarded, missing is not zero."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize("missing", ["totalAmtAccepted", "totalAmtSubmitted", "lastUpdated"])
def test_a_result_is_read_beside_an_unfinished_operation(missing: str) -> None:
    unfinished = {**AFTERNOON.row(), "auctionStatus": "Announcement"}
    del unfinished[missing]

    found = read(orjson.dumps({"repo": {"operations": [unfinished, MORNING.row()]}}))

    assert [operation.accepted_bn for operation in found] == [Decimal("20.35")]


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({**AFTERNOON.row(), "totalAmtAccepted": "NA"}, id="no amount"),
        pytest.param({**AFTERNOON.row(), "auctionStatus": None}, id="no status"),
        pytest.param({**AFTERNOON.row(), "operationId": " "}, id="no identity"),
        pytest.param({**AFTERNOON.row(), "operationType": "Swap"}, id="unknown type"),
        pytest.param({**AFTERNOON.row(), "totalAmtAccepted": 30_000}, id="millions of USD"),
        pytest.param({**AFTERNOON.row(), "lastUpdated": "2025-10-31T17:45:27Z"}, id="zoned time"),
        pytest.param("null", id="a word"),
    ],
)
def test_an_odd_result_is_told_after_the_good_ones(odd: object) -> None:
    body = orjson.dumps({"repo": {"operations": [odd, MORNING.row()]}})
    now = datetime(2025, 10, 31, 18, tzinfo=UTC)
    found = RepoOperations().parse(Page(Link("https://x"), body, now))

    assert next(found).accepted_bn == Decimal("20.35")
    with pytest.raises(SourceChangedError, match="expected"):
        next(found)


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.none())


@given(st.dictionaries(st.sampled_from(sorted(MORNING.row())), VALUES, max_size=4))
def test_any_odd_fields_are_read_or_refused(fields: dict[str, object]) -> None:
    with suppress(SourceChangedError):
        read(orjson.dumps({"repo": {"operations": [{**MORNING.row(), **_fit(fields)}]}}))


def _fit(fields: dict[str, object]) -> dict[str, object]:
    """orjson writes integers of 64 bits."""
    return {
        name: value % 2**62 if isinstance(value, int) else value for name, value in fields.items()
    }
