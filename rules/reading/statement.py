"""What an FOMC statement decides: target range, action, votes, dissents.

What looks like one of these and cannot be read is reported as unread, never guessed.
"""

import re
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rules.reading.normalise import NUMBER, normalise, number, sentences

Action = Literal["hike", "cut", "hold"]

_RANGE = re.compile(rf"\b({NUMBER}) ?(?:to|-|and) ?({NUMBER})[ -]per ?cent\b")
_CHANGE = re.compile(rf"\bby (?:a further |another )?({NUMBER})[ -]percentage[ -]points?")
_BASIS_POINTS = re.compile(r"\bby (?:a further |another )?(\d{1,3}) basis points")
_VERBS: tuple[tuple[Action, re.Pattern[str]], ...] = (
    ("hike", re.compile(r"\b(?:rais(?:e|ed|ing)|increas(?:e|ed|ing))\b")),
    ("cut", re.compile(r"\b(?:lower(?:ed|ing)?|reduc(?:e|ed|ing)|cut|decreas(?:e|ed|ing))\b")),
    (
        "hold",
        re.compile(r"\b(?:maintain(?:ed|ing)?|keep(?:ing)?|kept|leav(?:e|ing)|left|unchanged)\b"),
    ),
)
_DECIDES = re.compile(
    r"\b(?:decid\w+|agreed|voted|today|will (?:raise|lower|maintain|keep)|reaffirm\w*)\b|"
    r"\bCommittee (?:is |has )?(?:maintain|keep|kept|rais|lower|leav|left)\w*"
)
_OUTLOOK = re.compile(
    r"\b(?:anticipates|expects|will be appropriate|future|additional adjustments|when)\b"
)
_COUNT = re.compile(r"\b(?:by (?:a|an)|on (?:a|an)) (?:vote of )?(\d{1,2}) ?(?:-|to) ?(\d{1,2})\b")
_COUNT_2 = re.compile(r"\bvote (?:of|was) (\d{1,2}) ?(?:-|to) ?(\d{1,2})\b")
_FOR = re.compile(r"\bVoting for\b[^.:]{0,90}?\b(?:were|was)\b:? ?(.*)", re.DOTALL)
_AGAINST = re.compile(r"\bVoting against\b[^.:]{0,90}?\b(?:were|was)\b:? ?(.*)", re.DOTALL)
_TITLE = re.compile(r",? (?:Vice )?Chair(?:man|woman)?(?: pro tempore)?(?=[,;. ]|$)")
_AND_ANOTHER = re.compile(r",\s*and (?=[A-Z][^,;]{3,60}, who )")


class Dissent(BaseModel):
    """One vote against and what its caster preferred."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    preference: str


class Statement(BaseModel):
    """The parts of a statement that could be read; None where it does not say or cannot be read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate_action: Action | None = None
    rate_change_bp: int | None = None
    target_low: Decimal | None = None
    target_high: Decimal | None = None
    votes_for: int | None = None
    votes_against: int | None = None
    dissents: tuple[Dissent, ...] = ()
    unread: tuple[str, ...] = ()


def read_statement(text: str) -> Statement:
    """Read a statement from its text, any format from 2008 on; never raises."""
    found = sentences(normalise(text))
    decision, unread = _decision(found)
    low, high = _range(decision) if decision else (None, None)
    action = _action(decision) if decision else None
    votes_for, against, voters_unread = _votes(found, action, (low, high))
    return Statement(
        rate_action=action,
        rate_change_bp=_change_bp(decision, action) if decision else None,
        target_low=low,
        target_high=high,
        votes_for=votes_for,
        votes_against=len(against) if isinstance(against, tuple) else against,
        dissents=against if isinstance(against, tuple) else (),
        unread=(*unread, *voters_unread),
    )


def _decision(found: list[str]) -> tuple[str | None, tuple[str, ...]]:
    """The sentence that sets the range, or the sentences that might and cannot be told apart."""
    ranged = [s for s in found if _names_the_rate(s) and _range(s)[0] is not None]
    decisive = [s for s in ranged if _DECIDES.search(s)]
    candidates = decisive or [s for s in ranged if not _OUTLOOK.search(s)] or ranged
    ranges = {_range(s) for s in candidates}
    if len(ranges) == 1:
        return candidates[0], ()
    doubtful = candidates or [
        s for s in found if _names_the_rate(s) and re.search(r"\bdecided\b", s) and "range" in s
    ]
    return None, tuple(doubtful)


def _names_the_rate(sentence: str) -> bool:
    if re.match(r"\W*Voting\b", sentence) or "preferred" in sentence:
        return False
    return "federal funds rate" in sentence


