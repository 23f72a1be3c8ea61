"""Decisions: read from the text, compared with the statement before, never guessed."""

from datetime import date
from decimal import Decimal

from rules.base import Severity
from rules.engine import Engine, fold
from rules.rate_decision import RateDecision
from tests.fakes.facts import CUT_OCTOBER, CUT_SEPTEMBER, statement

SEPTEMBER, OCTOBER = date(2025, 9, 17), date(2025, 10, 29)


def test_old_and_new_range_vote_and_dissents() -> None:
    engine = Engine([RateDecision()])

    (_, decided) = fold(
        engine, [statement(SEPTEMBER, CUT_SEPTEMBER), statement(OCTOBER, CUT_OCTOBER)]
    )

    values = decided.finding.values
    assert (values["old_low_pct"], values["old_high_pct"]) == (Decimal(4), Decimal("4.25"))
    assert (values["target_low_pct"], values["target_high_pct"]) == (Decimal("3.75"), Decimal(4))
    assert values["change_bp"] == -25
    assert values["dissents"] == ("Stephen I. Miran|bigger_cut", "Jeffrey R. Schmid|hold")
    assert decided.finding.severity is Severity.WARN


def test_without_an_earlier_statement_the_text_gives_the_old_range() -> None:
    (decided,) = fold(Engine([RateDecision()]), [statement(OCTOBER, CUT_OCTOBER)])

    assert decided.finding.values["old_low_pct"] == Decimal(4)


def test_a_turn_in_direction_is_an_alarm() -> None:
    raised = CUT_OCTOBER.replace("lower the target range", "raise the target range", 1)
    engine = Engine([RateDecision()])

    (_, decided) = fold(engine, [statement(SEPTEMBER, CUT_SEPTEMBER), statement(OCTOBER, raised)])

    assert decided.finding.severity is Severity.ALARM


def test_a_statement_that_cannot_be_read_says_so() -> None:
    odd = "The Committee decided to move the target range for the federal funds rate somewhere."

    (told,) = fold(Engine([RateDecision()]), [statement(OCTOBER, odd)])

    assert told.finding.message == "rate_decision.unread"
    assert told.finding.values["sentences"] == (odd,)
