"""Every alert as its reader sees it, compared with `tests/golden`.

After a wanted change: `pytest tests/bot/render/test_golden.py --snapshot-update`, then read the diff.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.render.alert import Reader, Receipt, render
from bot.render.alerts.registry import SHEETS
from bot.render.language import LANGUAGES
from rules.alerts import Reason, Transition
from rules.base import Finding, Scalar, Severity, Topic

D = Decimal
ET = ZoneInfo("America/New_York")
FED = "https://www.federalreserve.gov/newsevents/pressreleases"
OCTOBER, DECEMBER = datetime(2025, 10, 29, 14, tzinfo=ET), datetime(2025, 12, 10, 14, tzinfo=ET)
TURN_OF_QT = (
    "The Committee decided to conclude the reduction of its aggregate securities holdings on "
    "December 1."
)
RMP_STARTS = (
    "The Committee judges that reserve balances have declined to ample levels and will initiate "
    "purchases of shorter-term Treasury securities as needed to maintain an ample supply of "
    "reserves on an ongoing basis."
)
SLOWER_QT = (
    "Beginning in April, the Committee will slow the pace of decline of its securities holdings by "
    "reducing the monthly redemption cap on Treasury securities from $25 billion to $5 billion."
)


@dataclass(frozen=True)
class Case:
    """One alert: the golden file's name, the finding, and why it is told."""

    name: str
    at: datetime
    values: dict[str, Scalar]
    severity: Severity = Severity.WATCH
    urls: tuple[str, ...] = ()
    reason: Reason = Reason.FIRST
    published: bool = True
    zone: str = "Asia/Taipei"
    told: dict[str, Scalar] = field(default_factory=dict)
    told_severity: Severity | None = None
    repeat: bool = False

    @property
    def message(self) -> str:
        return self.name.rpartition(".")[0]


def paper(day: str, *suffixes: str) -> tuple[str, ...]:
    return tuple(f"{FED}/monetary{day}{suffix}.htm" for suffix in suffixes)


CUT: dict[str, Scalar] = {
    "action": "cut",
    "change_bp": D(-25),
    "old_low_pct": D("4.0"),
    "old_high_pct": D("4.25"),
    "target_low_pct": D("3.75"),
    "target_high_pct": D("4.0"),
    "votes_for": D(10),
    "votes_against": D(2),
    "dissents": ("Stephen I. Miran|bigger_cut", "Jeffrey R. Schmid|hold"),
    "meeting": "2025-10-29",
}
END_OF_QT: dict[str, Scalar] = {
    "regime": "HOLD",
    "previous": "QT_TAPER",
    "mode": None,
    "effective_on": "2025-12-01",
    "treasury_cap_bn": None,
    "old_treasury_cap_bn": D(5),
    "mbs_cap_bn": None,
    "old_mbs_cap_bn": D(35),
    "treasury_purchase_bn": None,
    "mbs_purchase_bn": None,
    "quote": TURN_OF_QT,
    "meeting": "2025-10-29",
}
RMP: dict[str, Scalar] = {
    **END_OF_QT,
    "regime": "RMP",
    "previous": "HOLD",
    "mode": "scheduled",
    "effective_on": "2025-12-11",
    "old_treasury_cap_bn": None,
    "old_mbs_cap_bn": None,
    "quote": RMP_STARTS,
    "meeting": "2025-12-10",
}
SRF: dict[str, Scalar] = {
    "day": "2025-10-31",
    "accepted_bn": D("50.35"),
    "operations": ("20.35", "30"),
    "rate_pct": D("4.0"),
    "previous_bn": D("6.2"),
    "previous_day": "2025-10-30",
    "masked": "month_end",
}
BTC: dict[str, Scalar] = {
    "symbol": "BTC/USDT",
    "window": "2h",
    "return_pct": D("-1.11"),
    "before_usd": D("111883.49"),
    "after_usd": D("110640.00"),
    "typical_pct": D("0.54"),
    "z": D("-2.1"),
    "abnormal": False,
    "samples": D(36),
    "since": "2025-10-29T18:00:17+00:00",
    "until": "2025-10-29T20:00:17+00:00",
    "venues": ("binance",),
}
NYFED = ("https://www.newyorkfed.org/markets/desk-operations/repo",)
FEED = ("https://www.federalreserve.gov/feeds/press_monetary.xml",)
SILENT: dict[str, Scalar] = {
    "watcher": "fed_press",
    "state": "failing",
    "reason": "expected HTTP 200 or 304, found 503",
}

