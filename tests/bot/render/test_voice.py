"""Numbers, days and times as each reader writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.render.voice import NEW_YORK, Voice, voice_for

D = Decimal
ENGLISH, CHINESE = voice_for("en", "UTC"), voice_for("zh-Hant", "Asia/Taipei")


@pytest.mark.parametrize(
    ("billions", "english", "chinese"),
    [
        ("50.35", "$50.35 bn", "503.5 億美元"),
        ("30.00", "$30 bn", "300 億美元"),
        ("6536.1", "$6,536.1 bn", "65,361 億美元"),
        ("0.175", "$0.175 bn", "1.75 億美元"),
        ("0", "$0 bn", "0 億美元"),
    ],
)
def test_an_amount_is_counted_as_the_language_counts(
    billions: str, english: str, chinese: str
) -> None:
    assert ENGLISH.amount(D(billions)) == english
    assert CHINESE.amount(D(billions)) == chinese


@pytest.mark.parametrize(
    ("value", "printed"), [("-1.11", "−1.11%"), ("0.5", "+0.50%"), ("0", "0.00%")]
)
def test_a_change_carries_a_real_sign(value: str, printed: str) -> None:
    assert ENGLISH.percent(D(value), signed=True) == printed


def test_a_range_has_two_decimals() -> None:
    assert ENGLISH.range(D("3.75"), D(4)) == "3.75–4.00%"


def test_a_day_is_written_as_the_language_writes_it() -> None:
    assert ENGLISH.day(date(2025, 10, 29)) == "Oct 29, 2025"
    assert CHINESE.day(date(2025, 10, 29)) == "2025年10月29日"


def test_a_day_is_printed_once() -> None:
    moment = datetime(2025, 10, 29, 18, tzinfo=UTC)

    assert ENGLISH.time(moment, NEW_YORK, date(2025, 10, 29)) == "14:00:00"
    assert ENGLISH.time(moment, NEW_YORK, date(2025, 10, 30)) == "Oct 29, 2025, 14:00:00"


def test_short_facts_begin_with_a_capital() -> None:
    assert Voice.sentence(["rate 4.00%", "calendar"]) == "Rate 4.00% · calendar"
    assert Voice.sentence([]) == ""


@pytest.mark.parametrize("zone", ["Nowhere", "", "../UTC", "America"])
def test_an_unknown_zone_is_utc(zone: str) -> None:
    assert voice_for("en", zone).zone == ZoneInfo("UTC")


def test_an_unknown_language_is_english() -> None:
    assert voice_for("fr", "UTC").language == "en"
