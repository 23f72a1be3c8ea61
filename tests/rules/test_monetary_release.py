"""Headlines: what is no routine paper is told at once."""

from datetime import date

import pytest

from rules.engine import Engine, fold
from rules.events import DocumentType
from rules.monetary_release import MonetaryRelease
from tests.fakes.facts import statement


@pytest.mark.parametrize(
    ("title", "told"),
    [
        pytest.param("Federal Reserve issues FOMC statement", 0, id="a statement has its rule"),
        pytest.param("Minutes of the Federal Open Market Committee, July 28–29, 2026", 0),
        pytest.param("Federal Reserve Board announces Bank Term Funding Program", 1),
        pytest.param("Coordinated central bank action to enhance U.S. dollar liquidity", 1),
    ],
)
def test_titles(title: str, told: int) -> None:
    release = statement(date(2023, 3, 12), "").model_copy(
        update={
            "type": DocumentType.PRESS_RELEASE,
            "title": title,
            "category": "Monetary Policy",
        }
    )

    assert len(fold(Engine([MonetaryRelease()]), [release])) == told


def test_another_category_is_not_told() -> None:
    release = statement(date(2026, 9, 11), "").model_copy(
        update={"type": DocumentType.PRESS_RELEASE, "title": "x", "category": "Enforcement Actions"}
    )

    assert fold(Engine([MonetaryRelease()]), [release]) == []
