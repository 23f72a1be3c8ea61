"""The state of policy, as official texts give it: a fold of documents in release order.

Balance-sheet regime and rate stance are separate variables. What is announced and what holds today
are kept apart. Reserve management purchases are a regime of their own and never become QE by size.
"""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from rules.base import Value
from rules.events import Document, DocumentType, Event
from rules.reading.balance_sheet import BalanceSheetSignals, read_balance_sheet
from rules.reading.statement import Statement, read_statement


class BalanceSheet(StrEnum):
    """What the Desk is told to do with the Fed's securities."""

    QT = "QT"
    QT_TAPER = "QT_TAPER"
    HOLD = "HOLD"
    RMP = "RMP"
    QE = "QE"
    QE_TAPER = "QE_TAPER"


RUNOFF = (BalanceSheet.QT, BalanceSheet.QT_TAPER)
EASING = (BalanceSheet.QE, BalanceSheet.QE_TAPER)


class Paper(Value):
    """What one document of a meeting was read to say; its text is not kept."""

    uid: str
    as_of: date
    type: DocumentType
    url: str | None = None
    revision: int = 0
    statement: Statement | None = None
    balance_sheet: BalanceSheetSignals


class Step(Value):
    """The balance-sheet policy after one meeting."""

    as_of: date
    announced: BalanceSheet
    effective_on: date
    mode: str | None = None
    treasury_cap_bn: Decimal | None = None
    mbs_cap_bn: Decimal | None = None
    treasury_purchase_bn: Decimal | None = None
    mbs_purchase_bn: Decimal | None = None
    declared: bool = False
    quote: str = ""
    evidence: tuple[str, ...] = ()


class Regime(Value):
    """Every paper that was read, in release order; everything else is derived from them."""

    papers: tuple[Paper, ...] = ()

    def steps(self) -> tuple[Step, ...]:
        """The policy after each meeting that says something about the balance sheet."""
        steps: list[Step] = []
        for day in sorted({paper.as_of for paper in self.papers}):
            papers = [paper for paper in self.papers if paper.as_of == day]
            step = _step(steps[-1] if steps else None, day, papers)
            if step is not None:
                steps.append(step)
        return tuple(steps)

    def announced(self) -> Step | None:
        """What the newest official text says will hold."""
        steps = self.steps()
        return steps[-1] if steps else None

    def effective(self, on: date) -> Step | None:
        """What holds on a day: the last step whose effective date has come."""
        due = [step for step in self.steps() if step.effective_on <= on]
        return due[-1] if due else None

    def statement_before(self, day: date) -> Paper | None:
        """The last statement with a target range that was released before `day`."""
        older = [p for p in self.papers if p.as_of < day and p.statement and p.statement.target_low]
        return older[-1] if older else None

    def last_move_before(self, day: date) -> str | None:
        """`hike` or `cut`: the direction of the last change of the range before `day`."""
        moves = [
            p.statement.rate_action
            for p in self.papers
            if p.as_of < day and p.statement and p.statement.rate_action in ("hike", "cut")
        ]
        return moves[-1] if moves else None

    def changes(self) -> tuple[tuple[Step | None, Step], ...]:
        """Pairs of steps between which the announced regime changed; the first has no before."""
        steps = self.steps()
        first: tuple[tuple[Step | None, Step], ...] = ((None, steps[0]),) if steps else ()
        return first + tuple((a, b) for a, b in pairwise(steps) if a.announced != b.announced)


def advance(regime: Regime, event: Event) -> Regime:
    """The regime after one event. Order of arrival does not matter; a revision replaces."""
    if not isinstance(event, Document) or event.type not in _READ or not event.text:
        return regime
    paper = Paper(
        uid=event.uid,
        as_of=event.meeting or event.as_of,
        type=event.type,
        url=event.url,
        revision=event.revision,
        statement=read_statement(event.text) if event.type is DocumentType.STATEMENT else None,
        balance_sheet=read_balance_sheet(event.text, event.meeting or event.as_of),
    )
    others = [
        p
        for p in regime.papers
        if (p.as_of, p.type) != (paper.as_of, paper.type) or p.revision > paper.revision
    ]
    return Regime(papers=tuple(sorted([*others, paper], key=lambda p: (p.as_of, p.type))))


