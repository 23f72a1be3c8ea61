"""All rules, by name. Policy rules come first: their alerts open threads for the others."""

from rules.balance_sheet_policy import BalanceSheetPolicy
from rules.base import Rule
from rules.crypto_reaction import CryptoReaction
from rules.monetary_release import MonetaryRelease
from rules.rate_decision import RateDecision
from rules.source_state import SourceTrouble
from rules.srf_take_up import SrfTakeUp

RULES: dict[str, type[Rule]] = {
    rule.name: rule
    for rule in (
        RateDecision,
        BalanceSheetPolicy,
        MonetaryRelease,
        SrfTakeUp,
        CryptoReaction,
        SourceTrouble,
    )
}
