"""Values are read by type, and a missing one never becomes zero."""

from datetime import date
from decimal import Decimal

import pytest

from bot.render.sheet import Values

VALUES = Values(
    {"n": Decimal("1.5"), "t": "2025-10-29", "many": ("a",), "yes": True, "none": None, "e": ""}
)


def test_each_type_is_read() -> None:
    assert VALUES.number("n") == Decimal("1.5")
    assert VALUES.text("t") == "2025-10-29"
    assert VALUES.texts("many") == ("a",)
    assert VALUES.flag("yes") is True
    assert VALUES.day("t") == date(2025, 10, 29)


def test_what_is_not_known_is_none_and_not_zero() -> None:
    assert VALUES.maybe_number("none") is None
    assert VALUES.maybe_number("absent") is None
    assert VALUES.maybe_text("e") is None
    assert VALUES.texts("absent") == ()
    assert VALUES.flag("absent") is None


@pytest.mark.parametrize(
    ("read", "problem"),
    [
        pytest.param(lambda: VALUES.number("t"), "t: expected a number, found '2025", id="number"),
        pytest.param(lambda: VALUES.number("none"), "none: expected a number, found no", id="none"),
        pytest.param(lambda: VALUES.text("n"), "n: expected a text, found Decimal", id="text"),
        pytest.param(lambda: VALUES.text("absent"), "expected a text, found nothing", id="absent"),
        pytest.param(lambda: VALUES.texts("t"), "t: expected a list of texts", id="texts"),
        pytest.param(lambda: VALUES.flag("t"), "t: expected true or false", id="flag"),
        pytest.param(
            lambda: Values({"m": "2025-10-29T18:00"}).moment("m"), "with its zone", id="naive time"
        ),
    ],
)
def test_another_type_is_refused_with_what_was_found(read: object, problem: str) -> None:
    assert callable(read)
    with pytest.raises(ValueError, match=problem):
        read()
