"""The vocabulary: the facts a rule can be written about.

An event is frozen and says the same thing for ever. Its `uid` is its identity: a second sighting of
the same fact has the same uid and is a no-op wherever it arrives. Three times only, all aware UTC:
`observed_at` (when we first saw it), `published_at` (when its source says it was published) and
`as_of` (what moment or day the fact is about).
"""

import hashlib
import math
from datetime import UTC, date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

UtcDatetime = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


def _finite(number: Decimal) -> Decimal:
    if not math.isfinite(number):
        raise ValueError(f"expected a finite number, found {number}")
    return number


Number = Annotated[Decimal, AfterValidator(_finite)]
Positive = Annotated[Decimal, AfterValidator(_finite), Field(gt=0)]
NonNegative = Annotated[Decimal, AfterValidator(_finite), Field(ge=0)]


def content_hash(body: bytes | str) -> str:
    """SHA-256 of the bytes a fact was read from, as 64 hex digits."""
    return hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()


class Fact(BaseModel):
    """What every event carries."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uid: str = Field(min_length=1, max_length=300, description="identity: same fact, same uid")
    source: str = Field(description="name of the watcher that saw it")
    observed_at: UtcDatetime = Field(description="when it was first seen here")
    published_at: UtcDatetime | None = Field(
        default=None, description="when the source says it was published"
    )
    url: str | None = Field(default=None, description="the official page, never a mirror")
    content_hash: str | None = Field(default=None, description="SHA-256 of the source's bytes")
    baseline: bool = Field(
        default=False, description="old when first seen: context for rules, never news"
    )


class DocumentType(StrEnum):
    """What kind of text a document is."""

    PRESS_RELEASE = "press_release"
    STATEMENT = "statement"
    IMPLEMENTATION_NOTE = "implementation_note"
    PROJECTIONS = "projections"
    MINUTES = "minutes"
    OPERATING_POLICY = "operating_policy"
    SPEECH = "speech"


class Document(Fact):
    """A text of the Board, the FOMC or the New York Fed, as clean text with blank-line paragraphs.

    An item of a feed arrives first with an empty text, as a press release; the page it points to
    follows as an event of its own, of a more precise type. `meeting` is the release date in New
    York that ties statement, note, projections and New York Fed text of one decision together.
    """

    kind: Literal["document"] = "document"
    type: DocumentType
    title: str
    text: str = ""
    category: str = ""
    as_of: date = Field(description="release date in New York")
    meeting: date | None = Field(default=None, description="decision day it belongs to, if any")
    revision: int = Field(
        default=0, ge=0, description="0 as first seen; +1 for each corrected text"
    )


class Facility(StrEnum):
    """A standing facility or a kind of open market operation."""

    SRF = "SRF"
    ON_RRP = "ON_RRP"
    REPO = "REPO"
    REVERSE_REPO = "REVERSE_REPO"


class RepoOperation(Fact):
    """The result of one repo or reverse repo operation of the New York Fed."""

    kind: Literal["repo_operation"] = "repo_operation"
    facility: Facility
    operation_id: str
    as_of: date = Field(description="operation date in New York")
    term: str = Field(description="Overnight or Term, as published")
    submitted_bn: NonNegative
    accepted_bn: NonNegative
    rate_pct: Number | None = None
    small_value: bool = Field(default=False, description="a technical exercise, not a use")
    revision: int = Field(default=0, ge=0)


class TreasuryOperation(Fact):
    """The result of one outright purchase or sale of Treasury securities by the Desk."""

    kind: Literal["treasury_operation"] = "treasury_operation"
    operation_id: str
    as_of: date
    direction: Literal["purchase", "sale"]
    security: str = Field(description="Bill, Coupon, TIPS or FRN, as published")
    submitted_bn: NonNegative
    accepted_bn: NonNegative
    small_value: bool = False
    revision: int = Field(default=0, ge=0)


class Unit(StrEnum):
    """The unit a series is kept in, whatever its source publishes."""

    BN_USD = "bn_usd"
    PCT = "pct"
    BP = "bp"
    INDEX = "index"
    USD = "usd"


class SeriesPoint(Fact):
    """One observation of a named series: `as_of` is the day it is about."""

    kind: Literal["series_point"] = "series_point"
    series: str
    as_of: date
    value: Number
    unit: Unit
    previous: Number | None = Field(default=None, description="value it replaces, if revised")
    revision: int = Field(default=0, ge=0)


class Auction(Fact):
    """A Treasury auction, announced or with its result."""

    kind: Literal["auction"] = "auction"
    cusip: str
    security: str
    term: str
    stage: Literal["announced", "result"]
    as_of: date = Field(description="auction date")
    settles_on: date
    offering_bn: NonNegative
    accepted_bn: NonNegative | None = None
    bid_to_cover: Positive | None = None
    high_rate_pct: Number | None = None
    revision: int = Field(default=0, ge=0)


class Bar(Fact):
    """Open, high, low, close and volume of one symbol over one period that starts at `as_of`."""

    kind: Literal["bar"] = "bar"
    symbol: str = Field(description="as in ccxt, such as BTC/USDT")
    period_s: int = Field(default=60, gt=0, description="length in seconds")
    as_of: UtcDatetime = Field(description="start of the period")
    open: Positive
    high: Positive
    low: Positive
    close: Positive
    volume: NonNegative = Field(default=Decimal(0), description="in units of the base asset")
    venues: tuple[str, ...] = Field(min_length=1, description="exchanges the price rests on")
    closed: bool = True


class Health(StrEnum):
    """What state a source is in."""

    OK = "ok"
    LATE = "late"
    STALE = "stale"
    FAILING = "failing"
    CHANGED = "changed"
    QUARANTINED = "quarantined"


class SourceState(Fact):
    """A source changed state; `reason` says what was expected and what was found."""

    kind: Literal["source_state"] = "source_state"
    watcher: str
    state: Health
    previous: Health | None = None
    reason: str = ""


class ClockTick(Fact):
    """Time passed: lets alerts age and dated changes take effect when no other event comes."""

    kind: Literal["clock_tick"] = "clock_tick"


Event = Annotated[
    Document
    | RepoOperation
    | TreasuryOperation
    | SeriesPoint
    | Auction
    | Bar
    | SourceState
    | ClockTick,
    Field(discriminator="kind"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def to_json(event: Event) -> bytes:
    """One event as JSON bytes; `from_json` gives back an equal event."""
    return EVENT.dump_json(event, exclude_none=True)


def from_json(raw: bytes | str) -> Event:
    """Read one event; pydantic's `ValidationError` names every field that is off."""
    return EVENT.validate_json(raw)


def schema() -> dict[str, Any]:
    """The vocabulary as JSON Schema."""
    return EVENT.json_schema()
