"""Every recorded release through the reader and the regime, against its label."""

import csv
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from rules.events import Document, DocumentType
from rules.reading.note import read_note
from rules.regime import Paper, Regime, Step, advance

pytestmark = pytest.mark.corpus

# Labels that contradict their document or leave out what it says, with the sentence.
NOT_COUNTED = {
    ("fomc_20170614", "dissent_preference"): "Kashkari preferred to maintain the range; no label",
    ("fomc_20190918", "dissent_preference"): "Bullard preferred a lower range than the cut: larger",
}
# The label is the first operation's day from a New York Fed text, not from these documents.
DATED_ELSEWHERE = {"fomc_20211215", "fomc_20220126", "fomc_20251210"}


@pytest.fixture(scope="module")
def rows(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "fomc" / "labels_public.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def texts(corpus: Path, rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    folder = corpus / "fomc" / "statements"
    return {
        row["doc_id"]: json.loads((folder / f"{row['doc_id']}.json").read_bytes()) for row in rows
    }


@pytest.fixture(scope="module")
def regime(rows: list[dict[str, str]], texts: dict[str, dict[str, str]]) -> Regime:
    found = Regime()
    for row in rows:
        for kind, name in (
            (DocumentType.STATEMENT, "statement"),
            (DocumentType.IMPLEMENTATION_NOTE, "implementation_note"),
        ):
            if texts[row["doc_id"]].get(name):
                found = advance(found, _document(row, kind, texts[row["doc_id"]][name]))
    return found


def _document(row: dict[str, str], kind: DocumentType, text: str) -> Document:
    day = date.fromisoformat(row["date"])
    return Document(
        uid=f"{row['doc_id']}:{kind}",
        source="corpus",
        observed_at=datetime(day.year, day.month, day.day, 19, tzinfo=UTC),
        type=kind,
        title="",
        text=text,
        as_of=day,
        meeting=day,
    )


def _statement(regime: Regime, row: dict[str, str]) -> Paper:
    day = date.fromisoformat(row["date"])
    return next(p for p in regime.papers if p.as_of == day and p.statement)


def _step(regime: Regime, row: dict[str, str]) -> Step | None:
    day = date.fromisoformat(row["date"])
    return next((step for step in regime.steps() if step.as_of == day), None)


def _number(label: str) -> Decimal | None:
    return Decimal(label) if label else None


def test_target_range_action_and_vote(regime: Regime, rows: list[dict[str, str]]) -> None:
    wrong = []
    for row in rows:
        read = _statement(regime, row).statement
        assert read is not None
        found = (read.rate_action, read.target_low, read.target_high)
        vote = (read.votes_for, read.votes_against)
        expected = (row["rate_action"], Decimal(row["target_lo"]), Decimal(row["target_hi"]))
        if found != expected or vote != (int(row["votes_for"]), int(row["votes_against"])):
            wrong.append((row["doc_id"], found, vote))

    assert len(rows) >= 45
    assert wrong == []


def test_dissenters_preferences(regime: Regime, rows: list[dict[str, str]]) -> None:
    wrong = []
    for row in rows:
        read = _statement(regime, row).statement
        assert read is not None
        found = ";".join(dict.fromkeys(dissent.preference for dissent in read.dissents))
        counted = (row["doc_id"], "dissent_preference") not in NOT_COUNTED
        if counted and found != row["dissent_preference"]:
            wrong.append((row["doc_id"], found))

    assert wrong == []


def test_a_change_named_in_the_text_is_the_change(
    regime: Regime, rows: list[dict[str, str]]
) -> None:
    named = [
        (row["doc_id"], read.rate_change_bp, int(row["rate_change_bp"]))
        for row in rows
        if (read := _statement(regime, row).statement) and read.rate_change_bp is not None
    ]

    assert [one for one in named if one[1] != one[2]] == []
    assert len(named) >= 25


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("iorb", "iorb"),
        ("onrrp_rate", "on_rrp_rate"),
        ("srf_rate", "srf_rate"),
        ("primary_credit", "primary_credit"),
    ],
)
def test_administered_rates(
    rows: list[dict[str, str]], texts: dict[str, dict[str, str]], label: str, field: str
) -> None:
    wrong = [
        row["doc_id"]
        for row in rows
        if getattr(read_note(texts[row["doc_id"]].get("implementation_note") or ""), field)
        != _number(row[label])
    ]

    assert wrong == []


def test_the_announced_regime(regime: Regime, rows: list[dict[str, str]]) -> None:
    # The corpus does not have the release between 2019-01-30 and 2019-05-01 that named new caps.
    wrong = [
        row["doc_id"]
        for row in rows
        if (step := _step(regime, row)) is None or step.announced != row["announced_regime"]
    ]

    assert wrong == []


def test_reserve_management_purchases_are_never_qe(
    regime: Regime, rows: list[dict[str, str]]
) -> None:
    labels = {row["date"]: row["announced_regime"] for row in rows}
    steps = [step for step in regime.steps() if labels[step.as_of.isoformat()] == "RMP"]

    assert len(steps) >= 6
    assert {str(step.announced) for step in steps} == {"RMP"}


def test_caps_and_effective_dates(regime: Regime, rows: list[dict[str, str]]) -> None:
    wrong = []
    for row in rows:
        step = _step(regime, row)
        assert step is not None
        if (step.treasury_cap_bn, step.mbs_cap_bn) != (
            _number(row["tsy_cap_bn_mo"]),
            _number(row["mbs_cap_bn_mo"]),
        ):
            wrong.append((row["doc_id"], "caps"))
        dated = row["bs_effective_date"] and row["doc_id"] not in DATED_ELSEWHERE
        if dated and step.effective_on.isoformat() != row["bs_effective_date"]:
            wrong.append((row["doc_id"], "effective"))

    assert wrong == []
