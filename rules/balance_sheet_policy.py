"""What the Desk is told to do: QT, slower QT, hold, reserve management purchases, QE."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import ClassVar

from pydantic import Field

from rules.base import Finding, Pace, Rule, Scalar, Severity, Topic, View
from rules.events import ClockTick, Document, DocumentType, Event, Fact
from rules.regime import EASING, RUNOFF, BalanceSheet, Paper, Step

READ = (DocumentType.STATEMENT, DocumentType.IMPLEMENTATION_NOTE)
PACE = ("treasury_cap_bn", "mbs_cap_bn", "treasury_purchase_bn", "mode")


class BalanceSheetPolicy(Rule):
    """Tell an announced change when the text comes, and again, quietly, when it takes effect."""

    name: ClassVar[str] = "balance_sheet_policy"
    topic: ClassVar[Topic] = Topic.POLICY
    reads: ClassVar[tuple[type[Fact], ...]] = (Document, ClockTick)

    pace: Pace = Pace(resolves=False)
    effective_within: timedelta = Field(
        default=timedelta(days=3), description="an effective date older than this is not news"
    )

    def findings(self, event: Event, view: View) -> Iterator[Finding]:
        """The change that a document announces, and the changes whose day has come."""
        steps = (None, *view.regime.steps())
        pairs = [(a, b) for a, b in pairwise(steps) if b is not None]
        if isinstance(event, Document) and event.type in READ:
            day = event.meeting or event.as_of
            for before, step in pairs:
                if step.as_of == day and _is_change(before, step):
                    yield _announced(event, before, step, view)
        for before, step in pairs:
            if before is not None and self._takes_effect(before, step, view):
                yield _effective(before, step, view)

    def _takes_effect(self, before: Step, step: Step, view: View) -> bool:
        later = step.effective_on - step.as_of > timedelta(days=1)
        age = view.now.date() - step.effective_on
        return (
            later
            and before.announced != step.announced
            and timedelta(0) <= age <= self.effective_within
        )


def _is_change(before: Step | None, step: Step) -> bool:
    if before is None:
        return step.declared
    return before.announced != step.announced or _pace_changed(before, step)


def _pace_changed(before: Step, step: Step) -> bool:
    """A number that was known before and is another one now; an unknown one is no change."""
    pairs = [(getattr(before, field), getattr(step, field)) for field in PACE]
    return any(old is not None and new is not None and old != new for old, new in pairs)


def _severity(before: Step | None, step: Step) -> Severity:
    was = before.announced if before else None
    same_family = {was, step.announced} <= set(RUNOFF) or {was, step.announced} <= set(EASING)
    return Severity.WARN if was == step.announced or same_family else Severity.ALARM


def _announced(event: Document, before: Step | None, step: Step, view: View) -> Finding:
    values: dict[str, Scalar] = {
        "regime": step.announced.value,
        "previous": before.announced.value if before else None,
        "mode": step.mode,
        "effective_on": step.effective_on.isoformat(),
        "treasury_cap_bn": step.treasury_cap_bn,
        "old_treasury_cap_bn": before.treasury_cap_bn if before else None,
        "mbs_cap_bn": step.mbs_cap_bn,
        "old_mbs_cap_bn": before.mbs_cap_bn if before else None,
        "treasury_purchase_bn": step.treasury_purchase_bn,
        "mbs_purchase_bn": step.mbs_purchase_bn,
        "quote": step.quote[:400],
        "meeting": step.as_of.isoformat(),
    }
    return Finding(
        rule=BalanceSheetPolicy.name,
        key=f"{BalanceSheetPolicy.name}:{step.as_of.isoformat()}",
        topic=Topic.POLICY,
        severity=_severity(before, step),
        message="balance_sheet.announced",
        values=values,
        evidence=step.evidence,
        urls=_urls(step, view),
        thread=f"fomc:{step.as_of.isoformat()}",
        revision=event.revision,
        published_at=event.published_at,
        observed_at=event.observed_at,
    )


def _effective(before: Step, step: Step, view: View) -> Finding:
    regime: BalanceSheet = step.announced
    return Finding(
        rule=BalanceSheetPolicy.name,
        key=f"{BalanceSheetPolicy.name}:effective:{step.effective_on.isoformat()}",
        topic=Topic.POLICY,
        severity=Severity.INFO,
        message="balance_sheet.effective",
        values={
            "regime": regime.value,
            "previous": before.announced.value,
            "announced_on": step.as_of.isoformat(),
            "effective_on": step.effective_on.isoformat(),
        },
        evidence=step.evidence,
        urls=_urls(step, view),
        thread=f"fomc:{step.as_of.isoformat()}",
        observed_at=view.now,
    )


def _urls(step: Step, view: View) -> tuple[str, ...]:
    papers: list[Paper] = [p for p in view.regime.papers if p.as_of == step.as_of and p.url]
    return tuple(dict.fromkeys(p.url for p in papers if p.url))
