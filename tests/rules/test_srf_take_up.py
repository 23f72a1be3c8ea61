"""Standing repo: both operations summed, tests ignored, the calendar taken into account."""

from datetime import date

import pytest

from rules.base import Severity
from rules.engine import Engine, fold
from rules.srf_take_up import SrfTakeUp
from tests.fakes.facts import srf


@pytest.mark.parametrize(
    ("day", "amounts", "severity"),
    [
        pytest.param(date(2025, 10, 15), ("0", "6.5"), Severity.WATCH, id="6.5 mid-month"),
        pytest.param(date(2025, 10, 31), ("20.35", "30.0"), Severity.ALARM, id="50.35 any day"),
        pytest.param(date(2025, 12, 1), ("0", "26.0"), Severity.WATCH, id="26 at month start"),
        pytest.param(date(2025, 10, 22), ("9", "9"), Severity.WARN, id="18 off the calendar"),
        pytest.param(date(2026, 2, 17), ("11.0", "19.5"), Severity.WATCH, id="since the redesign"),
        pytest.param(date(2025, 9, 30), ("0", "6.0"), None, id="6.0 at quarter end"),
        pytest.param(date(2025, 10, 22), ("0", "0.001"), None, id="a million dollars"),
    ],
)
def test_the_ladder(day: date, amounts: tuple[str, str], severity: Severity | None) -> None:
    engine = Engine([SrfTakeUp()])

    transitions = fold(engine, [srf(day, 1, amounts[0]), srf(day, 3, amounts[1])])

    worst = max((t.finding.severity for t in transitions), default=None)
    assert worst == severity


def test_a_technical_exercise_is_no_use() -> None:
    exercise = srf(date(2025, 10, 22), 99, "50", small_value=True)

    assert fold(Engine([SrfTakeUp()]), [exercise]) == []


def test_the_second_operation_raises_the_first_alert() -> None:
    day = date(2025, 10, 31)

    first, second = fold(Engine([SrfTakeUp()]), [srf(day, 1, "20.35"), srf(day, 3, "30.0")])

    assert first.finding.key == second.finding.key
    assert second.finding.values["operations"] == ("20.35", "30")
