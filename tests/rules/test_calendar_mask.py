"""Days that are tight by the calendar."""

from datetime import date

import pytest

from rules.calendar_mask import calendar_reason, is_business_day


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        pytest.param(date(2025, 12, 31), "year_end", id="last day of the year"),
        pytest.param(date(2026, 1, 2), "year_end", id="first business day of the year"),
        pytest.param(date(2025, 9, 30), "quarter_end", id="quarter end"),
        pytest.param(date(2025, 10, 31), "month_end", id="month end"),
        pytest.param(date(2025, 12, 1), "month_end", id="first business day of a month"),
        pytest.param(date(2025, 9, 15), "tax_date", id="tax date"),
        pytest.param(date(2025, 10, 15), None, id="a settlement day is not masked"),
        pytest.param(date(2025, 10, 22), None, id="an ordinary day"),
    ],
)
def test_reasons(day: date, reason: str | None) -> None:
    assert calendar_reason(day) == reason


def test_independence_day_is_no_business_day() -> None:
    assert not is_business_day(date(2025, 7, 4))
    assert is_business_day(date(2025, 7, 3))
