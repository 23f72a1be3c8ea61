"""Statements of several formats; what cannot be read is said to be so."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.reading.statement import read_statement

RATE = "the target range for the federal funds rate"


@pytest.mark.parametrize(
    ("text", "action", "change", "low", "high"),
    [
        pytest.param(
            f"The Committee decided to lower {RATE} by 1/4 percentage point to 3‑3/4 to 4 percent.",
            "cut", -25, "3.75", "4", id="a cut with its size",
        ),
        pytest.param(
            f"The Committee decided to raise {RATE} to 2-1/4 to 2-1/2 percent.",
            "hike", None, "2.25", "2.5", id="a raise without its size",
        ),
        pytest.param(
            f"The Committee decided to maintain {RATE} at 3-1/2 to 3-3/4 percent, in support of "
            "the Federal Reserve's dual mandate.",
            "hold", 0, "3.5", "3.75", id="the short form of 2026",
        ),
        pytest.param(
            f"The Committee decided to keep {RATE} at 0 to 1/4 percent and expects it will be "
            "appropriate to maintain this target range for some time.",
            "hold", 0, "0", "0.25", id="keep",
        ),
        pytest.param(
            f"Today it decided to lower {RATE} by 1/2 percentage point, to 1 to 1-1/4 percent.",
            "cut", -50, "1", "1.25", id="half a point",
        ),
    ],
)  # fmt: skip
def test_decisions(text: str, action: str, change: int | None, low: str, high: str) -> None:
    read = read_statement(text)

    assert (read.rate_action, read.rate_change_bp) == (action, change)
    assert (read.target_low, read.target_high) == (Decimal(low), Decimal(high))


def test_a_dissenters_range_is_not_the_decision() -> None:
    text = (
        f"The Committee decided to maintain {RATE} at 4 to 4-1/4 percent. Voting for the monetary "
        "policy action were Jerome H. Powell, Chair; and John C. Williams, Vice Chair. Voting "
        f"against this action was A. Person, who preferred to lower {RATE} to 3-3/4 to 4 percent."
    )

    read = read_statement(text)

    assert read.target_low == 4
    assert (read.votes_for, read.votes_against) == (2, 1)
    assert read.dissents[0].preference == "cut"


@pytest.mark.parametrize(
    ("roll", "votes"),
    [
        pytest.param("approved the following statement by a 12 – 0 vote:", (12, 0), id="counted"),
        pytest.param("approved this for release by a 9 - 3 vote:", (9, 3), id="counted, dissents"),
    ],
)
def test_counted_votes(roll: str, votes: tuple[int, int]) -> None:
    read = read_statement(
        f"The Committee {roll}\n\nThe Committee decided to maintain {RATE} at 4 to 4-1/4 percent."
    )

    assert (read.votes_for, read.votes_against) == votes


def test_two_ranges_that_cannot_be_told_apart_are_unread() -> None:
    text = (
        f"The Committee decided to lower {RATE} to 4 to 4-1/4 percent. The Committee decided to "
        f"raise {RATE} to 5 to 5-1/4 percent."
    )

    read = read_statement(text)

    assert read.target_low is None
    assert len(read.unread) >= 1


@given(st.text(max_size=3000))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert read_statement(text).target_low is None or "percent" in text


@given(
    st.lists(
        st.sampled_from(
            [
                "Inflation remains elevated relative to the 2 percent goal.",
                "The Committee seeks maximum employment and inflation at the rate of 2 percent.",
                "Uncertainty about the economic outlook remains elevated.",
                "The unemployment rate was 4 to 4-1/2 percent in the projections.",
                "Implementation Note issued.",
            ]
        ),
        max_size=8,
    )
)
def test_other_sentences_change_nothing(others: list[str]) -> None:
    decision = (
        f"The Committee decided to lower {RATE} by 1/4 percentage point to 3-3/4 to 4 percent."
    )

    read = read_statement("\n\n".join([*others[:4], decision, *others[4:]]))

    assert read.rate_action == "cut"
    assert (read.target_low, read.target_high) == (Decimal("3.75"), Decimal(4))
