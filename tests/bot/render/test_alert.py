"""Rendering never fails, whatever a finding holds and whoever reads it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.render.alerts.registry
from bot.render.alert import Message, Reader, Receipt, render
from bot.render.alerts.registry import SHEETS
from bot.render.markup import LIMIT, units
from rules.alerts import Reason, Transition
from rules.base import Finding, Scalar, Severity, Topic

NOW = datetime(2025, 10, 29, 18, 0, 17, tzinfo=UTC)
RECEIPT = Receipt(NOW, NOW, NOW)
ENGLISH = Reader("en")
STATEMENT = "https://www.federalreserve.gov/newsevents/pressreleases/monetary20251029a.htm"

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(max_size=3000),
    st.lists(st.text(max_size=500), max_size=30).map(tuple),
)
KEYS = (
    "action", "change_bp", "target_low_pct", "target_high_pct", "votes_for", "dissents", "meeting",
    "regime", "previous", "quote", "day", "accepted_bn", "operations", "symbol", "window", "title",
    "since", "until", "samples", "watcher", "state", "reason", "sentences",
)  # fmt: skip


def transition(
    message: str = "monetary_release",
    values: dict[str, Scalar] | None = None,
    *,
    reason: Reason = Reason.FIRST,
    severity: Severity = Severity.WARN,
    rule: str = "monetary_release",
    urls: tuple[str, ...] = (STATEMENT,),
) -> Transition:
    finding = Finding(
        rule=rule,
        key="key",
        topic=Topic.POLICY,
        severity=severity,
        message=message,
        values={"title": "Title"} if values is None else values,
        evidence=("uid",),
        urls=urls,
        observed_at=NOW,
    )
    return Transition(id="key#1", reason=reason, finding=finding, at=NOW)


@given(
    message=st.one_of(st.sampled_from(sorted(SHEETS)), st.text(max_size=50)),
    values=st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text()), scalars, max_size=30),
    urls=st.lists(st.one_of(st.just(STATEMENT), st.text()), max_size=6).map(tuple),
    reason=st.sampled_from(Reason),
    reader=st.builds(
        Reader,
        st.sampled_from(["en", "zh-Hant", "fr", ""]),
        st.sampled_from(["UTC", "Asia/Taipei", "America/New_York", "Nowhere", "../etc", ""]),
    ),
    moment=st.datetimes(timezones=st.just(UTC)),
)
def test_nothing_in_a_finding_loses_the_alert(
    message: str,
    values: dict[str, Scalar],
    urls: tuple[str, ...],
    reason: Reason,
    reader: Reader,
    moment: datetime,
) -> None:
    told = transition(message, values, reason=reason, urls=urls)
    receipt = Receipt(None, moment, moment)

    rendered = render(told, reader, receipt, possible_repeat=True, before=told.finding)

    assert rendered.text.strip()
    assert rendered.plain.strip()
    assert units(rendered.text) <= LIMIT
    assert units(rendered.plain) <= LIMIT


@pytest.mark.parametrize(
    ("message", "values"),
    [
        pytest.param("crypto_reaction", {"symbol": "BTC/USDT"}, id="values are missing"),
        pytest.param("rate_decision", {"action": "tilt"}, id="a value is of another kind"),
        pytest.param("no_such_wording", {"symbol": "BTC/USDT"}, id="the wording is not known"),
    ],
)
def test_an_odd_finding_is_told_plainly(message: str, values: dict[str, Scalar]) -> None:
    rendered = render(transition(message, values), ENGLISH, RECEIPT)

    key, value = next(iter(values.items()))
    assert rendered.plain.startswith(f"🔔 Alert {message}\n")
    assert f"{key}: {value}" in rendered.plain
    assert STATEMENT in rendered.plain
    assert "Official source" in rendered.plain


def test_a_reaction_without_its_n_is_not_told_as_one() -> None:
    values: dict[str, Scalar] = {
        "symbol": "BTC/USDT",
        "window": "2h",
        "return_pct": Decimal("-1.11"),
        "before_usd": Decimal("111883.49"),
        "after_usd": Decimal(110640),
        "typical_pct": Decimal("0.54"),
        "z": Decimal("-2.1"),
        "abnormal": False,
        "samples": None,
        "since": "2025-10-29T18:00:17+00:00",
        "until": "2025-10-29T20:00:17+00:00",
    }

    rendered = render(transition("crypto_reaction", values), ENGLISH, RECEIPT)

    assert "usual range" not in rendered.plain
    assert "samples: not known" in rendered.plain


def test_times_out_of_any_calendar_still_leave_name_and_link() -> None:
    edge = datetime.max.replace(tzinfo=UTC)

    rendered = render(transition(), Reader("en", "Asia/Taipei"), Receipt(edge, edge, edge))

    assert rendered.plain == f"monetary_release\n\n{STATEMENT}"


@pytest.mark.parametrize(
    ("reason", "severity", "silent"),
    [
        pytest.param(Reason.FIRST, Severity.WATCH, False, id="news is heard"),
        pytest.param(Reason.CORRECTION, Severity.WATCH, False, id="a correction is heard"),
        pytest.param(Reason.FIRST, Severity.INFO, True, id="information is silent"),
        pytest.param(Reason.REMINDER, Severity.ALARM, True, id="a reminder is silent"),
        pytest.param(Reason.RESOLVED, Severity.ALARM, True, id="an end is silent"),
    ],
)
def test_only_news_makes_a_sound(reason: Reason, severity: Severity, silent: bool) -> None:
    rendered = render(transition(reason=reason, severity=severity), ENGLISH, RECEIPT)

    assert rendered.silent is silent
    assert rendered.link_preview is False


def test_buttons_silence_the_rule() -> None:
    rendered = render(transition(), ENGLISH, RECEIPT)

    data = [data for row in rendered.buttons for _, data in row]
    assert data == ["silence:1h:monetary_release", "silence:1d:monetary_release"]


def test_a_rule_too_long_for_a_button_has_none() -> None:
    assert render(transition(rule="r" * 60), ENGLISH, RECEIPT).buttons == ()


def test_a_possible_repeat_adds_one_line() -> None:
    once = render(transition(), ENGLISH, RECEIPT).plain.splitlines()
    again = render(transition(), ENGLISH, RECEIPT, possible_repeat=True).plain.splitlines()

    assert [line for line in again if line not in once] == [
        "Possible repeat: this may have reached you before."
    ]


@pytest.mark.parametrize(
    ("reason", "remark"),
    [
        (Reason.CORRECTION, "Corrected by the source: this replaces the earlier message."),
        (Reason.ESCALATED, "Severity raised to warning"),
        (Reason.REMINDER, "This still holds."),
        (Reason.RESOLVED, "This no longer holds."),
    ],
)
def test_a_reason_is_told_without_the_finding_before(reason: Reason, remark: str) -> None:
    assert remark in render(transition(reason=reason), ENGLISH, RECEIPT).plain


def test_a_correction_of_details_says_what_stays() -> None:
    told = transition(reason=Reason.CORRECTION)

    rendered = render(told, ENGLISH, RECEIPT, before=told.finding)

    assert "Corrected in its details; unchanged: Title" in rendered.plain


def test_only_official_pages_are_linked_and_at_most_three() -> None:
    pages = tuple(f"https://www.federalreserve.gov/page{n}.htm" for n in range(5))

    text = render(transition(urls=("https://evil.example/", *pages)), ENGLISH, RECEIPT).text

    assert "evil.example" not in text
    assert text.count("<a href=") == 3


@pytest.mark.parametrize(
    ("zone", "printed"),
    [
        ("UTC", "Published Oct 29, 2025, 18:00:00 UTC (14:00:00 ET)"),
        ("America/New_York", "Published Oct 29, 2025, 14:00:00 ET"),
        ("America/St_Johns", "Published Oct 29, 2025, 15:30:00 UTC−2:30 (14:00:00 ET)"),
        ("Asia/Kolkata", "Published Oct 29, 2025, 23:30:00 UTC+5:30 (14:00:00 ET)"),
        ("Nowhere", "Published Oct 29, 2025, 18:00:00 UTC (14:00:00 ET)"),
    ],
)
def test_times_are_the_readers_and_new_yorks(zone: str, printed: str) -> None:
    receipt = Receipt(NOW - timedelta(seconds=17), NOW, NOW)

    rendered = render(transition(), Reader("en", zone), receipt)

    assert printed in rendered.plain.splitlines()


def test_every_file_of_wording_is_registered() -> None:
    folder = Path(bot.render.alerts.registry.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "registry", "generic"}

    assert {sheet.__module__.rpartition(".")[2] for sheet in SHEETS.values()} == files


def test_a_message_is_a_value() -> None:
    assert Message("a", "a") == Message("a", "a", (), False, False)
