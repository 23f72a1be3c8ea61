"""Events for tests: real figures, short to write."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from rules.events import Bar, Document, DocumentType, Facility, RepoOperation

STATEMENT_URL = "https://www.federalreserve.gov/newsevents/pressreleases/monetary{:%Y%m%d}a.htm"

CUT_OCTOBER = (
    "In support of its goals, the Committee decided to lower the target range for the federal "
    "funds rate by 1/4 percentage point to 3-3/4 to 4 percent. The Committee decided to conclude "
    "the reduction of its aggregate securities holdings on December 1.\n\n"
    "Voting for the monetary policy action were Jerome H. Powell, Chair; and John C. Williams, "
    "Vice Chair. Voting against this action were Stephen I. Miran, who preferred to lower the "
    "target range for the federal funds rate by 1/2 percentage point at this meeting, and "
    "Jeffrey R. Schmid, who preferred no change to the target range for the federal funds rate "
    "at this meeting."
)
CUT_SEPTEMBER = (
    "The Committee decided to lower the target range for the federal funds rate by 1/4 "
    "percentage point to 4 to 4-1/4 percent.\n\nVoting for the monetary policy action were "
    "Jerome H. Powell, Chair; and John C. Williams, Vice Chair."
)


def utc(text: str) -> datetime:
    """`2025-10-29 18:00` as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def statement(
    day: date, text: str, *, at: datetime | None = None, baseline: bool = False, revision: int = 0
) -> Document:
    """An FOMC statement, first seen 20 s after 14:00 New York summer time."""
    seen = at or datetime(day.year, day.month, day.day, 18, 0, 20, tzinfo=UTC)
    return Document(
        uid=f"fed_documents:statement:{day}:{revision}",
        source="fed_documents",
        observed_at=seen,
        published_at=seen - timedelta(seconds=20),
        url=STATEMENT_URL.format(day),
        type=DocumentType.STATEMENT,
        title="Federal Reserve issues FOMC statement",
        text=text,
        as_of=day,
        meeting=day,
        baseline=baseline,
        revision=revision,
    )


def srf(day: date, number: int, accepted_bn: str, *, small_value: bool = False) -> RepoOperation:
    """A standing repo operation: number 1 closes 08:30, number 3 at 13:45 New York."""
    hour, minute = (12, 30) if number == 1 else (17, 45)
    seen = datetime(day.year, day.month, day.day, hour, minute, 40, tzinfo=UTC)
    return RepoOperation(
        uid=f"repo_operations:RP {day:%m%d%y} {number}",
        source="repo_operations",
        observed_at=seen,
        published_at=seen - timedelta(seconds=13),
        facility=Facility.SRF,
        operation_id=f"RP {day:%m%d%y} {number}",
        as_of=day,
        term="Overnight",
        submitted_bn=Decimal(accepted_bn),
        accepted_bn=Decimal(accepted_bn),
        rate_pct=Decimal("4.0"),
        small_value=small_value,
    )


def bar(symbol: str, at: datetime, price: float) -> Bar:
    """A one-minute bar seen when it closed."""
    value = Decimal(str(price))
    return Bar(
        uid=f"tickers:{symbol}:{at.isoformat()}",
        source="tickers",
        observed_at=at + timedelta(minutes=1),
        published_at=at + timedelta(minutes=1),
        symbol=symbol,
        as_of=at,
        open=value,
        high=value,
        low=value,
        close=value,
        venues=("gate",),
    )
