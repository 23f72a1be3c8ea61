"""Who is told: every active subscriber gets a reason."""

from datetime import timedelta

import pytest

from bot.dispatch import Why, plan
from bot.store import Silence, Subscriber
from rules.alerts import Reason, Transition
from rules.base import Finding, Severity, Topic
from tests.fakes.facts import utc

NOW = utc("2025-10-31 18:00")


def person(**changes: object) -> Subscriber:
    return Subscriber.model_validate({"chat_id": 7, "created_at": NOW, **changes})


def silence(rule: str | None, hours: int = 1) -> Silence:
    return Silence(id="s", chat_id=7, rule=rule, until=NOW + timedelta(hours=hours))


def change(reason: Reason = Reason.FIRST, *, quiet: bool = False) -> Transition:
    finding = Finding(
        rule="srf_take_up",
        key="k",
        topic=Topic.FUNDING,
        severity=Severity.WATCH,
        message="srf_take_up",
        evidence=("e",),
        observed_at=NOW,
    )
    return Transition(id="k#1", reason=reason, finding=finding, at=NOW, quiet=quiet)


@pytest.mark.parametrize(
    ("transition", "who", "silences", "why"),
    [
        pytest.param(change(), person(), [], Why.TOLD, id="told by default"),
        pytest.param(change(quiet=True), person(), [], Why.OLD_NEWS, id="old news"),
        pytest.param(change(), person(topics=["crypto"]), [], Why.TOPIC, id="another topic"),
        pytest.param(change(), person(min_severity=2), [], Why.SEVERITY, id="too mild"),
        pytest.param(
            change(Reason.CORRECTION),
            person(min_severity=2),
            [],
            Why.TOLD,
            id="a correction is told whatever its severity",
        ),
        pytest.param(change(), person(), [silence(None)], Why.SILENCED, id="all silenced"),
        pytest.param(change(), person(), [silence("x")], Why.TOLD, id="another rule silenced"),
        pytest.param(change(), person(), [silence(None, -1)], Why.TOLD, id="silence is over"),
    ],
)
def test_reasons(
    transition: Transition, who: Subscriber, silences: list[Silence], why: Why
) -> None:
    (delivery,) = plan(transition, [who], silences, NOW)

    assert delivery.why is why


def test_who_left_gets_no_row() -> None:
    assert plan(change(), [person(active=False)], [], NOW) == []
