"""Administered rates of an implementation note."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rules.reading.note import read_note

NOTE = """
- The Board of Governors voted unanimously to lower the interest rate paid on reserve balances to
3.65 percent, effective December 11, 2025.
- Conduct standing overnight repurchase agreement operations at a rate of 3.75 percent.
- Conduct standing overnight reverse repurchase agreement operations at an offering rate of 3.5
percent and with a per-counterparty limit of $160 billion per day.
In a related action, the Board voted to approve a 1/4 percentage point decrease in the primary
credit rate to 3.75 percent, effective December 11, 2025."""


def test_the_four_rates() -> None:
    read = read_note(NOTE)

    assert read.iorb == Decimal("3.65")
    assert read.srf_rate == Decimal("3.75")
    assert read.on_rrp_rate == Decimal("3.5")
    assert read.primary_credit == Decimal("3.75")


def test_what_is_not_said_is_none_not_zero() -> None:
    assert read_note("No rates here.").iorb is None


@given(st.text(max_size=3000))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read_note(text)
