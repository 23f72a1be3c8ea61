"""What texts say about the balance sheet: signals of the text alone."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.reading.balance_sheet import read_balance_sheet

OCTOBER = date(2025, 10, 29)
DESK = "The Federal Open Market Committee directs the Desk to:\n\n"


def test_the_end_of_runoff_has_its_day() -> None:
    read = read_balance_sheet(
        "The Committee decided to conclude the reduction of its aggregate securities holdings on "
        "December 1.",
        OCTOBER,
    )

    assert read.qt_ends
    assert read.effective_on == date(2025, 12, 1)


def test_caps_of_treasuries_and_mbs_in_one_sentence() -> None:
    read = read_balance_sheet(
        DESK + "Continue rolling over at auction the amount of principal payments maturing during "
        "each calendar month that exceeds $30 billion, and continue reinvesting in agency "
        "mortgage-backed securities the amount received that exceeds $20 billion.",
        date(2019, 1, 30),
    )

    assert (read.treasury_caps_bn, read.mbs_caps_bn) == ((Decimal(30),), (Decimal(20),))


@pytest.mark.parametrize(
    ("directive", "qe", "rmp"),
    [
        pytest.param(
            "Increase holdings of securities through purchases of Treasury bills to maintain an "
            "ample level of reserves.",
            False, True, id="bills to keep reserves ample",
        ),
        pytest.param(
            "Increase the SOMA holdings of Treasury securities by $20 billion and of agency "
            "mortgage-backed securities (MBS) by $10 billion.",
            True, False, id="coupons and MBS",
        ),
        pytest.param(
            "Reinvest all principal payments from the Federal Reserve's holdings of agency "
            "securities into Treasury bills.",
            False, False, id="bills from reinvestment are no purchases",
        ),
    ],
)  # fmt: skip
def test_purchases(directive: str, qe: bool, rmp: bool) -> None:
    read = read_balance_sheet(DESK + directive, OCTOBER)

    assert (read.qe, read.rmp) == (qe, rmp)


@given(st.text(max_size=3000), st.dates(date(2008, 1, 1), date(2035, 1, 1)))
def test_any_text_is_read_without_an_error(text: str, as_of: date) -> None:
    read_balance_sheet(text, as_of)
