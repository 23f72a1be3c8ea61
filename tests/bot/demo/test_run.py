"""`fedpivot demo` as a user runs it, faster."""

import json

import pytest

from bot.demo.run import run

# Twice as fast: Telegram's message a second and chat still leaves room for every alert.
SPEED = 2.0


@pytest.mark.process
async def test_the_demo_tells_the_turn_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    code = await run(None, SPEED, as_json=True)

    alerts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = [alert["message"] for alert in alerts]
    policy = [message for message in told if message not in ("srf_take_up", "crypto_reaction")]
    assert code == 0
    assert policy == [
        "rate_decision",
        "balance_sheet.announced",
        "balance_sheet.effective",
        "rate_decision",
        "balance_sheet.announced",
    ]
    assert set(told) == {*policy, "srf_take_up", "crypto_reaction"}
    assert len({alert["id"] for alert in alerts}) == len(alerts)
    escalated = [
        alert["values"]["accepted_bn"] for alert in alerts if alert["reason"] == "escalated"
    ]
    assert escalated == [50.35]
