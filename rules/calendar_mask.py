"""Days on which money markets are tight for reasons of the calendar, not of policy."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

TAX_MONTHS = (3, 4, 6, 9, 12)


@lru_cache(maxsize=4096)
def calendar_reason(day: date) -> str | None:
    """Why a funding number of this day is expected to be high; None on an ordinary day.

    Year and quarter ends count two business days to each side, month ends one, tax dates the 15th
    to the 17th; source: the thresholds' calendar mask.
    """
    for span in (0, 1, 2):
        for end in (_shifted(day, span), _shifted(day, -span)):
            if not _last_business_day(end):
                continue
            if end.month == 12:
                return "year_end"
            if end.month in (3, 6, 9):
                return "quarter_end"
            if span <= 1:
                return "month_end"
    if day.month in TAX_MONTHS and 15 <= day.day <= 17:
        return "tax_date"
    return None


def is_business_day(day: date) -> bool:
    """Whether the New York bond market is open."""
    return day.weekday() < 5 and day not in _closed()


@lru_cache(maxsize=1)
def _closed() -> holidays.HolidayBase:
    return holidays.financial_holidays("SIFMA")


def _last_business_day(day: date) -> bool:
    return is_business_day(day) and _shifted(day, 1).month != day.month


def _shifted(day: date, business_days: int) -> date:
    """The day that many business days later, or earlier if negative."""
    step = timedelta(days=1 if business_days > 0 else -1)
    left = abs(business_days)
    while left:
        day += step
        left -= is_business_day(day)
    return day
