"""Standing repo facility: how much cash banks took from the Fed today, both operations summed."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from rules.base import Finding, Pace, Rule, Severity, Topic, View
from rules.calendar_mask import calendar_reason, is_business_day
from rules.events import Event, Facility, Fact, RepoOperation
from rules.history import History


class SrfTakeUp(Rule):
    """Fire from `watch_bn` on; expected days count one level less, unless `any_day` levels are met.

    Since the redesign of December 2025 large use on settlement days was judged benign: from
    `redesigned_on` more than a watch needs SOFR at least `sofr_spread_bp` above IORB.
    """

    name: ClassVar[str] = "srf_take_up"
    topic: ClassVar[Topic] = Topic.FUNDING
    reads: ClassVar[tuple[type[Fact], ...]] = (RepoOperation,)

    pace: Pace = Pace(resolves=False)
    watch_bn: Decimal = Field(
        default=Decimal(5), description="a day's total from which it is a watch"
    )
    warn_bn: Decimal = Field(default=Decimal(15), description="a warning")
    warn_any_day_bn: Decimal = Field(
        default=Decimal(30), description="a warning on expected days too"
    )
    alarm_any_day_bn: Decimal = Field(default=Decimal(50), description="an alarm, on any day")
    redesigned_on: date = Field(
        default=date(2025, 12, 11), description="first day under the redesign of December 2025"
    )
    sofr_spread_bp: Decimal = Field(default=Decimal(5), description="SOFR minus IORB")

    def findings(self, event: Event, view: View) -> Iterator[Finding]:
        """Today's sum against the ladder."""
        if not isinstance(event, RepoOperation) or event.facility is not Facility.SRF:
            return
        day = event.as_of
        operations = [op for op in view.history.operations_on(Facility.SRF, day) if _counts(op)]
        total = take_up(view.history, day)
        severity = self._severity(total, day, view.history)
        if severity is None or not operations:
            return
        previous = _business_day_before(day)
        yield Finding(
            rule=self.name,
            key=f"{self.name}:{day.isoformat()}",
            topic=self.topic,
            severity=severity,
            message="srf_take_up",
            values={
                "day": day.isoformat(),
                "accepted_bn": total,
                "operations": tuple(f"{op.accepted_bn.normalize():f}" for op in operations),
                "rate_pct": operations[-1].rate_pct,
                "previous_bn": take_up(view.history, previous),
                "previous_day": previous.isoformat(),
                "masked": calendar_reason(day),
            },
            evidence=tuple(op.uid for op in operations),
            urls=(event.url,) if event.url else (),
            revision=max(op.revision for op in operations),
            published_at=event.published_at,
            observed_at=event.observed_at,
        )

    def _severity(self, total: Decimal | None, day: date, history: History) -> Severity | None:
        if total is None or total < self.watch_bn:
            return None
        level = self._level(total, day, history)
        if level is not None and level > Severity.WATCH and day >= self.redesigned_on:
            return level if _spread_bp(history, day) >= self.sofr_spread_bp else Severity.WATCH
        return level

    def _level(self, total: Decimal, day: date, history: History) -> Severity | None:
        if total >= self.alarm_any_day_bn or self._three_of_five(day, history):
            return Severity.ALARM
        if total >= self.warn_any_day_bn:
            return Severity.WARN
        masked = calendar_reason(day) is not None
        if total >= self.warn_bn:
            return Severity.WATCH if masked else Severity.WARN
        return None if masked else Severity.WATCH

    def _three_of_five(self, day: date, history: History) -> bool:
        days = [day]
        while len(days) < 5:
            days.append(_business_day_before(days[-1]))
        totals = [take_up(history, one) for one in days]
        return sum(total is not None and total >= self.warn_bn for total in totals) >= 3


def take_up(history: History, day: date) -> Decimal | None:
    """The day's accepted amount in USD billions; None if no operation of the day was seen."""
    counted = [op for op in history.operations_on(Facility.SRF, day) if _counts(op)]
    return sum((op.accepted_bn for op in counted), Decimal(0)) if counted else None


def _counts(operation: RepoOperation) -> bool:
    return not operation.small_value


def _business_day_before(day: date) -> date:
    day -= timedelta(days=1)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return day


def _spread_bp(history: History, day: date) -> Decimal:
    """SOFR minus IORB on the last day known by then; a missing rate confirms nothing."""
    found = []
    for series in ("SOFR", "IORB"):
        points = [p for p in history.series(series) if p.as_of <= day]
        if not points:
            return Decimal("-Infinity")
        found.append(points[-1].value)
    return (found[0] - found[1]) * 100
