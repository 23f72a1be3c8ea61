"""Every alert as its reader sees it: `cases.json` in, one text for each case and language out.

After a wanted change run this file with `--snapshot-update`, then read the diff.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter

from bot.render.alert import Reader, Receipt, render
from bot.render.alerts.registry import SHEETS
from bot.render.language import LANGUAGES
from rules.alerts import Reason, Transition
from rules.base import Finding, Severity, Topic

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


class Case(BaseModel):
    """One alert; `told` are the values that people were told before, where they differ."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    at: AwareDatetime
    severity: Severity
    values: dict[str, Any]
    reason: Reason = Reason.FIRST
    urls: tuple[str, ...] = ()
    published: bool = True
    zone: str = "Asia/Taipei"
    repeat: bool = False
    told: dict[str, Any] = {}
    told_severity: Severity | None = None

    @property
    def message(self) -> str:
        """The name without what distinguishes this case."""
        return self.name.rpartition(".")[0]

    @property
    def seen(self) -> datetime:
        """When the evidence was first seen: 17 seconds after the release."""
        return self.at + timedelta(seconds=17)

    def finding(self, values: dict[str, Any], severity: Severity) -> Finding:
        """A finding as a rule would give it."""
        stem = self.message.partition(".")[0]
        return Finding(
            rule="balance_sheet_policy" if stem == "balance_sheet" else stem,
            key=self.name,
            topic=Topic.POLICY,
            severity=severity,
            message=self.message,
            values=values,
            evidence=self.urls or ("a record",),
            urls=self.urls,
            published_at=self.at if self.published else None,
            observed_at=self.seen,
        )


CASES = TypeAdapter(list[Case]).validate_json((GOLDEN / "cases.json").read_bytes())
RMP = next(case for case in CASES if case.name == "balance_sheet.announced.rmp_starts")


def rendered(case: Case, language: str) -> str:
    now = case.finding(case.values, case.severity)
    severity = case.severity if case.told_severity is None else case.told_severity
    before = case.finding({**case.values, **case.told}, severity)
    message = render(
        Transition(id=f"{now.key}#1", reason=case.reason, finding=now, at=case.seen),
        Reader(language, case.zone),
        Receipt(now.published_at, now.observed_at, case.seen + timedelta(seconds=1)),
        possible_repeat=case.repeat,
        before=before if case.told or case.told_severity is not None else None,
    )
    buttons = "\n".join(f"[{label}]({data})" for row in message.buttons for label, data in row)
    return f"{message.text}\n\n{buttons}\n"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_alert_reads_as_agreed(
    case: Case, language: str, request: pytest.FixtureRequest
) -> None:
    golden = GOLDEN / f"{case.name}.{language}.txt"

    text = rendered(case, language)

    if request.config.getoption("--snapshot-update"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_case() -> None:
    wanted = {f"{case.name}.{language}.txt" for case in CASES for language in LANGUAGES}

    assert {path.name for path in GOLDEN.glob("*.txt")} == wanted


def test_every_message_has_a_golden_case() -> None:
    assert set(SHEETS) <= {case.message for case in CASES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("previous", ["QT", "QT_TAPER", "HOLD", "RMP", "QE", "QE_TAPER", None])
@pytest.mark.parametrize("message", ["balance_sheet.announced", "balance_sheet.effective"])
@pytest.mark.parametrize("reason", list(Reason))
def test_reserve_management_purchases_are_never_called_qe(
    reason: Reason, message: str, previous: str | None, language: str
) -> None:
    case = RMP.model_copy(
        update={
            "name": f"{message}.any",
            "reason": reason,
            "values": {**RMP.values, "previous": previous, "announced_on": "2025-12-10"},
            "told": {"mode": "conditional"},
        }
    )

    text = rendered(case, language)

    assert "QE" not in text
    assert "量化寬鬆" not in text
    assert "quantitative easing" not in text.lower()
    said = {"en": "the Fed says: not a change in stance", "zh-Hant": "並非政策立場的改變"}
    assert said[language] in text