CASES = (
    Case("rate_decision.cut", OCTOBER, CUT, Severity.WARN, paper("20251029", "a")),
    Case(
        "rate_decision.cut_in_new_york",
        OCTOBER,
        CUT,
        Severity.WARN,
        paper("20251029", "a"),
        zone="America/New_York",
    ),
    Case(
        "rate_decision.repeat",
        OCTOBER,
        CUT,
        Severity.WARN,
        paper("20251029", "a"),
        repeat=True,
    ),
    Case(
        "rate_decision.correction",
        OCTOBER,
        CUT,
        Severity.WARN,
        paper("20251029", "a"),
        Reason.CORRECTION,
        told={**CUT, "votes_for": D(11), "votes_against": D(1)},
    ),
    Case(
        "rate_decision.three_dissents",
        DECEMBER,
        {
            **CUT,
            "old_low_pct": D("3.75"),
            "old_high_pct": D("4.0"),
            "target_low_pct": D("3.5"),
            "target_high_pct": D("3.75"),
            "votes_for": D(9),
            "votes_against": D(3),
            "dissents": (
                "Stephen I. Miran|bigger_cut",
                "Austan D. Goolsbee|hold",
                "Jeffrey R. Schmid|hold",
            ),
            "meeting": "2025-12-10",
        },
        Severity.WARN,
        paper("20251210", "a"),
    ),
    Case(
        "rate_decision.hold",
        datetime(2025, 3, 19, 14, tzinfo=ET),
        {
            **CUT,
            "action": "hold",
            "change_bp": D(0),
            "old_low_pct": D("4.25"),
            "old_high_pct": D("4.5"),
            "target_low_pct": D("4.25"),
            "target_high_pct": D("4.5"),
            "votes_for": D(11),
            "votes_against": D(1),
            "dissents": ("Christopher J. Waller|balance_sheet",),
            "meeting": "2025-03-19",
        },
        urls=paper("20250319", "a"),
    ),
    Case(
        "rate_decision.hike_unknown_before",
        datetime(2022, 3, 16, 14, tzinfo=ET),
        {
            "action": "hike",
            "change_bp": None,
            "old_low_pct": None,
            "old_high_pct": None,
            "target_low_pct": D("0.25"),
            "target_high_pct": D("0.5"),
            "votes_for": None,
            "votes_against": None,
            "dissents": (),
            "meeting": "2022-03-16",
        },
        Severity.WARN,
        paper("20220316", "a"),
    ),
    Case(
        "rate_decision.unread.doubtful",
        OCTOBER,
        {
            "sentences": ("The Committee decided to adjust the range by an amount not shown.",),
            "meeting": "2025-10-29",
        },
        urls=paper("20251029", "a"),
    ),
    Case(
        "balance_sheet.announced.end_of_qt",
        OCTOBER,
        END_OF_QT,
        Severity.ALARM,
        paper("20251029", "a", "a1"),
    ),
    Case(
        "balance_sheet.announced.rmp_starts",
        DECEMBER,
        RMP,
        Severity.ALARM,
        paper("20251210", "a", "a1"),
    ),
    Case(
        "balance_sheet.announced.rmp_conditional",
        datetime(2026, 6, 17, 14, tzinfo=ET),
        {
            **RMP,
            "previous": "RMP",
            "mode": "conditional",
            "effective_on": "2026-06-18",
            "quote": "",
            "meeting": "2026-06-17",
        },
        Severity.WARN,
        paper("20260617", "a1"),
    ),
    Case(
        "balance_sheet.announced.slower_qt",
        datetime(2025, 3, 19, 14, tzinfo=ET),
        {
            **END_OF_QT,
            "regime": "QT_TAPER",
            "previous": "QT_TAPER",
            "effective_on": "2025-04-01",
            "treasury_cap_bn": D(5),
            "old_treasury_cap_bn": D(25),
            "mbs_cap_bn": D(35),
            "quote": SLOWER_QT,
            "meeting": "2025-03-19",
        },
        Severity.WARN,
        paper("20250319", "a", "a1"),
    ),
    Case(
        "balance_sheet.announced.qe_starts",
        datetime(2020, 3, 15, 17, tzinfo=ET),
        {
            **RMP,
            "regime": "QE",
            "previous": "RMP",
            "mode": None,
            "effective_on": "2020-03-16",
            "treasury_purchase_bn": D(500),
            "mbs_purchase_bn": D(200),
            "quote": "The Committee will increase its holdings of Treasury securities by at least "
            "$500 billion.",
            "meeting": "2020-03-15",
        },
        Severity.ALARM,
        paper("20200315", "a", "a1"),
    ),
    Case(
        "balance_sheet.effective.end_of_qt",
        datetime(2025, 12, 1, 0, 1, tzinfo=ET),
        {
            "regime": "HOLD",
            "previous": "QT_TAPER",
            "announced_on": "2025-10-29",
            "effective_on": "2025-12-01",
        },
        Severity.INFO,
        paper("20251029", "a", "a1"),
        published=False,
    ),
    Case(
        "srf_take_up.month_end",
        datetime(2025, 10, 31, 13, 47, tzinfo=ET),
        SRF,
        Severity.ALARM,
        NYFED,
        published=False,
    ),
    Case(
        "srf_take_up.escalated",
        datetime(2025, 10, 31, 13, 47, tzinfo=ET),
        SRF,
        Severity.ALARM,
        NYFED,
        Reason.ESCALATED,
        published=False,
        told={**SRF, "accepted_bn": D("20.35"), "operations": ("20.35",)},
        told_severity=Severity.WATCH,
    ),
    Case(
        "srf_take_up.correction",
        datetime(2025, 10, 31, 13, 47, tzinfo=ET),
        SRF,
        Severity.ALARM,
        NYFED,
        Reason.CORRECTION,
        published=False,
        told={**SRF, "accepted_bn": D("50.3"), "operations": ("20.3", "30")},
    ),
    Case(
        "srf_take_up.nothing_known_before",
        datetime(2025, 12, 31, 8, 32, tzinfo=ET),
        {
            "day": "2025-12-31",
            "accepted_bn": D("74.6"),
            "operations": ("74.6",),
            "rate_pct": None,
            "previous_bn": None,
            "previous_day": "2025-12-30",
            "masked": "year_end",
        },
        Severity.ALARM,
        NYFED,
        published=False,
    ),
    Case(
        "crypto_reaction.two_hours",
        OCTOBER + timedelta(hours=2),
        BTC,
        Severity.INFO,
        reason=Reason.FOLLOW_UP,
        published=False,
    ),
    Case(
        "crypto_reaction.unusual",
        DECEMBER + timedelta(minutes=5),
        {
            **BTC,
            "window": "5m",
            "return_pct": D("-0.53"),
            "before_usd": D("92503.48"),
            "after_usd": D("92015.76"),
            "typical_pct": D("0.14"),
            "z": D("-3.7"),
            "abnormal": True,
            "samples": D(864),
            "since": "2025-12-10T19:00:17+00:00",
            "until": "2025-12-10T19:05:17+00:00",
            "venues": ("binance", "kraken"),
        },
        reason=Reason.FOLLOW_UP,
        published=False,
    ),
    Case(
        "monetary_release.swap_lines",
        datetime(2020, 3, 20, 10, tzinfo=ET),
        {
            "title": "Coordinated central bank action to further enhance the provision of U.S. "
            "dollar liquidity",
            "category": "Monetary Policy",
        },
        urls=paper("20200320", "a"),
    ),
    Case(
        "source_state.failing",
        OCTOBER + timedelta(minutes=10),
        SILENT,
        Severity.INFO,
        FEED,
        published=False,
    ),
    Case(
        "source_state.reminder",
        OCTOBER + timedelta(days=1),
        SILENT,
        Severity.INFO,
        FEED,
        Reason.REMINDER,
        published=False,
    ),
    Case(
        "source_state.resolved",
        OCTOBER + timedelta(minutes=30),
        SILENT,
        Severity.INFO,
        FEED,
        Reason.RESOLVED,
        published=False,
    ),
    Case(
        "new_kind_of_finding.plain",
        OCTOBER,
        {"spread_bp": D("5.2"), "days": ("2025-10-14", "2025-10-15"), "cause": None},
        urls=paper("20251029", "a"),
    ),
)


