"""Balance-sheet changes: announced when the text comes, told again when they take effect."""

from datetime import date, timedelta

import pytest

from rules.balance_sheet_policy import BalanceSheetPolicy
from rules.base import Severity
from rules.engine import Engine, fold
from rules.events import ClockTick, Document, DocumentType
from tests.fakes.facts import CUT_OCTOBER, CUT_SEPTEMBER, statement, utc

SEPTEMBER, OCTOBER, DECEMBER = date(2025, 9, 17), date(2025, 10, 29), date(2025, 12, 10)
DESK = "The Federal Open Market Committee directs the Desk to:\n\n"
RUNOFF = DESK + (
    "- Roll over at auction the amount of principal payments from the Federal Reserve's holdings "
    "of Treasury securities maturing in each calendar month that exceeds a cap of $5 billion."
)
PURCHASES = DESK + (
    "- Increase the System Open Market Account holdings of securities through purchases of "
    "Treasury bills and, if needed, other Treasury securities with remaining maturities of 3 years "
    "or less to maintain an ample level of reserves."
)
CONDITIONAL = PURCHASES.replace("- Increase", "- When appropriate, increase")
EASING = DESK + (
    "- Increase the System Open Market Account holdings of Treasury securities by $80 billion per "
    "month and of agency mortgage-backed securities (MBS) by $40 billion per month."
)


def note(day: date, text: str) -> Document:
    base = statement(day, text)
    return base.model_copy(
        update={"type": DocumentType.IMPLEMENTATION_NOTE, "uid": f"note:{day}", "url": None}
    )


def tick(text: str) -> ClockTick:
    return ClockTick(uid=f"clock:{text}", source="clock", observed_at=utc(text))


def told(*events: Document | ClockTick) -> list[tuple[str, str]]:
    transitions = fold(Engine([BalanceSheetPolicy()]), events)
    return [(t.finding.message, str(t.finding.values["regime"])) for t in transitions]


def test_the_end_of_runoff_is_announced_with_its_date() -> None:
    engine = Engine([BalanceSheetPolicy()])

    (end,) = fold(engine, [note(SEPTEMBER, RUNOFF), statement(OCTOBER, CUT_OCTOBER)])

    assert end.finding.values["regime"] == "HOLD"
    assert end.finding.values["previous"] == "QT"
    assert end.finding.values["effective_on"] == "2025-12-01"
    assert end.finding.severity is Severity.ALARM


def test_the_day_it_takes_effect_is_told_once_and_calmly() -> None:
    engine = Engine([BalanceSheetPolicy()])
    fold(engine, [note(SEPTEMBER, RUNOFF), statement(OCTOBER, CUT_OCTOBER)])

    transitions = fold(engine, [tick("2025-11-30 23:59"), *map(tick, ("2025-12-01 00:01",))])
    again = fold(engine, [tick("2025-12-01 00:02"), tick("2025-12-02 00:00")])

    assert [t.finding.message for t in transitions] == ["balance_sheet.effective"]
    assert transitions[0].finding.severity is Severity.INFO
    assert transitions[0].root == "balance_sheet_policy:2025-10-29"
    assert again == []


@pytest.mark.parametrize(
    ("texts", "last"),
    [
        pytest.param((RUNOFF, PURCHASES), "RMP", id="bills to keep reserves ample are RMP"),
        pytest.param((PURCHASES, EASING), "QE", id="coupons and MBS by amounts are QE"),
        pytest.param((PURCHASES, CONDITIONAL), "RMP", id="when appropriate is a new mode"),
    ],
)
def test_directives(texts: tuple[str, str], last: str) -> None:
    assert told(note(OCTOBER, texts[0]), note(DECEMBER, texts[1]))[-1][1] == last


def test_reserve_management_purchases_are_never_qe() -> None:
    for text in (PURCHASES, CONDITIONAL):
        regimes = [regime for _, regime in told(note(OCTOBER, RUNOFF), note(DECEMBER, text))]
        assert regimes == ["RMP"]


def test_a_statement_silent_on_the_balance_sheet_changes_nothing() -> None:
    assert told(note(SEPTEMBER, RUNOFF), statement(OCTOBER, CUT_SEPTEMBER)) == []


def test_the_same_directive_again_is_no_news() -> None:
    assert told(note(SEPTEMBER, RUNOFF), note(OCTOBER, RUNOFF)) == []


def test_statement_and_note_of_one_meeting_are_one_alert() -> None:
    both = (statement(OCTOBER, CUT_OCTOBER), note(OCTOBER, CUT_OCTOBER + "\n\n" + RUNOFF))

    assert told(note(SEPTEMBER, RUNOFF), *both) == [("balance_sheet.announced", "HOLD")]


def test_the_order_of_arrival_does_not_matter() -> None:
    engine = Engine([BalanceSheetPolicy()])

    fold(engine, [statement(OCTOBER, CUT_OCTOBER), note(SEPTEMBER, RUNOFF)])

    announced = engine.regime.announced()
    assert announced is not None
    assert announced.announced == "HOLD"
    effective = engine.regime.effective(OCTOBER + timedelta(days=2))
    assert effective is not None
    assert effective.announced == "QT"
