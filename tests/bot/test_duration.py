"""Lengths of time as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.duration import parse, spell


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("5m", timedelta(minutes=5)),
        ("1.5h", timedelta(minutes=90)),
        ("2 d", timedelta(days=2)),
        ("4w", timedelta(weeks=4)),
        ("250ms", timedelta(milliseconds=250)),
    ],
)
def test_a_number_and_a_unit_are_a_length(text: str, length: timedelta) -> None:
    assert parse(text) == length


@pytest.mark.parametrize(
    "text", ["", "5", "m", "-5m", "5 minutes", "PT5M", "5m5s", "٥m", "9" * 12 + "w"]
)
def test_another_form_is_none(text: str) -> None:
    assert parse(text) is None


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)))
def test_what_is_spelled_is_read_back(length: timedelta) -> None:
    assert parse(spell(length)) == length


def test_the_largest_unit_that_fits_is_used() -> None:
    assert [spell(timedelta(seconds=s)) for s in (0, 45, 90, 3600, 86400, 1209600)] == [
        "0s",
        "45s",
        "90s",
        "1h",
        "1d",
        "2w",
    ]