def finding(case: Case, values: dict[str, Scalar], severity: Severity) -> Finding:
    rules = {"balance_sheet": "balance_sheet_policy"}
    stem = case.message.partition(".")[0]
    return Finding(
        rule=rules.get(stem, stem),
        key=case.name,
        topic=Topic.POLICY,
        severity=severity,
        message=case.message,
        values=values,
        evidence=case.urls or ("a record",),
        urls=case.urls,
        published_at=case.at if case.published else None,
        observed_at=case.at + timedelta(seconds=17),
    )


def rendered(case: Case, language: str) -> str:
    now = finding(case, case.values, case.severity)
    told = case.told_severity if case.told_severity is not None else case.severity
    before = finding(case, case.told, told) if case.told else None
    transition = Transition(id=f"{now.key}#1", reason=case.reason, finding=now, at=now.observed_at)
    receipt = Receipt(now.published_at, now.observed_at, now.observed_at + timedelta(seconds=1))
    message = render(
        transition,
        Reader(language, case.zone),
        receipt,
        possible_repeat=case.repeat,
        before=before,
    )
    buttons = "\n".join(f"[{label}]({data})" for row in message.buttons for label, data in row)
    return f"{message.text}\n\n{buttons}\n"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_alert_reads_as_agreed(
    case: Case, language: str, root: Path, request: pytest.FixtureRequest
) -> None:
    golden = root / "tests" / "golden" / f"{case.name}.{language}.txt"
    text = rendered(case, language)
    if request.config.getoption("--snapshot-update"):
        golden.write_text(text, encoding="utf-8")

    assert text == golden.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_case(root: Path) -> None:
    wanted = {f"{case.name}.{language}.txt" for case in CASES for language in LANGUAGES}

    assert {path.name for path in (root / "tests" / "golden").glob("*.txt")} == wanted


def test_every_message_has_a_golden_case() -> None:
    assert set(SHEETS) <= {case.message for case in CASES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("previous", ["QT", "QT_TAPER", "HOLD", "RMP", "QE", "QE_TAPER", None])
@pytest.mark.parametrize("message", ["balance_sheet.announced", "balance_sheet.effective"])
@pytest.mark.parametrize("reason", list(Reason))
def test_reserve_management_purchases_are_never_called_qe(
    reason: Reason, message: str, previous: str | None, language: str
) -> None:
    values: dict[str, Any] = {**RMP, "previous": previous, "announced_on": "2025-12-10"}
    told = {**values, "mode": "conditional"}
    case = Case(f"{message}.any", DECEMBER, values, reason=reason, told=told)

    text = rendered(case, language)

    assert "QE" not in text
    assert "量化寬鬆" not in text
    assert "quantitative easing" not in text.lower()
    said = {"en": "the Fed says: not a change in stance", "zh-Hant": "並非政策立場的改變"}
    assert said[language] in text
