"""What a document says about the balance sheet: signals of its own text, no context needed.

The directive (what the Desk is told to do) decides; a statement adds what it declares. What a
signal means for the regime depends on the regime before and is decided in `rules/regime.py`.
"""

import calendar
import re
from datetime import date, timedelta
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from rules.reading.normalise import normalise, sentences

MONTHS = list(calendar.month_name)[1:]
_MONTH = "|".join(MONTHS)
_AMOUNT = re.compile(r"\$(\d+(?:\.\d+)?) billion")
_CAP = re.compile(r"exceeds? (?:a |the )?(?:monthly )?(?:cap of )?\$(\d+(?:\.\d+)?) billion")
_STEP_UP = re.compile(r"(?:increase|decrease|reduce|lower)s? (?:the )?caps? to \$(\d+) billion")
_TASK = re.compile(r"(?=\b(?:roll(?:ing)? over|reinvest(?:ing)?)\b)", re.IGNORECASE)
_DIRECTIVE = re.compile(r"directs the Desk\b")
_DAY = re.compile(
    rf"\b(?:on|from|effective|starting) ({_MONTH}) (\d{{1,2}})(?:, (\d{{4}}))?", re.IGNORECASE
)
_IN_MONTH = re.compile(rf"\b(early |mid-|late )?(?:in )?(early |mid-|late )?({_MONTH})\b(?! \d)")

_QE = re.compile(
    r"\bincreas\w*[^.;]{0,120}holdings of Treasury securities[^.;]{0,90}\bagency (?:mortgage|MBS)",
    re.IGNORECASE,
)
_RMP = re.compile(
    r"\bpurchas\w*(?: of)? (?:shorter-term )?Treasury (?:bills|securities)[^;]{0,220}\bample\b"
)
_RMP_ALSO = re.compile(r"\bwill purchase Treasury bills at least into\b")
_ROLL_ALL = re.compile(
    r"\broll(?:ing)? over (?:at auction all principal payments|maturing Treasury securities)",
    re.IGNORECASE,
)
_QT_STARTS = re.compile(
    r"\b(?:decided to begin reducing its holdings|initiate the balance sheet normalization|"
    r"will begin reducing its holdings of Treasury)"
)
_QT_ENDS = re.compile(r"\bconclude the reduction of its aggregate securities holdings")
_SLOWER = re.compile(r"\bslow the pace of (?:decline|reduction)")
_TAPER = re.compile(r"\breduc(?:e|ing) the monthly pace of (?:its )?(?:net )?asset purchases")
_CONDITIONAL = re.compile(r"\bWhen appropriate,? (?:to )?increase\b", re.IGNORECASE)


class BalanceSheetSignals(BaseModel):
    """What one text says. Amounts in USD billions; `quote` is the operative sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    directive: bool = False
    qe: bool = False
    rmp: bool = False
    conditional: bool = False
    roll_all: bool = False
    qt_starts: bool = False
    qt_ends: bool = False
    slower: bool = False
    taper: bool = False
    treasury_caps_bn: tuple[Decimal, ...] = ()
    mbs_caps_bn: tuple[Decimal, ...] = ()
    treasury_purchase_bn: Decimal | None = None
    mbs_purchase_bn: Decimal | None = None
    effective_on: date | None = None
    quote: str = ""


def read_balance_sheet(text: str, as_of: date) -> BalanceSheetSignals:
    """Signals of a statement, a note, or both in one text released on `as_of`; never raises."""
    plain = normalise(text)
    start = _DIRECTIVE.search(plain)
    directive = plain[start.start() :] if start else ""
    before = plain[: start.start()] if start else plain
    told, said = sentences(directive), [s for s in sentences(before) if not _is_vote(s)]
    both = said + told
    capped = [s for s in told if _CAP.search(s) or _STEP_UP.search(s)]
    decisive = _decisive(both, capped)
    bought = [s for s in both if _QE.search(s)] or [s for s in both if _RMP.search(s)]
    treasury, mbs = _purchases(bought)
    return BalanceSheetSignals(
        directive=bool(start),
        qe=any(_QE.search(s) for s in both),
        rmp=any(_RMP.search(s) or _RMP_ALSO.search(s) for s in both),
        conditional=any(_CONDITIONAL.search(s) for s in told),
        roll_all=any(_ROLL_ALL.search(s) for s in told),
        qt_starts=any(_QT_STARTS.search(s) for s in said),
        qt_ends=any(_QT_ENDS.search(s) for s in said)
        or (bool(capped) and any(_ROLL_ALL.search(s) and _dated(s, as_of) for s in told)),
        slower=any(_SLOWER.search(s) for s in said),
        taper=any(_TAPER.search(s) for s in said),
        treasury_caps_bn=_caps(capped, "roll"),
        mbs_caps_bn=_caps(capped, "reinvest"),
        treasury_purchase_bn=treasury,
        mbs_purchase_bn=mbs,
        effective_on=_dated(decisive, as_of) if decisive else None,
        quote=decisive or "",
    )


def _is_vote(sentence: str) -> bool:
    return bool(re.match(r"\W*Voting\b", sentence))


def _decisive(both: list[str], capped: list[str]) -> str | None:
    """The sentence that carries the change: a declaration first, then what the Desk is told."""
    for pattern in (_QT_ENDS, _QT_STARTS, _SLOWER, _TAPER, _RMP, _RMP_ALSO, _QE):
        for sentence in both:
            if pattern.search(sentence):
                return sentence
    rolled = next((s for s in both if _ROLL_ALL.search(s)), None)
    return capped[-1] if capped and not rolled else rolled


def _caps(capped: list[str], task: str) -> tuple[Decimal, ...]:
    """Caps of the clauses that begin with a task; one sentence may hold several tasks."""
    clauses = [c for s in capped for c in _TASK.split(s) if re.match(task, c, re.IGNORECASE)]
    found = [m for c in clauses for m in _CAP.findall(c) + _STEP_UP.findall(c)]
    return tuple(Decimal(amount) for amount in found)


def _purchases(bought: list[str]) -> tuple[Decimal | None, Decimal | None]:
    """The last pair of amounts named; for bills alone, one amount."""
    amounts = [[Decimal(a) for a in _AMOUNT.findall(s)] for s in bought]
    amounts = [found for found in amounts if found]
    if not amounts:
        return None, None
    last = amounts[-1]
    return (last[-2], last[-1]) if len(last) >= 2 else (last[0], None)


def _dated(sentence: str, as_of: date) -> date | None:
    """The day a sentence names after `as_of`: "on December 1", "in October", "in early March"."""
    day = _DAY.search(sentence)
    if day:
        return _day(as_of, day[1], int(day[2]), int(day[3]) if day[3] else None)
    for match in _IN_MONTH.finditer(sentence):
        prefix = match[1] or match[2] or ""
        start = {"mid-": 15, "late ": 21}.get(prefix, 1)
        found = _day(as_of, match[3], start, None)
        if found and as_of < found <= as_of + timedelta(days=200):
            return found
    return None


def _day(as_of: date, month: str, day: int, year: int | None) -> date | None:
    number = [name.lower() for name in MONTHS].index(month.lower()) + 1
    if year is None:
        year = as_of.year + (1 if number < as_of.month - 6 else 0)
    try:
        return date(year, number, day)
    except ValueError:
        return None