_READ = (DocumentType.STATEMENT, DocumentType.IMPLEMENTATION_NOTE)


def _step(before: Step | None, day: date, papers: list[Paper]) -> Step | None:
    signals = [p.balance_sheet for p in papers]
    told = next((s for s in signals if s.directive), None)
    announced = _announced(before, signals, told)
    if announced is None:
        return None
    decisive = _decisive(announced, signals)
    caps = told.treasury_caps_bn if told else ()
    mbs = told.mbs_caps_bn if told else ()
    running = announced in RUNOFF
    dated = decisive.effective_on if before is None or announced != before.announced else None
    return Step(
        as_of=day,
        announced=announced,
        effective_on=dated or decisive.effective_on or day + timedelta(days=1),
        mode=_mode(announced, told),
        treasury_cap_bn=caps[-1] if caps and running else None,
        mbs_cap_bn=mbs[-1] if mbs and running else None,
        treasury_purchase_bn=decisive.treasury_purchase_bn,
        mbs_purchase_bn=decisive.mbs_purchase_bn,
        declared=any(_declares(s) for s in signals),
        quote=decisive.quote,
        evidence=tuple(p.uid for p in papers),
    )


def _announced(
    before: Step | None, signals: list[BalanceSheetSignals], told: BalanceSheetSignals | None
) -> BalanceSheet | None:
    """The directive decides; without one, what the statement declares; silence changes nothing."""
    if any(s.qe for s in signals) and not (told and not told.qe):
        return _easing(before, signals)
    if any(s.rmp for s in signals) and not (told and not told.rmp):
        return BalanceSheet.RMP
    if any(s.qt_ends for s in signals):
        return BalanceSheet.HOLD
    if told is not None and told.treasury_caps_bn:
        return _runoff(before, told.treasury_caps_bn[-1], signals)
    if told is not None and told.roll_all:
        return BalanceSheet.HOLD
    return _said(signals)


def _said(signals: list[BalanceSheetSignals]) -> BalanceSheet | None:
    """What a statement declares by itself, before its note is there."""
    if any(s.qt_starts for s in signals):
        return BalanceSheet.QT
    if any(s.slower for s in signals):
        return BalanceSheet.QT_TAPER
    if any(s.taper for s in signals):
        return BalanceSheet.QE_TAPER
    return None


def _easing(before: Step | None, signals: list[BalanceSheetSignals]) -> BalanceSheet:
    if any(s.taper for s in signals):
        return BalanceSheet.QE_TAPER
    pace = next((s.treasury_purchase_bn for s in signals if s.treasury_purchase_bn), None)
    if before is None or before.announced not in EASING:
        return BalanceSheet.QE
    was = before.treasury_purchase_bn
    if before.announced is BalanceSheet.QE_TAPER and (not pace or not was or pace <= was):
        return BalanceSheet.QE_TAPER
    return BalanceSheet.QE


def _runoff(before: Step | None, cap: Decimal, signals: list[BalanceSheetSignals]) -> BalanceSheet:
    if before is None or before.announced not in RUNOFF:
        return BalanceSheet.QT_TAPER if any(s.slower for s in signals) else BalanceSheet.QT
    was = before.treasury_cap_bn
    if was is not None and cap < was:
        return BalanceSheet.QT_TAPER
    if was is not None and cap > was:
        return BalanceSheet.QT
    return before.announced


def _decisive(announced: BalanceSheet, signals: list[BalanceSheetSignals]) -> BalanceSheetSignals:
    """The signals that name the date: a statement's declaration before the directive."""
    by_date = [s for s in signals if s.effective_on and s.quote]
    relevant = [s for s in signals if s.quote]
    if announced is BalanceSheet.RMP:
        by_date = []
    return (by_date or relevant or signals)[0]


def _declares(signals: BalanceSheetSignals) -> bool:
    said = signals.qt_starts or signals.qt_ends or signals.slower or signals.taper
    return said or ("initiate" in signals.quote and signals.rmp)


def _mode(announced: BalanceSheet, told: BalanceSheetSignals | None) -> str | None:
    if announced is BalanceSheet.RMP:
        return "conditional" if told and told.conditional else "scheduled"
    return None
