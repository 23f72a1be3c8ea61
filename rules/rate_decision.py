"""What the FOMC decided on its target range, who voted against, and what was there before."""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from rules.base import Finding, Pace, Rule, Scalar, Severity, Topic, View
from rules.events import Document, DocumentType, Event, Fact
from rules.reading.statement import Statement, read_statement


class RateDecision(Rule):
    """Tell every decision once; a page that cannot be read is told as such, never guessed."""

    name: ClassVar[str] = "rate_decision"
    topic: ClassVar[Topic] = Topic.POLICY
    reads: ClassVar[tuple[type[Fact], ...]] = (Document,)

    pace: Pace = Pace(resolves=False)
    large_bp: Decimal = Field(default=Decimal(50), description="a change this large is an alarm")

    def findings(self, event: Event, view: View) -> Iterator[Finding]:
        """Read a statement and compare with the one before."""
        if not isinstance(event, Document) or event.type is not DocumentType.STATEMENT:
            return
        read = read_statement(event.text)
        if read.target_low is None or read.rate_action is None:
            yield _finding(event, Severity.WATCH, "rate_decision.unread", _unread(event, read))
            return
        values = self._values(event, read, view)
        severity = self._severity(values, view.regime.last_move_before(event.as_of))
        yield _finding(event, severity, "rate_decision", values)

    def _values(self, event: Document, read: Statement, view: View) -> dict[str, Scalar]:
        old_low, old_high = _old_range(event, read, view)
        change = None
        if old_low is not None and read.target_low is not None:
            change = (read.target_low - old_low) * 100
        elif read.rate_change_bp is not None:
            change = Decimal(read.rate_change_bp)
        return {
            "action": read.rate_action,
            "change_bp": change,
            "old_low_pct": old_low,
            "old_high_pct": old_high,
            "target_low_pct": read.target_low,
            "target_high_pct": read.target_high,
            "votes_for": _decimal(read.votes_for),
            "votes_against": _decimal(read.votes_against),
            "dissents": tuple(f"{d.name}|{d.preference}" for d in read.dissents),
            "meeting": (event.meeting or event.as_of).isoformat(),
        }

    def _severity(self, values: dict[str, Scalar], last_move: str | None) -> Severity:
        change = values["change_bp"]
        if values["action"] == "hold":
            return Severity.WATCH if values["votes_against"] else Severity.INFO
        turned = last_move is not None and last_move != values["action"]
        large = isinstance(change, Decimal) and abs(change) >= self.large_bp
        return Severity.ALARM if turned or large else Severity.WARN


def _old_range(
    event: Document, read: Statement, view: View
) -> tuple[Decimal | None, Decimal | None]:
    """The range before: from the statement before, else from the change that the text names."""
    before = view.regime.statement_before(event.as_of)
    if before is not None and before.statement is not None:
        return before.statement.target_low, before.statement.target_high
    if read.rate_change_bp is None or read.target_low is None or read.target_high is None:
        return None, None
    change = Decimal(read.rate_change_bp) / 100
    return read.target_low - change, read.target_high - change


def _unread(event: Document, read: Statement) -> dict[str, Scalar]:
    return {
        "sentences": tuple(sentence[:300] for sentence in read.unread[:2]),
        "meeting": (event.meeting or event.as_of).isoformat(),
    }


def _finding(
    event: Document, severity: Severity, message: str, values: dict[str, Scalar]
) -> Finding:
    meeting = (event.meeting or event.as_of).isoformat()
    return Finding(
        rule=RateDecision.name,
        key=f"{RateDecision.name}:{meeting}",
        topic=Topic.POLICY,
        severity=severity,
        message=message,
        values=values,
        evidence=(event.uid,),
        urls=(event.url,) if event.url else (),
        thread=f"fomc:{meeting}",
        revision=event.revision,
        published_at=event.published_at,
        observed_at=event.observed_at,
    )


def _decimal(count: int | None) -> Decimal | None:
    return None if count is None else Decimal(count)
