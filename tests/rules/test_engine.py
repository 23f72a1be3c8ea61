"""The fold: a restart changes nothing, old news is quiet, follow-ups hang on their thread."""

import json
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.alerts import Reason, Transition
from rules.engine import Engine, fold
from rules.events import Event
from rules.registry import RULES
from tests.fakes.facts import CUT_OCTOBER, CUT_SEPTEMBER, bar, srf, statement, utc

SEPTEMBER, OCTOBER = date(2025, 9, 17), date(2025, 10, 29)
RULE_VALUES = [kind() for kind in RULES.values()]


def engine() -> Engine:
    return Engine(RULE_VALUES)


def story() -> list[Event]:
    """A calm day of prices, a decision, two hours of prices, then the end of the month."""
    decided = utc("2025-10-29 18:00:20")
    first = decided.replace(second=0) - timedelta(days=2)
    events: list[Event] = [statement(SEPTEMBER, CUT_SEPTEMBER, baseline=True)]
    events += [
        bar("BTC/USDT", first + timedelta(minutes=10 * i), 110000 + 50 * (7 * i % 5))
        for i in range(2 * 144 + 14)
    ]
    events.append(statement(OCTOBER, CUT_OCTOBER))
    events += [srf(date(2025, 10, 31), 1, "20.35"), srf(date(2025, 10, 31), 3, "30.0")]
    return sorted(events, key=lambda event: event.observed_at)


def told(transitions: list[Transition]) -> list[tuple[str, Reason, bool]]:
    return [(one.id, one.reason, one.quiet) for one in transitions]


def test_the_story_is_told_in_order() -> None:
    transitions = fold(engine(), story())

    loud = [(t.finding.message, t.reason) for t in transitions if not t.quiet]
    assert loud == [
        ("rate_decision", Reason.FIRST),
        ("balance_sheet.announced", Reason.FOLLOW_UP),
        ("crypto_reaction", Reason.FOLLOW_UP),
        ("srf_take_up", Reason.FIRST),
        ("srf_take_up", Reason.ESCALATED),
    ]


def test_old_news_moves_state_and_tells_nobody() -> None:
    subject = engine()

    transitions = fold(subject, [statement(SEPTEMBER, CUT_SEPTEMBER, baseline=True)])

    assert transitions
    assert all(transition.quiet for transition in transitions)
    assert subject.regime.statement_before(OCTOBER) is not None


def test_follow_ups_name_the_alert_they_reply_to() -> None:
    transitions = fold(engine(), story())

    roots = {t.finding.message: t.root for t in transitions if not t.quiet}
    assert roots["crypto_reaction"] == "rate_decision:2025-10-29"
    assert roots["rate_decision"] is None


def test_a_rule_that_is_off_finds_nothing() -> None:
    quiet = Engine([kind(on=False) for kind in RULES.values()])

    assert fold(quiet, story()) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(min_value=0, max_value=len(story())))
def test_a_restart_anywhere_changes_nothing(cut: int) -> None:
    events = story()
    whole = engine()
    expected = told(fold(whole, events))

    before = engine()
    first = told(fold(before, events[:cut]))
    saved = json.loads(json.dumps(before.snapshot()))
    after = Engine.restore(RULE_VALUES, saved)
    second = told(fold(after, events[cut:]))

    assert first + second == expected
    assert after.snapshot() == whole.snapshot()


def test_a_correction_carries_what_was_told_before() -> None:
    subject = engine()
    raised = CUT_OCTOBER.replace("3-3/4 to 4 percent", "3-1/2 to 3-3/4 percent")

    fold(subject, [statement(OCTOBER, CUT_OCTOBER)])
    corrected = [
        one
        for one in fold(subject, [statement(OCTOBER, raised, revision=1)])
        if one.finding.rule == "rate_decision"
    ]

    assert [one.reason for one in corrected] == [Reason.CORRECTION]
    assert corrected[0].before is not None
    assert corrected[0].before.values["target_high_pct"] == 4
