"""Repo and reverse repo operations of the New York Fed: SRF and ON RRP results."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

import orjson
from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime, ValidationError

from rules.events import Facility, RepoOperation, content_hash
from watchers.base import Link, Page, SourceChangedError, Watcher

NEW_YORK = ZoneInfo("America/New_York")
USD_A_BN = Decimal(10**9)
# No operation was ever larger; a greater number is a change of unit, not news.
LARGEST_BN = Decimal(4000)
# Amounts are whole millions; a smaller one means that the unit is no longer the dollar.
SMALLEST_USD = 10**6
SMALL_VALUE_BN = Decimal("0.2")
TEST_NUMBER = "99"
# The standing facility began on this day; before it, repo was a discretionary operation.
SRF_METHODS = ("Multiple Price", "Full Allotment")
SRF_SINCE = date(2021, 7, 29)


class Detail(BaseModel):
    """One tranche; rates are absent when nobody bid."""

    model_config = ConfigDict(extra="ignore")

    percentOfferingRate: Decimal | None = None
    percentAwardRate: Decimal | None = None
    percentHighRate: Decimal | None = None


class Row(BaseModel):
    """One operation as the Markets API gives it; amounts in USD. Names are the API's own."""

    model_config = ConfigDict(extra="ignore")

    operationId: str = Field(pattern=r"\S")
    operationDate: date
    operationType: Literal["Repo", "Reverse Repo"]
    operationMethod: str
    term: str
    releaseTime: str | None = None
    note: str | None = None
    lastUpdated: NaiveDatetime
    totalAmtSubmitted: int
    totalAmtAccepted: int
    details: list[Detail] = []


class RepoOperations(Watcher):
    """Results are up within 40 s of a close; the API sends no validators, so content decides."""

    name: ClassVar[str] = "repo_operations"
    url: str = Field(
        default="https://markets.newyorkfed.org/api/rp/all/all/results/lastTwoWeeks.json",
        description="results of the last two weeks",
    )
    every: timedelta = timedelta(seconds=30)

    def pages(self, now: datetime) -> Iterator[Link]:
        """The last two weeks: a weekend or an outage leaves no gap."""
        yield Link(self.url, accept=("json",))

    def parse(self, page: Page) -> Iterator[RepoOperation]:
        """Yield results, oldest first; announcements are not results and need not be complete.

        One odd result does not hide those beside it: it is told after them.
        """
        found: list[RepoOperation] = []
        problem = None
        for row in self._results(page):
            try:
                found.append(self._operation(self._row(row, page), page))
            except SourceChangedError as error:
                problem = problem or error
        yield from sorted(found, key=lambda operation: operation.published_at or page.observed_at)
        if problem is not None:
            raise problem

    def _results(self, page: Page) -> Iterator[Any]:
        """The rows that are results, unread; a row without a status is a changed source."""
        try:
            operations: Any = orjson.loads(page.body)["repo"]["operations"]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise SourceChangedError(
                self.name, f"expected repo.operations in JSON, found {error!r}", body=page.body
            ) from error
        if not isinstance(operations, list):
            raise SourceChangedError(self.name, "expected a list of operations", body=page.body)
        for row in operations:
            status = row.get("auctionStatus") if isinstance(row, dict) else None
            if status is None or status == "Results":
                yield row

    def _row(self, row: Any, page: Page) -> Row:
        try:
            if not isinstance(row, dict) or row.get("auctionStatus") is None:
                raise SourceChangedError(
                    self.name, "expected auctionStatus, found none", body=page.body
                )
            return Row.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            found = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            raise SourceChangedError(
                self.name, f"expected the documented fields, found {found}", body=page.body
            ) from error

    def _operation(self, row: Row, page: Page) -> RepoOperation:
        submitted, accepted = self._bn(row.totalAmtSubmitted), self._bn(row.totalAmtAccepted)
        rates = [_rate(detail) for detail in row.details]
        known = [rate for rate in rates if rate is not None]
        values = f"{row.totalAmtSubmitted}/{row.totalAmtAccepted}/{known}"
        uid = f"{self.name}:{row.operationId}"
        digest = content_hash(values)[:8]
        return RepoOperation(
            uid=f"{uid}:{digest}",
            source=self.name,
            observed_at=page.observed_at,
            published_at=row.lastUpdated.replace(tzinfo=NEW_YORK),
            url="https://www.newyorkfed.org/markets/desk-operations/"
            + ("repo" if row.operationType == "Repo" else "reverse-repo"),
            content_hash=content_hash(page.body),
            facility=_facility(row),
            operation_id=row.operationId,
            as_of=row.operationDate,
            term=row.term,
            submitted_bn=submitted,
            accepted_bn=accepted,
            rate_pct=known[0] if known else None,
            small_value=_is_exercise(row, accepted),
            revision=sum(1 for seen in page.known if seen.startswith(f"{uid}:")),
        )

    def _bn(self, dollars: int) -> Decimal:
        amount = Decimal(dollars) / USD_A_BN
        if 0 < dollars < SMALLEST_USD:
            raise SourceChangedError(self.name, f"expected whole millions of USD, found {dollars}")
        if not 0 <= amount <= LARGEST_BN:
            raise SourceChangedError(
                self.name, f"expected 0 to {LARGEST_BN} bn USD, found {amount} bn"
            )
        return amount


def _rate(detail: Detail) -> Decimal | None:
    for rate in (detail.percentOfferingRate, detail.percentAwardRate, detail.percentHighRate):
        if rate is not None:
            return rate
    return None


def _facility(row: Row) -> Facility:
    overnight = row.term == "Overnight"
    if row.operationType == "Reverse Repo":
        fixed = overnight and row.operationMethod == "Fixed Rate"
        return Facility.ON_RRP if fixed else Facility.REVERSE_REPO
    standing = row.operationMethod in SRF_METHODS and row.operationDate >= SRF_SINCE
    if overnight and standing and row.releaseTime != "10:30":
        return Facility.SRF
    return Facility.REPO


def _is_exercise(row: Row, accepted: Decimal) -> bool:
    """A technical exercise says so in its note or its number; a few only show by size and time."""
    note = (row.note or "").lower()
    marked = "small value" in note or row.operationId.split()[-1] == TEST_NUMBER
    return marked or (row.releaseTime == "10:30" and accepted <= SMALL_VALUE_BN)
