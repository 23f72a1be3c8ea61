"""What a rule is: a frozen value whose fields are its knobs, and one pure function.

A rule answers one question about the world as its view shows it: which of my conditions hold now?
It remembers nothing itself. Everything it may look at comes with the view, so the same events give
the same findings live, after a restart and in a replay.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_serializer, model_validator

from rules.events import Event, Fact, UtcDatetime

if TYPE_CHECKING:
    from rules.history import History
    from rules.regime import Regime


class Value(BaseModel):
    """A frozen value that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Severity(IntEnum):
    """How much a finding matters; the ladder of the policy thresholds."""

    INFO = 0
    WATCH = 1
    WARN = 2
    ALARM = 3


class Topic(StrEnum):
    """What a finding is about; people subscribe to topics."""

    POLICY = "policy"
    FUNDING = "funding"
    CRYPTO = "crypto"
    SOURCES = "sources"


Scalar = bool | Decimal | str | tuple[str, ...] | None


class Pace(Value):
    """How an alert behaves in time. All waits are event time."""

    hold: timedelta = Field(
        default=timedelta(0), description="must be found this long before it fires"
    )
    keep_firing: timedelta = Field(
        default=timedelta(0), description="a gap shorter than this is bridged"
    )
    cooldown: timedelta = Field(default=timedelta(0), description="rest after resolving")
    repeat: timedelta | None = Field(default=None, description="reminder while it fires")
    resolves: bool = Field(
        default=True, description="false for a fact of the moment: it happened, it cannot end"
    )


class Finding(Value):
    """A rule's condition holds now.

    `message` names the wording in `bot/render`; `values` are what it prints: numbers as Decimal
    with the unit in the key's suffix (`_bn`, `_bp`, `_pct`, `_usd`), days and times in ISO form.
    `thread` ties everything that belongs to one policy event together.
    """

    rule: str
    key: str = Field(min_length=1, description="dedup key: two findings with one key are one alert")
    topic: Topic
    severity: Severity
    message: str
    values: dict[str, Scalar] = Field(default_factory=dict)
    evidence: tuple[str, ...] = Field(min_length=1, description="uids of the events it rests on")
    urls: tuple[str, ...] = Field(default=(), description="official pages, most important first")
    thread: str | None = None
    revision: int = Field(default=0, ge=0, description="higher than before means a correction")
    published_at: UtcDatetime | None = None
    observed_at: UtcDatetime = Field(description="when the newest evidence was first seen here")

    @field_serializer("values", when_used="json")
    def _decimals_are_json_numbers(self, values: dict[str, Scalar]) -> dict[str, Any]:
        return {k: float(v) if isinstance(v, Decimal) else v for k, v in values.items()}

    @model_validator(mode="before")
    @classmethod
    def _numbers_are_decimal(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and isinstance(raw.get("values"), dict):
            values = {key: _as_scalar(value) for key, value in raw["values"].items()}
            return {**raw, "values": values}
        return raw


def _as_scalar(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return tuple(value) if isinstance(value, list) else value
    return Decimal(str(value))


class Thread(Value):
    """One policy event and all that hangs on it: the first alert opens it, the rest reply."""

    key: str
    root: str = Field(description="dedup key of the alert that opened it")
    topic: Topic
    opened_at: UtcDatetime = Field(description="when its first evidence was first seen")


@dataclass(frozen=True, slots=True)
class View:
    """All that a rule may look at: the past as far as it is kept, and the state of policy."""

    now: datetime
    history: "History"
    regime: "Regime"
    threads: Mapping[str, Thread]


class Rule(Value):
    """One question. Its fields are its settings, so the defaults must run as they are."""

    name: ClassVar[str]
    topic: ClassVar[Topic]
    reads: ClassVar[tuple[type[Fact], ...]]

    on: bool = Field(default=True, description="switch the rule off with false")
    pace: Pace = Pace()

    @abstractmethod
    def findings(self, event: Event, view: View) -> Iterator[Finding]:
        """Yield what holds now. Asked only about events of the types in `reads`.

        The view already contains the event. A key of this rule that is not yielded no longer holds,
        unless its pace says that it cannot end. A rule for which the passing of time alone matters
        (a hold, a dated change) also reads `ClockTick`.
        """
