"""One spelling for what the Fed writes in many."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.reading.normalise import normalise, number, sentences


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        pytest.param("3‑1/2 to 3‑3/4", "3-1/2 to 3-3/4", id="non-breaking hyphens"),
        pytest.param("3½ to 3¾", "3-1/2 to 3-3/4", id="vulgar fractions"),
        pytest.param("by a 12 – 0 vote", "by a 12 - 0 vote", id="en dash"),
        pytest.param("by a 12 â€“ 0 vote", "by a 12 - 0 vote", id="mojibake"),
        pytest.param("the Fed’s “plan”", 'the Fed\'s "plan"', id="curly quotes"),
        pytest.param("a\u00a0b\u2009c", "a b c", id="odd spaces"),
        pytest.param("<p>a <b>b</b></p>", "a b", id="tags"),
        pytest.param("a\r\n\r\nb", "a\n\nb", id="paragraphs stay apart"),
    ],
)
def test_spellings(written: str, plain: str) -> None:
    assert normalise(written) == plain


def test_initials_and_abbreviations_end_no_sentence() -> None:
    text = "Voting were Jerome H. Powell and others in the U.S. at 2:00 p.m. today. It was hard."

    assert len(sentences(text)) == 2


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("3-1/2", Decimal("3.5"), id="mixed"),
        pytest.param("1/4", Decimal("0.25"), id="fraction"),
        pytest.param("4.25", Decimal("4.25"), id="decimal"),
        pytest.param("0", Decimal(0), id="zero"),
        pytest.param("1/0", None, id="no number"),
        pytest.param("x", None, id="a word"),
    ],
)
def test_numbers(text: str, value: Decimal | None) -> None:
    assert number(text) == value


@given(st.text(max_size=2000))
def test_any_text_is_taken(text: str) -> None:
    assert all(sentence in normalise(text) for sentence in sentences(normalise(text)))
