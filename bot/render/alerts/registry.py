"""The wording of each message name."""

from collections.abc import Callable
from typing import Final

from bot.render.alerts import balance_sheet
from bot.render.alerts.crypto_reaction import crypto_reaction
from bot.render.alerts.monetary_release import monetary_release
from bot.render.alerts.rate_decision import rate_decision, unread
from bot.render.alerts.source_state import source_state
from bot.render.alerts.srf_take_up import srf_take_up
from bot.render.sheet import Sheet, Values
from bot.render.voice import Voice

SHEETS: Final[dict[str, Callable[[Values, Voice], Sheet]]] = {
    "rate_decision": rate_decision,
    "rate_decision.unread": unread,
    "balance_sheet.announced": balance_sheet.announced,
    "balance_sheet.effective": balance_sheet.effective,
    "srf_take_up": srf_take_up,
    "crypto_reaction": crypto_reaction,
    "monetary_release": monetary_release,
    "source_state": source_state,
}
