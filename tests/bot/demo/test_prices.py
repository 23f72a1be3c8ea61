from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.demo.prices import Prices, corpus_prices, episode_prices

MIDNIGHT = datetime(2025, 12, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def straight(*closes: int) -> Prices:
    """Closes an hour apart from midnight on."""
    rows = [((MIDNIGHT + n * HOUR).timestamp(), Decimal(close)) for n, close in enumerate(closes)]
    return Prices({"BTC/USDT": rows})


@pytest.mark.parametrize(
    ("minutes", "price"),
    [
        pytest.param(0, "100", id="at a close"),
        pytest.param(15, "105", id="a quarter on the way"),
        pytest.param(59, "119.67", id="shortly before the next, to the cent"),
        pytest.param(60, "120", id="at the next close"),
        pytest.param(90, "100", id="half way down"),
    ],
)
def test_between_closes_the_line_is_straight(minutes: int, price: str) -> None:
    prices = straight(100, 120, 80)

    found = prices("BTC/USDT", MIDNIGHT + timedelta(minutes=minutes))

    assert found == Decimal(price)


@pytest.mark.parametrize(
    ("symbol", "moment"),
    [
        pytest.param("BTC/USDT", MIDNIGHT - HOUR, id="before the first close"),
        pytest.param("BTC/USDT", MIDNIGHT + 3 * HOUR, id="after the last close"),
        pytest.param("DOGE/USDT", MIDNIGHT, id="an unknown symbol"),
    ],
)
def test_where_nothing_is_known_there_is_no_price(symbol: str, moment: datetime) -> None:
    assert straight(100, 120, 80)(symbol, moment) is None


@pytest.mark.parametrize(
    ("symbol", "moment", "price"),
    [
        pytest.param("BTC/USDT", "2025-10-29T18:00Z", "111883.49", id="the end of QT is announced"),
        pytest.param("BTC/USDT", "2025-12-10T19:00Z", "92503.48", id="purchases are announced"),
        pytest.param("ETH/USDT", "2025-12-01T00:00Z", "2990.02", id="QT ends"),
    ],
)
def test_the_episode_has_the_prices_of_its_days(symbol: str, moment: str, price: str) -> None:
    assert episode_prices()(symbol, datetime.fromisoformat(moment)) == Decimal(price)


def test_the_episode_is_priced_from_its_start_to_its_end() -> None:
    prices = episode_prices()
    moment, end = datetime(2025, 10, 27, tzinfo=UTC), datetime(2025, 12, 13, tzinfo=UTC)

    while moment < end:
        assert prices("BTC/USDT", moment)
        assert prices("ETH/USDT", moment)
        moment += timedelta(minutes=47)


@pytest.mark.corpus
@pytest.mark.parametrize("symbol", ["BTC/USDT", "ETH/USDT"])
def test_what_ships_agrees_with_the_candles(symbol: str, corpus: Path) -> None:
    """Every eight hours, and hourly on the days that something happened."""
    shipped, candles = episode_prices(), corpus_prices(corpus)
    hours = [datetime(2025, 10, 26, tzinfo=UTC) + n * HOUR for n in range(48 * 24)]
    eventful = {(10, 29), (10, 31), (12, 1), (12, 10)}
    known = [at for at in hours if at.hour % 8 == 0 or (at.month, at.day) in eventful]

    found = {at: shipped(symbol, at) for at in known}

    assert found == {at: candles(symbol, at) for at in known}
    assert None not in found.values()
