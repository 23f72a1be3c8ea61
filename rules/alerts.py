"""The life of one dedup key: inactive, pending, firing, and what is worth telling on the way."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from rules.base import Finding, Pace, Value
from rules.events import UtcDatetime


class State(StrEnum):
    """Where an alert stands."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"


class Reason(StrEnum):
    """Why people are told."""

    FIRST = "first"
    FOLLOW_UP = "follow_up"
    ESCALATED = "escalated"
    CORRECTION = "correction"
    REMINDER = "reminder"
    RESOLVED = "resolved"


class Alert(Value):
    """One dedup key's life. It changes only through `step`."""

    key: str
    state: State = State.INACTIVE
    since: UtcDatetime = Field(description="when it entered this state")
    found_at: UtcDatetime | None = Field(default=None, description="when it was last found")
    told_at: UtcDatetime | None = Field(default=None, description="when people were last told")
    told: int = Field(default=0, ge=0, description="how many transitions it has had")
    finding: Finding | None = None


class Transition(Value):
    """One change of an alert that people may be told about."""

    id: str = Field(description="alert key and running number: the same change has the same id")
    reason: Reason
    finding: Finding
    at: UtcDatetime = Field(description="event time of the change")
    root: str | None = Field(
        default=None, description="dedup key of the alert to reply to, if not this one"
    )
    quiet: bool = Field(default=False, description="old news: state moves, nobody is told")
    before: Finding | None = Field(
        default=None, description="what people were told last, if this corrects or escalates it"
    )


def step(
    alert: Alert, finding: Finding | None, now: datetime, pace: Pace
) -> tuple[Alert, Reason | None]:
    """One step of an alert's life: what it becomes at `now`, and why people should hear of it.

    `finding` is the condition that holds now, or None when it does not.
    """
    if finding is not None:
        return _found(alert, finding, now, pace)
    if alert.state is State.PENDING:
        return _moved(alert, State.INACTIVE, now), None
    if alert.state is State.FIRING and pace.resolves and _gap_over(alert, now, pace):
        return _told(_moved(alert, State.INACTIVE, now), now), Reason.RESOLVED
    return alert, None


def _found(
    alert: Alert, finding: Finding, now: datetime, pace: Pace
) -> tuple[Alert, Reason | None]:
    before = alert.finding
    seen = alert.model_copy(update={"finding": finding, "found_at": now})
    if alert.state is State.FIRING:
        reason = _worth_telling(before, finding, alert, now, pace)
        return (_told(seen, now), reason) if reason else (seen, None)
    if alert.state is State.INACTIVE:
        if alert.told and now - alert.since < pace.cooldown:
            return alert, None
        seen = _moved(seen, State.PENDING, now)
    if now - seen.since >= pace.hold:
        return _told(_moved(seen, State.FIRING, now), now), Reason.FIRST
    return seen, None


def _worth_telling(
    before: Finding | None, finding: Finding, alert: Alert, now: datetime, pace: Pace
) -> Reason | None:
    if before is not None and finding.revision > before.revision:
        return Reason.CORRECTION
    if before is not None and finding.severity > before.severity:
        return Reason.ESCALATED
    if pace.repeat and alert.told_at and now - alert.told_at >= pace.repeat:
        return Reason.REMINDER
    return None


def _gap_over(alert: Alert, now: datetime, pace: Pace) -> bool:
    return alert.found_at is None or now - alert.found_at >= pace.keep_firing


def _moved(alert: Alert, state: State, now: datetime) -> Alert:
    return alert.model_copy(update={"state": state, "since": now})


def _told(alert: Alert, now: datetime) -> Alert:
    return alert.model_copy(update={"told_at": now, "told": alert.told + 1})
