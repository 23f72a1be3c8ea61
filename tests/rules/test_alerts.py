"""An alert's life as timelines: one letter a minute."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.alerts import Alert, Reason, State, step
from rules.base import Finding, Pace, Severity, Topic
from tests.fakes.facts import utc

START = utc("2025-10-29 18:00")
MINUTE = timedelta(minutes=1)
PACE = Pace(hold=2 * MINUTE, keep_firing=3 * MINUTE)
LETTERS = {State.INACTIVE: "i", State.PENDING: "p", State.FIRING: "f"}


def finding(severity: Severity = Severity.WATCH, revision: int = 0) -> Finding:
    return Finding(
        rule="r",
        key="r:1",
        topic=Topic.FUNDING,
        severity=severity,
        message="srf_take_up",
        evidence=("e",),
        revision=revision,
        observed_at=START,
    )


def life(found: str, pace: Pace = PACE) -> tuple[str, list[Reason]]:
    """`+` the rule finds, `W` finds a warning, `R` finds a revision, `.` does not."""
    alert, states, told = Alert(key="r:1", since=START), "", []
    for minute, letter in enumerate(found):
        what = {
            "+": finding(),
            "W": finding(Severity.WARN),
            "R": finding(revision=1),
            ".": None,
        }[letter]
        alert, reason = step(alert, what, START + minute * MINUTE, pace)
        states += LETTERS[alert.state]
        if reason is not None:
            told.append(reason)
    return states, told


@pytest.mark.parametrize(
    ("found", "states"),
    [
        pytest.param("+++", "ppf", id="fires once it has held"),
        pytest.param("+.+.", "pipi", id="a blip never fires"),
        pytest.param("+++..+..", "ppffffff", id="a gap shorter than keep_firing is bridged"),
        pytest.param("+++...", "ppfffi", id="resolves after the gap"),
    ],
)
def test_a_life(found: str, states: str) -> None:
    assert life(found)[0] == states


@pytest.mark.parametrize(
    ("found", "pace", "told"),
    [
        pytest.param("+++", Pace(), [Reason.FIRST], id="told once while it holds"),
        pytest.param("+.", Pace(), [Reason.FIRST, Reason.RESOLVED], id="told when over"),
        pytest.param("+W", Pace(), [Reason.FIRST, Reason.ESCALATED], id="told when worse"),
        pytest.param("W+", Pace(), [Reason.FIRST], id="not told when milder"),
        pytest.param("+R", Pace(), [Reason.FIRST, Reason.CORRECTION], id="told when corrected"),
        pytest.param("+..", Pace(resolves=False), [Reason.FIRST], id="a fact cannot end"),
        pytest.param(
            "++++", Pace(repeat=2 * MINUTE), [Reason.FIRST, Reason.REMINDER], id="reminded"
        ),
        pytest.param(
            "+.+.+",
            Pace(cooldown=3 * MINUTE),
            [Reason.FIRST, Reason.RESOLVED, Reason.FIRST],
            id="rests after resolving",
        ),
    ],
)
def test_what_is_told(found: str, pace: Pace, told: list[Reason]) -> None:
    assert life(found, pace)[1] == told


@given(st.text("+W.", max_size=60))
def test_first_and_resolved_alternate(found: str) -> None:
    told = [r for r in life(found)[1] if r in (Reason.FIRST, Reason.RESOLVED)]

    assert all(a is not b for a, b in pairwise(told))
    assert not told or told[0] is Reason.FIRST