def _range(sentence: str) -> tuple[Decimal | None, Decimal | None]:
    match = _RANGE.search(sentence)
    if not match:
        return None, None
    low, high = number(match[1]), number(match[2])
    if low is None or high is None or not Decimal(0) < high - low <= Decimal("0.5"):
        return None, None
    return low, high


def _action(sentence: str) -> Action | None:
    """The verb nearest before the words `target range` or `federal funds rate`."""
    anchor = min(p for p in (sentence.find("range"), sentence.find("federal funds rate")) if p >= 0)
    nearest: tuple[int, Action] | None = None
    for action, verbs in _VERBS:
        for match in verbs.finditer(sentence, 0, anchor):
            if nearest is None or match.start() > nearest[0]:
                nearest = (match.start(), action)
    if nearest:
        return nearest[1]
    return "hold" if re.search(r"\b(?:unchanged|remain)\b", sentence) else None


def _change_bp(sentence: str, action: Action | None) -> int | None:
    if action == "hold":
        return 0
    sign = {"hike": 1, "cut": -1}.get(action or "", 0)
    match = _CHANGE.search(sentence)
    size = number(match[1]) if match else None
    if size is not None:
        return sign * int(size * 100) or None
    points = _BASIS_POINTS.search(sentence)
    return sign * int(points[1]) or None if points else None


def _votes(
    found: list[str],
    action: Action | None,
    decided: tuple[Decimal | None, Decimal | None],
) -> tuple[int | None, tuple[Dissent, ...] | int | None, tuple[str, ...]]:
    roll = next((m[1] for s in found if (m := _FOR.search(s))), None)
    against_sentence = next((s for s in found if _AGAINST.search(s)), None)
    dissents = _dissents(against_sentence, action, decided) if against_sentence else ()
    counted = next((m for s in found if (m := _COUNT.search(s) or _COUNT_2.search(s))), None)
    if counted:
        votes_for, votes_against = int(counted[1]), int(counted[2])
        if dissents and len(dissents) != votes_against:
            return votes_for, votes_against, (against_sentence or "",)
        return votes_for, dissents or votes_against, ()
    if roll is not None:
        voters = _AGAINST.sub("", roll)
        return len(_names(voters)), dissents, ()
    unread = tuple(s for s in found if re.search(r"\b[Vv]ot(?:e|ed|ing)\b", s))
    return None, None, unread[:3]


def _dissents(
    sentence: str, action: Action | None, decided: tuple[Decimal | None, Decimal | None]
) -> tuple[Dissent, ...]:
    match = _AGAINST.search(sentence)
    text = _AND_ANOTHER.sub("; ", match[1]) if match else ""
    groups = re.split(r";\s*", text)
    dissents: list[Dissent] = []
    waiting: list[str] = []
    for index, group in enumerate(groups):
        people, _, wish = re.sub(r"^and\s+", "", group).partition(" who ")
        waiting += _names(people)
        if wish or index == len(groups) - 1:
            preference = _preference(wish, action, decided)
            dissents += [Dissent(name=name, preference=preference) for name in waiting]
            waiting = []
    return tuple(dissents)


def _names(roll: str) -> list[str]:
    """People of a roll: `A, Chair; B; and C`, `A and B` or `A, B, and C`; titles fall away."""
    parts = re.split(r";|,|\band\b", _TITLE.sub(";", roll.rstrip(".,; ")))
    names = (part.strip(" .") if not part.strip().endswith("Jr.") else part for part in parts)
    return [name.strip() for name in names if name.strip() and name.strip()[0].isupper()]


def _preference(
    wish: str, action: Action | None, decided: tuple[Decimal | None, Decimal | None]
) -> str:
    """What a dissenter wanted, against the action that was taken."""
    if re.search(r"\beasing bias\b", wish):
        return "no_easing_bias"
    if re.search(r"\bpace of decline\b|\bsecurities holdings\b|\basset purchases\b", wish):
        return "balance_sheet"
    if re.search(r"\b(?:indicate|flexibility|guidance|language|expects to)\b", wish):
        return "guidance"
    if re.search(r"\bno change\b|\bmaintain\b|\bkeep\b|\bunchanged\b|\bleave\b", wish):
        return "hold"
    wanted = next((name for name, verbs in _VERBS[:2] if verbs.search(wish)), None)
    if wanted is None or not re.search(r"target range|federal funds rate|basis|percent", wish):
        return "other"
    if wanted != action:
        return wanted
    low, decided_low = _range(wish)[0], decided[0]
    smaller = low is not None and decided_low is not None
    if smaller and ((low > decided_low) if wanted == "cut" else (low < decided_low)):  # type: ignore[operator] # both are numbers when smaller is true
        return f"smaller_{wanted}"
    return f"bigger_{wanted}"
